package slack

import "sync"

// modals remembers of the modals that are open what Slack does not tell: how often each has come
// to show something else, so that a picture that is ready late does not take the place of what
// somebody has gone on to, and the message whose button opened a form. What is forgotten costs
// no more than that: such an answer is shown in the modal.
type modals struct {
	mu    sync.Mutex
	known map[string]*modal
	order []string // the oldest first
}

type modal struct {
	turns int
	from  origin
}

// modalsMax is how many modals are remembered. Their messages can be answered for half an hour.
const modalsMax = 1000

// of is what is known of a modal. The lock is held.
func (m *modals) of(id string) *modal {
	if x := m.known[id]; x != nil {
		return x
	}
	if m.known == nil {
		m.known = map[string]*modal{}
	}
	if m.order = append(m.order, id); len(m.order) > modalsMax {
		delete(m.known, m.order[0])
		m.order = m.order[1:]
	}
	m.known[id] = &modal{}
	return m.known[id]
}

// turn notes that a modal comes to show something else, and returns which time that is.
func (m *modals) turn(id string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.of(id)
	x.turns++
	return x.turns
}

// is reports whether a modal still shows what it came to show then.
func (m *modals) is(id string, turn int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of(id).turns == turn
}

// from notes that a modal was opened by a button of a message.
func (m *modals) from(id string, o origin) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of(id).from = o
}

// origin is where the message is whose button opened a modal; ok is false for one that is not
// to be answered there.
func (m *modals) origin(id string) (o origin, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o = m.of(id).from
	return o, o.response != ""
}
