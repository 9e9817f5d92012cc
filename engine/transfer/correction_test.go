package transfer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// uploaded makes an import of notes, which are matched by nothing.
func uploaded(t *testing.T, c *enginetest.Client, content string) (id any, path string) {
	t.Helper()
	imported := c.Upload(t, "note", "notes.csv", []byte(content)).Want(t, 201).Data(t)
	path = fmt.Sprint("/imports/", imported["id"])
	c.Patch(t, path, map[string]any{"match": []string{}}).Want(t, 200)
	return imported["id"], path
}

// correction is a body that corrects one row.
func correction(row int, values map[string]any) map[string]any {
	return map[string]any{"rows": []any{map[string]any{"row": row, "values": values}}}
}

func counts(t *testing.T, imported map[string]any) map[string]any {
	t.Helper()
	of, ok := imported["counts"].(map[string]any)
	require.True(t, ok, "%v", imported)
	return of
}

// TestRowsAreCorrectedBesideTheirFile: a cell, all cells of a column that say
// the same, and a row that is left out; the check and the run read them so.
func TestRowsAreCorrectedBesideTheirFile(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		id, path := uploaded(t, i.Admin, "key,short\n1,a\nx,b\n?,c\n\n?,d\nnever,e\n")
		planned := i.Admin.Stage(t, id, "plan")
		require.InDelta(t, 4, counts(t, planned)["error"], 0)

		i.Admin.Patch(t, path+"/rows", map[string]any{
			"rows": []any{
				map[string]any{"row": 2, "values": map[string]any{"key": "2", "short": "better"}},
				map[string]any{"row": 4, "values": map[string]any{"key": "4"}},
				map[string]any{"row": 5, "left_out": true},
			},
			"replace": []any{map[string]any{"field": "key", "value": "?", "with": "3"}},
		}).Want(t, 200)
		corrected := i.Admin.Get(t, path).Want(t, 200).Data(t)
		require.InDelta(t, 3, corrected["corrected"], 0)
		require.Equal(t, true, corrected["outdated"])
		require.Equal(t, "planned", corrected["state"])
		rows := i.Admin.Get(t, path+"/rows?state=error").Want(t, 200).List(t)
		require.Equal(t, map[string]any{"key": "2", "short": "better"}, rows[0]["values"])
		require.Equal(t, []any{"key", "short"}, rows[0]["corrected"])
		require.Equal(t, true, rows[0]["unchecked"])
		require.Equal(t, true, rows[3]["left_out"])

		planned = i.Admin.Stage(t, id, "plan")
		require.Equal(t, false, planned["outdated"])
		require.InDelta(t, 4, counts(t, planned)["create"], 0, "%v", planned)
		require.InDelta(t, 1, counts(t, planned)["left_out"], 0)
		rows = i.Admin.Get(t, path+"/rows?corrected=true").Want(t, 200).List(t)
		require.Len(t, rows, 3)
		require.Equal(t, "better", rows[0]["values"].(map[string]any)["short"])
		require.Equal(t, false, rows[0]["unchecked"])
		require.Len(t, i.Admin.Get(t, path+"/rows?state=left_out,error").Want(t, 200).List(t), 1)

		i.Admin.Patch(t, path+"/rows", correction(4, map[string]any{"key": nil})).Want(t, 200)
		require.Len(t, i.Admin.Get(t, path+"/rows?corrected=true").List(t), 2)
		i.Admin.Patch(t, path+"/rows", map[string]any{
			"rows":    []any{map[string]any{"row": 5, "left_out": false}},
			"replace": []any{map[string]any{"field": "key", "value": "?", "with": "?"}},
		}).Want(t, 200)
		require.InDelta(t, 3, counts(t, i.Admin.Stage(t, id, "plan"))["error"], 0, "corrections are withdrawn")

		i.Admin.Patch(t, path+"/rows", correction(3, map[string]any{"key": "7"})).Want(t, 200)
		done := i.Admin.Stage(t, id, "run")
		require.InDelta(t, 3, counts(t, done)["create"], 0)
		var notes []string
		for _, record := range i.Admin.Get(t, "/records/note?sort=key").Want(t, 200).List(t) {
			notes = append(notes, fmt.Sprint(record["key"], record["short"]))
		}
		require.Equal(t, []string{"1a", "2better", "7c"}, notes)
		require.Equal(t, "undone", i.Admin.Stage(t, id, "undo")["state"])
		require.Empty(t, i.Admin.Get(t, "/records/note").Want(t, 200).List(t))
	})
}

