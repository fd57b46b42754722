package stand

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// Tray keeps what a double takes and only shows, oldest first, and counts what is being handed in.
// Its methods are safe for concurrent use.
type Tray[T any] struct {
	what    string        // it holds, for errors
	most    int           // items; the oldest go
	number  func(*T) *int // where an item keeps its number
	changed func()

	mu    sync.Mutex
	list  []T
	last  int
	under int
}

// NewTray makes a tray that holds so many items at the most, which it numbers from 1.
func NewTray[T any](what string, most int, number func(*T) *int, changed func()) *Tray[T] {
	return &Tray[T]{what: what, most: most, number: number, changed: changed}
}

// Begin notes that something is being handed in; done may be called more than once.
func (t *Tray[T]) Begin() (done func()) {
	t.add(1)
	return sync.OnceFunc(func() { t.add(-1) })
}

func (t *Tray[T]) add(n int) {
	t.mu.Lock()
	t.under += n
	t.mu.Unlock()
}

// Pending counts what is being handed in.
func (t *Tray[T]) Pending() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.under
}

// Keep takes an item, and returns it with its number.
func (t *Tray[T]) Keep(x T) T {
	t.mu.Lock()
	t.last++
	*t.number(&x) = t.last
	t.list = append(t.list, x)
	if len(t.list) > t.most {
		t.list = slices.Clone(t.list[len(t.list)-t.most:])
	}
	t.mu.Unlock()
	t.changed()
	return x
}

// All returns the items, oldest first.
func (t *Tray[T]) All() []T {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]T{}, t.list...)
}

// Reset forgets everything.
func (t *Tray[T]) Reset() {
	t.mu.Lock()
	t.list, t.last = nil, 0
	t.mu.Unlock()
	t.changed()
}

// Save returns the items as JSON.
func (t *Tray[T]) Save() ([]byte, error) { return json.Marshal(t.All()) }

// Load takes what Save returned.
func (t *Tray[T]) Load(data []byte) error {
	var list []T
	if len(bytes.TrimSpace(data)) > 0 {
		if err := json.Unmarshal(data, &list); err != nil {
			return fmt.Errorf("%s: %w", t.what, err)
		}
	}
	last := 0
	for i := range list {
		n := *t.number(&list[i])
		if n <= last {
			return fmt.Errorf("%s: they are not in order", t.what)
		}
		last = n
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list, t.last = list, last
	return nil
}
