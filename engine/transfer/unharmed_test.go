package transfer_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// export takes an object's records out and gives the file.
func export(t *testing.T, c *enginetest.Client, ask map[string]any) []byte {
	t.Helper()
	id := c.Post(t, "/exports", ask).Want(t, 202).Data(t)["id"]
	path := fmt.Sprint("/exports/", id)
	done := c.Wait(t, path, "running")
	require.Equal(t, "done", done["state"], "%v", done["fault"])
	return c.Get(t, path+"/file").Want(t, 200).Body
}

// note is an object that holds texts.
func note() map[string]any {
	return map[string]any{
		"kind": "object", "name": "note", "type": "object", "properties": map[string]any{
			"key": map[string]any{"field": "integer", "unique": true}, "short": map[string]any{"field": "text", "maxLength": 1000},
			"long": map[string]any{"field": "longtext"},
		},
	}
}

// TestNaughtyStrings lets 515 strings that break software through create,
// list, filter, export and import.
func TestNaughtyStrings(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(enginetest.Shared(t, "naughty-strings", "blns.json"))
	require.NoError(t, err)
	var texts []string
	require.NoError(t, json.Unmarshal(raw, &texts))
	require.Len(t, texts, 515)
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		var operations []any
		for n, text := range texts {
			operations = append(operations, map[string]any{"op": "create", "values": map[string]any{"key": n, "short": text, "long": text}})
		}
		for n, outcome := range i.Admin.Post(t, "/records/note/_batch", map[string]any{"operations": operations}).Want(t, 200).List(t) {
			require.InDelta(t, 201, outcome["status"], 0, "%q: %v", texts[n], outcome)
		}
		stored := func() {
			for n, record := range i.Admin.Get(t, "/records/note?sort=key&limit=1000").Want(t, 200).List(t) {
				for _, name := range []string{"short", "long"} {
					if texts[n] == "" {
						require.Nil(t, record[name])
						continue
					}
					require.Equal(t, texts[n], record[name])
				}
			}
		}
		stored()
		for _, n := range []int{3, 60, 120, 200, 300, 400, 500} {
			quoted, err := json.Marshal(texts[n])
			require.NoError(t, err)
			found := i.Admin.Post(t, "/records/note/_query", map[string]any{"where": "short == " + string(quoted)}).Want(t, 200).List(t)
			require.NotEmpty(t, found, "%q", texts[n])
		}
		file := export(t, i.Admin, map[string]any{"object": "note", "sort": "key"})
		imported := i.Admin.Upload(t, "note", "notes.csv", file).Want(t, 201).Data(t)
		require.Equal(t, []any{"id"}, imported["match"])
		done := i.Admin.Stage(t, imported["id"], "run")
		require.InDelta(t, 515, done["counts"].(map[string]any)["skip"], 0, "an export imports back with no change: %v", done["counts"])
		stored()

		i.Admin.Patch(t, fmt.Sprint("/imports/", i.Admin.Upload(t, "note", "notes.csv", file).Want(t, 201).Data(t)["id"]), map[string]any{"match": []string{"key"}}).Want(t, 200)
		for _, record := range i.Admin.Get(t, "/records/note?limit=1000&fields=id").Want(t, 200).List(t) {
			i.Admin.Delete(t, fmt.Sprint("/records/note/", record["id"])).Want(t, 204)
		}
		fresh := i.Admin.Upload(t, "note", "notes.csv", file).Want(t, 201).Data(t)
		done = i.Admin.Stage(t, fresh["id"], "run")
		require.InDelta(t, 515, done["counts"].(map[string]any)["create"], 0, "%v", done["counts"])
		stored()
		undone := i.Admin.Stage(t, fresh["id"], "undo")
		require.Equal(t, "undone", undone["state"])
		require.Empty(t, i.Admin.Get(t, "/records/note").Want(t, 200).List(t))
	})
}

// TestCSVDialects reads the corner cases of CSV as their JSON has them.
func TestCSVDialects(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(enginetest.Shared(t, "csv-spectrum", "csvs"), "*.csv"))
	require.NoError(t, err)
	require.Len(t, files, 11)
	i := enginetest.NewSQLite(t)
	for n, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		var want []map[string]string
		raw, err := os.ReadFile(enginetest.Shared(t, "csv-spectrum", "json", name+".json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &want))
		content, err := os.ReadFile(file)
		require.NoError(t, err)

		object := fmt.Sprintf("dialect%d", n)
		properties := map[string]any{}
		for title := range want[0] {
			properties[strings.ToLower(title)] = map[string]any{"field": "longtext", "title": title}
		}
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{map[string]any{"kind": "object", "name": object, "type": "object", "properties": properties}}}).Want(t, 200)
		imported := i.Admin.Upload(t, object, name+".csv", content).Want(t, 201).Data(t)
		done := i.Admin.Stage(t, imported["id"], "run")
		require.InDelta(t, len(want), done["counts"].(map[string]any)["create"], 0, "%s: %v", name, done)
		for m, record := range i.Admin.Get(t, "/records/"+object+"?sort=created_at,id").Want(t, 200).List(t) {
			for title, text := range want[m] {
				if text == "" {
					require.Nil(t, record[strings.ToLower(title)], name)
					continue
				}
				require.Equal(t, text, record[strings.ToLower(title)], name)
			}
		}
	}
}