// TestCorrectionsAreRefused where they are nobody's to make, of rows and
// columns that the file does not have, too large, or too late.
func TestCorrectionsAreRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note(), map[string]any{
			"kind": "role", "name": "importer", "abilities": []string{"import"},
			"grants": []any{map[string]any{"object": "note", "actions": []string{"create", "read"}}},
		}}}).Want(t, 200)
		id, path := uploaded(t, i.Admin, "key,short,unknown\nx,b,c\n")
		other := i.Person(t, "Ola", "importer")
		other.Patch(t, path+"/rows", correction(1, map[string]any{"key": "1"})).Want(t, 404)
		other.Post(t, path+"/cancel", nil).Want(t, 404)
		other.Get(t, path+"/rows").Want(t, 404)
		long := strings.Repeat("é", 10_001)
		for promise, body := range map[string]any{
			"a row before the first":       correction(0, map[string]any{"key": "1"}),
			"a row behind the last":        correction(2, map[string]any{"key": "1"}),
			"a field without a column":     correction(1, map[string]any{"long": "1"}),
			"a field that does not exist":  correction(1, map[string]any{"nothing": "1"}),
			"a cell that is too long":      correction(1, map[string]any{"short": long}),
			"a null character":             correction(1, map[string]any{"short": "a\x00b"}),
			"replacing what is too long":   map[string]any{"replace": []any{map[string]any{"field": "short", "value": long, "with": ""}}},
			"replacing a null character":   map[string]any{"replace": []any{map[string]any{"field": "short", "value": "\x00", "with": ""}}},
			"replacing in no column":       map[string]any{"replace": []any{map[string]any{"field": "nothing", "value": "", "with": ""}}},
			"more rows than a request may": map[string]any{"rows": make([]struct{}, 1001)},
		} {
			require.Equal(t, 422, i.Admin.Patch(t, path+"/rows", body).Status, promise)
		}
		require.InDelta(t, 0, i.Admin.Get(t, path).Want(t, 200).Data(t)["corrected"], 0, "a refused request changes nothing")
		require.InDelta(t, 1, counts(t, i.Admin.Stage(t, id, "run"))["error"], 0)
		i.Admin.Patch(t, path+"/rows", correction(1, map[string]any{"key": "1"})).Want(t, 409)
		i.Admin.Post(t, path+"/cancel", nil).Want(t, 409)
	})
}

// TestWhatIsWrongWithCorrectionsIsPointedAt: by JSON Pointers as RFC 6901 has
// them, whatever a name holds, and always in the same order.
func TestWhatIsWrongWithCorrectionsIsPointedAt(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
	_, path := uploaded(t, i.Admin, "key,short\nx,b\n")
	values := map[string]any{"a/b": "1", "m~n": "1", "~1": "1", "short": "a\x00b"}
	for _, name := range []string{"p", "q", "r", "s", "t"} {
		values[name] = "1"
	}
	var refusal struct{ Errors []struct{ Pointer string } }
	i.Admin.Patch(t, path+"/rows", correction(1, values)).Want(t, 422).Into(t, &refusal)
	var pointers []string
	for _, one := range refusal.Errors {
		pointers = append(pointers, strings.TrimPrefix(one.Pointer, "/rows/0/values/"))
	}
	require.Equal(t, []string{"a~1b", "m~0n", "p", "q", "r", "s", "short", "t", "~01"}, pointers)
}

// TestCorrectionsAreBounded: of a file with too much to correct, most is
// corrected in the file.
func TestCorrectionsAreBounded(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
	_, path := uploaded(t, i.Admin, "key,short\n"+strings.Repeat("x,b\n", 10_001))
	for first := 1; first <= 10_001; first += 1000 {
		var rows []any
		for row := first; row < min(first+1000, 10_002); row++ {
			rows = append(rows, map[string]any{"row": row, "left_out": true})
		}
		answer := i.Admin.Patch(t, path+"/rows", map[string]any{"rows": rows})
		if first < 10_000 {
			answer.Want(t, 200)
			continue
		}
		answer.Want(t, 422)
		require.Contains(t, string(answer.Body), "too_many_corrections")
	}
	require.InDelta(t, 10_000, i.Admin.Get(t, path).Want(t, 200).Data(t)["corrected"], 0)
}

// TestReadingAFileOtherwiseForgetsItsCorrections, which were of other rows and
// columns.
func TestReadingAFileOtherwiseForgetsItsCorrections(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		id, path := uploaded(t, i.Admin, "key,short\n1,b\n")
		i.Admin.Patch(t, path+"/rows", correction(1, map[string]any{"short": "corrected"})).Want(t, 200)
		i.Admin.Patch(t, path, map[string]any{"columns": []any{map[string]any{"index": 0, "field": "key", "on_existing": "keep"}}}).Want(t, 200)
		require.InDelta(t, 1, i.Admin.Get(t, path).Data(t)["corrected"], 0, "another mapping leaves them")
		require.InDelta(t, 0, i.Admin.Patch(t, path, map[string]any{"header": true}).Want(t, 200).Data(t)["corrected"], 0)
		i.Admin.Stage(t, id, "run")
		require.Equal(t, "b", i.Admin.Get(t, "/records/note").Want(t, 200).List(t)[0]["short"])
	})
}
