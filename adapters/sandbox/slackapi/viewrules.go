package slackapi

import (
	"maps"
	"slices"
)

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// checkView is what is wrong with a view.
func checkView(v map[string]any) []string {
	k := &checker{blockIDs: map[string]bool{}}
	if v == nil {
		return []string{"must provide an object [json-pointer:/view]"}
	}
	common := []field{{"type", true, nil}, {"blocks", true, nil}, {"private_metadata", false, str(0, 3000)},
		{"callback_id", false, str(0, 255)}, {"external_id", false, str(0, 255)}}
	switch v["type"] {
	case onModal:
		k.surface = onModal
		k.object(v, "/view", append(common, field{"title", true, plain(24)}, field{"close", false, plain(24)}, field{"submit", false, plain(24)},
			field{"clear_on_close", false, boolean}, field{"notify_on_close", false, boolean}, field{"submit_disabled", false, boolean}))
	case onHome:
		k.surface = onHome
		k.object(v, "/view", common)
	case nil:
		k.say("/view", "missing required field: type")
		return k.problems
	default:
		k.say("/view/type", "unsupported type: %v", v["type"])
		return k.problems
	}
	k.viewBlocks(v)
	return k.problems
}

func (k *checker) viewBlocks(v map[string]any) {
	blocks, ok := v["blocks"].([]any)
	if !ok {
		if v["blocks"] != nil {
			k.say("/view/blocks", "must provide an array")
		}
		return
	}
	k.blocks(blocks, "/view/blocks", 100)
	if k.surface == onModal && k.inputAt != "" && v["submit"] == nil {
		k.say(k.inputAt+"/input", "must define `submit` to use an `input` block in modals")
	}
}
