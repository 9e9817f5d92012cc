package api_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/field"
)

// TestWhatGoesOutComesInUnchanged: the file of an export with fields of every
// kind that a cell can hold, each with all its examples, changes no record when
// it is imported: as csv and as xlsx, in both languages.
func TestWhatGoesOutComesInUnchanged(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		target := doc{"kind": "object", "name": "kind_target", "type": "object", "properties": doc{"name": doc{"field": "text"}}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{target}}).Want(t, 200)
		made := func(object string, values doc) string {
			return i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"].(string)
		}
		people := []string{i.Person(t, "Ann").UserID, i.Person(t, "Bea").UserID}
		departments := []string{made("department", doc{"name": "Market", "code": "m"}), made("department", doc{"name": "Sales", "code": "s"})}
		targets := []string{made("kind_target", doc{"name": "Apfel"}), made("kind_target", doc{"name": "Apfel"})}
		properties, records := doc{}, []doc{}
		table := examples(people, departments, targets)
		for _, kind := range field.Kinds() {
			name := kind.Name()
			if table[name] == nil && name != "lines" && name != "file" && name != "image" && !slices.Contains(field.ComputedKinds(), name) {
				table[name] = ownExamples(t, name)
			}
			for n, e := range table[name] {
				of := fmt.Sprint(name, "_", n)
				property := doc{"field": name, "title": of}
				maps.Copy(property, e.settings)
				properties[of] = property
				for at, v := range e.valid {
					for len(records) <= at {
						records = append(records, doc{})
					}
					if v.sent != nil {
						records[at][of] = v.sent
					}
				}
			}
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "everything", "type": "object", "properties": properties}}}).Want(t, 200)
		for _, values := range records {
			made("everything", values)
		}
		for _, format := range []string{"csv", "xlsx"} {
			for _, language := range []string{"en", "zh-CN"} {
				named := map[string]bool{} // beside the ids
				c := i.Admin.With("Accept-Language", language)
				asked := c.Post(t, "/exports", doc{"object": "everything", "format": format}).Want(t, 202).Data(t)
				path := fmt.Sprint("/exports/", asked["id"])
				require.Equal(t, "done", c.Wait(t, path, "running")["state"])
				file := c.Get(t, path+"/file").Want(t, 200).Body
				imported := c.Upload(t, "everything", "everything."+format, file).Want(t, 201).Data(t)
				for _, column := range imported["columns"].([]any) {
					if of, ids := strings.CutSuffix(column.(doc)["title"].(string), " [ID]"); ids {
						named[of] = true
					}
				}
				for _, column := range imported["columns"].([]any) {
					title := column.(doc)["title"].(string)
					of, ids := strings.CutSuffix(title, " [ID]")
					read := properties[of] == nil || strings.HasPrefix(of, "autonumber") || !ids && named[title]
					require.Equal(t, read, column.(doc)["field"] != of, "%s is imported", title)
				}
				planned := c.Stage(t, imported["id"], "plan")
				wrong := c.Get(t, fmt.Sprintf("/imports/%v/rows?state=error,conflict,update,create&limit=1000", imported["id"])).Want(t, 200).List(t)
				require.Empty(t, wrong, "%s %s", format, language)
				require.InDelta(t, len(records), planned["counts"].(doc)["skip"], 0)
			}
		}
	})
}
