//go:build bench

package main

import (
	"os"
	"strconv"
	"testing"
)

// TestRateFigures sends a campaign to 5,000 customers (BENCH_CUSTOMERS) through a line that
// delays each request by up to 300 ms, with Telegram's limits in force: at least 98 % of the
// set rate, and no call too many.
func TestRateFigures(t *testing.T) {
	customers, _ := strconv.Atoi(os.Getenv("BENCH_CUSTOMERS"))
	if customers == 0 {
		customers = 5000
	}
	campaignRate(t, customers, 0.98, platformMost+lineMost)
}
