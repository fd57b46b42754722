package stand

import (
	"fmt"
	"testing"
)

type parcel struct {
	No   int    `json:"no"`
	What string `json:"what"`
}

func newParcels(changes *int) *Tray[parcel] {
	return NewTray("parcels", 2, func(p *parcel) *int { return &p.No }, func() { *changes++ })
}

// The oldest go past the limit, and numbers go on, also of what was saved and loaded.
func TestTray(t *testing.T) {
	changes := 0
	tray := newParcels(&changes)
	for _, what := range []string{"a", "b", "c"} {
		tray.Keep(parcel{What: what})
	}
	data, err := tray.Save()
	if err != nil {
		t.Fatal(err)
	}
	other := newParcels(&changes)
	if err := other.Load(data); err != nil {
		t.Fatal(err)
	}
	if got := other.Keep(parcel{What: "d"}); got.No != 4 {
		t.Errorf("the next is number %d, want 4", got.No)
	}
	if got, want := fmt.Sprint(other.All()), "[{3 c} {4 d}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	other.Reset()
	if len(other.All()) != 0 || other.Keep(parcel{}).No != 1 || changes != 6 {
		t.Errorf("after a reset there are %v, after %d changes", other.All(), changes)
	}
	for _, wrong := range []string{`{`, `[{"no":2},{"no":2}]`, `[{"no":0}]`} {
		if err := tray.Load([]byte(wrong)); err == nil || len(tray.All()) != 2 {
			t.Errorf("%s is taken: %v", wrong, err)
		}
	}
	if err := tray.Load(nil); err != nil || len(tray.All()) != 0 {
		t.Errorf("nothing saved: %v, %v", tray.All(), err)
	}
}

// What is handed in counts until it is done, once however often that is said.
func TestTrayPending(t *testing.T) {
	changes := 0
	tray := newParcels(&changes)
	one, two := tray.Begin(), tray.Begin()
	one()
	one()
	if n := tray.Pending(); n != 1 {
		t.Errorf("%d are under way, want 1", n)
	}
	two()
	if n := tray.Pending(); n != 0 {
		t.Errorf("%d are under way, want 0", n)
	}
}
