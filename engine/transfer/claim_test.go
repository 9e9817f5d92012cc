package transfer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAPlanTellsTheConflictsOfTheRun plans files whose rows clash with each
// other on what is unique beside the match key, near and far from each other.
func TestAPlanTellsTheConflictsOfTheRun(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		unique := func(kind string) map[string]any { return map[string]any{"field": kind, "unique": true} }
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{map[string]any{
			"kind": "object", "name": "badge", "type": "object", "unique": []any{[]any{"floor", "room"}}, "properties": map[string]any{
				"key": unique("integer"), "code": unique("text"), "weight": unique("decimal"), "mail": unique("email"),
				"floor": map[string]any{"field": "text"}, "room": map[string]any{"field": "text"},
				"number": map[string]any{"field": "autonumber", "pattern": "B-{0000}"},
			},
		}}}).Want(t, 200)
		var far strings.Builder
		for n := range 250 {
			fmt.Fprintf(&far, "%d,,,,,\n", 1000+n)
		}
		i.Admin.Post(t, "/records/badge", map[string]any{"key": 7, "code": "there"}).Want(t, 201)
		content := "key,code,weight,mail,floor,room\n" +
			"1,a,1.0,x@example.com,1,101\n" +
			"2,a,2,,,\n" + // the code of row 1
			"3,b,1.00,,,\n" + // its weight
			"4,c,,X@example.com,,\n" + // its mail, perhaps
			"5,d,,,1,101\n" + // its room
			"6,e,,,1,102\n" +
			"8,b,2,,,\n" + // what refused rows had is free
			"7,there,,,2,201\n" + // the record that has the code
			"9,there,,,,\n" +
			far.String() +
			"10,a,,,,\n" + "11,,,,2,201\n" + "12,f,,,,\n"
		imported := i.Admin.Upload(t, "badge", "badges.csv", []byte(content)).Want(t, 201).Data(t)
		i.Admin.Patch(t, importPath(imported), map[string]any{"match": []string{"key"}}).Want(t, 200)
		conflicts := func() string {
			return string(i.Admin.Get(t, importPath(imported)+"/rows?state=conflict").Want(t, 200).Body)
		}
		planned := i.Admin.Stage(t, imported["id"], "plan")["counts"]
		foretold := conflicts()
		require.Equal(t, i.Admin.Stage(t, imported["id"], "run")["counts"], planned)
		require.Equal(t, conflicts(), foretold)
		counts, _ := planned.(map[string]any)
		require.GreaterOrEqual(t, counts["conflict"], 6.0, "%v", counts)
		require.InDelta(t, 1, counts["update"], 0, "%v", counts)
	})
}
