//go:build bench

package main

import "testing"

func TestMakeLedger(t *testing.T) {
	for _, n := range benchSizes() {
		years(n).make(t)
	}
}

func benchSizes() []int { return []int{10_000, 100_000} }
