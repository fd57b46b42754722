package slack

import (
	"bytes"
	"encoding/json"
	"strings"
)

// App is what a manifest needs to know beside this package.
type App struct {
	Name        string // at most 35 characters
	Description string // at most 140
	Commands    []SlashCommand
	Shortcuts   []MenuEntry // at most ten
	// URL is where Slack reaches us in HTTP mode: "https://ar.example.com". "" is Socket Mode.
	URL string
}

// SlashCommand is one of the app's commands.
type SlashCommand struct {
	Command     string // "/ar"
	Description string
	Usage       string // what may follow it
}

// MenuEntry is a shortcut: an entry of Slack's own menus, or of each message's.
type MenuEntry struct {
	ID, Name, Description string // the name has 24 characters at most
	Message               bool
}

// scopes are what this package needs, and nothing else.
func scopes() []string {
	return []string{
		"commands",                           // slash commands, buttons
		"chat:write",                         // chat.postMessage, chat.update
		"im:write",                           // conversations.open: the digest in direct messages
		"channels:history", "groups:history", // what people write in threads; a lost send is looked for
		"im:history",                   // the same in direct messages, and lines written there
		"app_mentions:read",            // lines that begin with the bot's name
		"channels:read", "groups:read", // conversations.info, for the doctor
		"files:read",      // files that people drop; whether one of ours was shared
		"files:write",     // files of our own: documents, sheets, the wrong rows of theirs
		"users:read",      // users.info: name, zone and language of staff
		"usergroups:read", // usergroups.users.list: roles by user group
	}
}

// events are what this package takes.
func events() []string {
	return []string{"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "subteam_updated", "subteam_members_changed"}
}

// Manifest is the app's manifest in JSON, to be pasted into Slack's own pages.
func Manifest(a App) ([]byte, error) {
	type object = map[string]any
	url := strings.TrimSuffix(a.URL, "/")
	interactivity := object{"is_enabled": true}
	subscriptions := object{"bot_events": events()}
	var commands []object
	for _, c := range a.Commands {
		// Mentions come as ids, which hold when people rename themselves.
		o := object{"command": c.Command, "description": c.Description, "should_escape": true}
		if c.Usage != "" {
			o["usage_hint"] = c.Usage
		}
		if url != "" {
			o["url"] = url + "/slack/commands"
		}
		commands = append(commands, o)
	}
	var shortcuts []object
	for _, x := range a.Shortcuts {
		kind := "global"
		if x.Message {
			kind = "message"
		}
		shortcuts = append(shortcuts, object{"name": x.Name, "type": kind, "callback_id": x.ID, "description": x.Description})
	}
	if url != "" {
		interactivity["message_menu_options_url"] = url + "/slack/interactions"
		interactivity["request_url"] = url + "/slack/interactions"
		subscriptions["request_url"] = url + "/slack/events"
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(object{
		"display_information": object{"name": a.Name, "description": a.Description, "background_color": "#1d3a4f"},
		"features": object{
			"app_home":       object{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
			"bot_user":       object{"display_name": strings.ToLower(a.Name), "always_online": true},
			"shortcuts":      shortcuts,
			"slash_commands": commands,
		},
		"oauth_config": object{"scopes": object{"bot": scopes()}},
		"settings": object{
			"event_subscriptions": subscriptions, "interactivity": interactivity,
			"org_deploy_enabled": false, "socket_mode_enabled": url == "", "token_rotation_enabled": false,
		},
	})
	return out.Bytes(), err
}
