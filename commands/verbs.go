package commands

import (
	"maps"
	"slices"
)

// Verbs are what buttons can do, by the verb that each carries: staff's in Slack and
// customers' in their chats, sorted.
func Verbs() (staff, customers []string) {
	return slices.Sorted(maps.Keys(buttons())), slices.Sorted(maps.Keys(chatButtons()))
}
