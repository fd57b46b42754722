package main

import "strings"

// unmarked takes out what only turns the direction of words, so that scripts are written as people
// read.
var unmarked = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "")
