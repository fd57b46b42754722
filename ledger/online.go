package ledger

import (
	"slices"
	"strings"
)

// onlineMethods are the payment providers as a payment's Method names them.
var onlineMethods = []string{"stripe", "paypal", "yookassa", "telegram"}

// Online reports whether money of a method came by a payment provider, whose own reference tells nobody else
// anything.
func Online(method string) bool { return slices.Contains(onlineMethods, method) }

// PaysOut reports whether money of a method lies at a provider that tells what it keeps, until it
// pays out. Behind a payment in Telegram is a provider that nobody hears of: it counts as the bank's.
func PaysOut(method string) bool { return Online(method) && method != "telegram" }

// keptForEver reports whether a command's key must never be forgotten: money came with it.
func keptForEver(key string) bool {
	source, _, _ := strings.Cut(key, ":")
	return source == "stripe" || source == "paypal" || source == "yookassa" || source == "bank" || strings.HasPrefix(key, "telegram:charge:")
}
