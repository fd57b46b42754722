package slack

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
)

// A user's id is his own within his workspace alone, and a channel may be shared with other
// workspaces (Slack Connect), whose people press our buttons and write in our threads. So
// whoever is not of the workspace that the bot was installed in is called by his workspace
// and id together, "T0456:U0123": a name that no setting gives a role.

// elsewhere parts workspace and user in the name of somebody of another workspace. No id of
// Slack's holds it.
const elsewhere = ":"

// home is the workspace that the bot was installed in, once Slack has told.
type home struct {
	mu   sync.Mutex
	team string
	url  string // "https://lindenhof.slack.com/"
}

// who is what the rest of the program calls a user of a workspace; where Slack names none, he
// is of ours. The error is that of asking Slack which is ours.
func (c *Client) who(ctx context.Context, user, team string) (string, error) {
	if team == "" || user == "" {
		return user, nil
	}
	ours, err := c.team(ctx)
	if err != nil || team == ours {
		return user, err
	}
	c.count("foreign_workspace")
	c.cfg.Log.Warn("somebody of another workspace acted", "user", user, "workspace", team)
	return team + elsewhere + user, nil
}

// team asks Slack which workspace is ours, once.
func (c *Client) team(ctx context.Context) (string, error) {
	c.home.mu.Lock()
	defer c.home.mu.Unlock()
	if c.home.team != "" {
		return c.home.team, nil
	}
	r, err := c.api.AuthTestContext(ctx)
	if err == nil && r.TeamID == "" {
		err = errors.New("the answer names no workspace")
	}
	if err == nil {
		c.home.team, c.home.url = r.TeamID, r.URL
	}
	return c.home.team, err
}

// stranger reports whether who named somebody of another workspace.
func stranger(user string) bool { return strings.Contains(user, elsewhere) }

// teamName is the id of a workspace where a payload has one; Slack's events put other things
// in its place too, which are none.
type teamName string

// UnmarshalJSON reads a text, or an object with an id.
func (t *teamName) UnmarshalJSON(data []byte) error {
	var id string
	var whole struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(data, &id) != nil && json.Unmarshal(data, &whole) == nil {
		id = whole.ID
	}
	*t = teamName(id)
	return nil
}
