package transfer_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// errorRows are the rows of the error file of an import, without its titles.
func errorRows(t *testing.T, i *enginetest.Installation, id any) (rows [][]string, file []byte) {
	t.Helper()
	answer := i.Admin.Get(t, fmt.Sprint("/imports/", id, "/errors.csv")).Want(t, 200)
	require.Empty(t, answer.Header.Get("Content-Length"), "it is sent while it is made")
	file, marked := bytes.CutPrefix(answer.Body, []byte("\ufeff"))
	require.True(t, marked)
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	require.NoError(t, err)
	return rows[1:], file
}

// TestAnErrorFileIsHarmless: a spreadsheet runs nothing of it; mended, it
// imports as what was sent.
func TestAnErrorFileIsHarmless(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		sent := [][2]string{ // what is sent, and what it means
			{`=HYPERLINK("http://example.com")`, `=HYPERLINK("http://example.com")`},
			{"+1+1", "+1+1"},
			{"-2+3", "-2+3"},
			{"@SUM(A1)", "@SUM(A1)"},
			{"\t=1", "\t=1"},
			{"\r=1", "\r=1"},
			{" =1", " =1"},
			{"＝1", "＝1"},
			{"'=1", "=1"},
			{"''=1", "'=1"},
			{"'quoted'", "'quoted'"},
			{"harmless", "harmless"},
			{"-5", "-5"},
			{"-5.25", "-5.25"},
		}
		var table bytes.Buffer
		out := csv.NewWriter(&table)
		require.NoError(t, out.Write([]string{"key", "=short"}))
		for n, pair := range sent {
			require.NoError(t, out.Write([]string{fmt.Sprint("wrong", n), pair[0]}))
		}
		out.Flush()
		load := func(content []byte) map[string]any {
			imported := i.Admin.Upload(t, "note", "notes.csv", content).Want(t, 201).Data(t)
			i.Admin.Patch(t, fmt.Sprint("/imports/", imported["id"]), map[string]any{"match": []string{}, "columns": []any{
				map[string]any{"index": 0, "field": "key", "on_existing": "overwrite"}, map[string]any{"index": 1, "field": "short", "on_existing": "overwrite"},
			}}).Want(t, 200)
			return i.Admin.Stage(t, imported["id"], "run")
		}
		done := load(table.Bytes())
		require.InDelta(t, len(sent), done["counts"].(map[string]any)["error"], 0, "%v", done)
		rows, file := errorRows(t, i, done["id"])
		require.Len(t, rows, len(sent))
		require.Contains(t, string(file), "'=short")
		for _, row := range rows {
			for _, cell := range row {
				if cell != "-5" && cell != "-5.25" {
					require.NotRegexp(t, `^\s*[=+@＝\-\t\r]`, cell)
				}
			}
			require.Contains(t, row[3], "key: ")
		}
		mended := load([]byte(strings.ReplaceAll(string(file), "wrong", "")))
		require.InDelta(t, len(sent), mended["counts"].(map[string]any)["create"], 0, "%v", mended)
		var meant, stored []any
		for _, pair := range sent {
			meant = append(meant, pair[1])
		}
		for _, record := range i.Admin.Get(t, "/records/note?limit=100").Want(t, 200).List(t) {
			stored = append(stored, record["short"])
		}
		require.ElementsMatch(t, meant, stored)
	})
}

// TestAnErrorFileHasEveryRow, however many there are, in their order, with
// those that are right left out.
func TestAnErrorFileHasEveryRow(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
	i.Admin.Post(t, "/records/note", map[string]any{"key": 3}).Want(t, 201)
	var table bytes.Buffer
	table.WriteString("key,short\n")
	for n := 1; n <= 3000; n++ {
		if n%3 == 0 && n > 3 {
			fmt.Fprintf(&table, "%d,right\n", n)
			continue
		}
		fmt.Fprintf(&table, "%s,%d\n", map[bool]string{true: "3", false: "wrong"}[n == 3], n)
	}
	imported := i.Admin.Upload(t, "note", "notes.csv", table.Bytes()).Want(t, 201).Data(t)
	i.Admin.Patch(t, fmt.Sprint("/imports/", imported["id"]), map[string]any{"match": []string{}}).Want(t, 200)
	done := i.Admin.Stage(t, imported["id"], "run")
	require.InDelta(t, 999, done["counts"].(map[string]any)["create"], 0, "%v", done)
	rows, _ := errorRows(t, i, imported["id"])
	require.Len(t, rows, 2001)
	before := 0
	for _, row := range rows {
		require.Equal(t, row[1], row[2], "each has its number")
		var number int
		_, err := fmt.Sscan(row[2], &number)
		require.NoError(t, err)
		require.Greater(t, number, before)
		before = number
		require.NotEmpty(t, row[3])
	}
}
