package transfer_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAnExportNamesWhatItRefersTo: beside the ids stand the names, but of what
// the reader does not see; the names come in again without the ids, too.
func TestAnExportNamesWhatItRefersTo(t *testing.T) {
	t.Parallel()
	type doc = map[string]any
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		text := doc{"field": "text"}
		grant := func(object, scope string) doc {
			return doc{"object": object, "actions": []string{"create", "read", "update"}, "scope": scope, "fields": doc{"read": []string{"*"}, "update": []string{"*"}}}
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "firm", "type": "object", "display": "name", "properties": doc{"name": text}},
			doc{"kind": "object", "name": "deal", "type": "object", "display": "name", "properties": doc{
				"name": text, "firm": doc{"field": "lookup", "target": "firm", "title": "Firm"},
				"firms":   doc{"field": "lookups", "target": "firm", "title": "Partners"},
				"about":   doc{"field": "link", "targets": []string{"firm"}, "title": "About"},
				"firm_id": doc{"field": "text", "title": "Firm ID"},
			}},
			doc{"kind": "role", "name": "taker", "abilities": []string{"export", "import"}, "grants": []any{grant("firm", "own"), grant("deal", "all")}},
		}}).Want(t, 200)
		taker := i.Person(t, "Tia", "taker")
		create := func(c *enginetest.Client, object string, values doc) string {
			return fmt.Sprint(c.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"])
		}
		hers, hidden := create(taker, "firm", doc{"name": "=Hers"}), create(i.Admin, "firm", doc{"name": "Hidden"})
		deal := create(i.Admin, "deal", doc{"name": "a", "firm": hidden, "firms": []string{hers, hidden}, "about": doc{"object": "firm", "id": hers}, "firm_id": "F-1"})
		create(i.Admin, "deal", doc{"name": "b", "firm": hers})

		ask := doc{"object": "deal", "sort": "name", "fields": []string{"id", "firm", "firms", "about", "firm_id"}}
		rows := func(c *enginetest.Client) [][]string {
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(export(t, c, ask)), "\ufeff"))).ReadAll()
			require.NoError(t, err)
			return rows
		}
		seen := rows(taker)
		column := func(title string) string {
			for at, head := range seen[0] {
				if head == title {
					return seen[1][at]
				}
			}
			return "no such column"
		}
		require.Equal(t, []string{"", hidden, "'=Hers", "'=Hers", "firm/" + hers, "F-1"},
			[]string{column("Firm"), column("Firm [ID]"), column("Partners"), column("About"), column("About [ID]"), column("Firm ID")})
		require.Contains(t, strings.Join(rows(i.Admin)[1], ","), "Hidden")

		i.Admin.Patch(t, "/records/firm/"+hers, doc{"name": "Renamed"}).Want(t, 200)
		back := i.Admin.Upload(t, "deal", "deals.csv", export(t, i.Admin, ask)).Want(t, 201).Data(t)
		require.InDelta(t, 2, i.Admin.Stage(t, back["id"], "plan")["counts"].(doc)["skip"], 0)
		names := fmt.Sprintf("ID,Firm\n%s,Renamed\n", deal)
		byName := i.Admin.Upload(t, "deal", "deals.csv", []byte(names)).Want(t, 201).Data(t)
		require.InDelta(t, 1, i.Admin.Stage(t, byName["id"], "run")["counts"].(doc)["update"], 0)
		require.Equal(t, hers, i.Admin.Get(t, "/records/deal/"+deal).Want(t, 200).Data(t)["firm"])
	})
}

// TestAnExportOfASearchHasWhatTheListShows: also what is found by how it sounds.
func TestAnExportOfASearchHasWhatTheListShows(t *testing.T) {
	t.Parallel()
	type doc = map[string]any
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, name := range []string{"张伟", "李静"} {
			i.Admin.Post(t, "/records/lead", doc{"name": name, "company": "Acme"}).Want(t, 201)
		}
		found := string(export(t, i.Admin, doc{"object": "lead", "q": "zhangw", "fields": []string{"name"}}))
		require.Contains(t, found, "张伟")
		require.NotContains(t, found, "李静")
	})
}
