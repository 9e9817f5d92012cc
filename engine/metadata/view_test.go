package metadata_test

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/schemas"
)

// viewExamples are the examples that the schema of views gives.
func viewExamples(t *testing.T) []json.RawMessage {
	t.Helper()
	raw, err := fs.ReadFile(schemas.Files, "meta/view.json")
	require.NoError(t, err)
	var schema struct{ Examples []json.RawMessage }
	require.NoError(t, json.Unmarshal(raw, &schema))
	return schema.Examples
}

// TestTheExamplesOfViewsAreViewsOfTheLeadTemplate holds each example, one a
// type at least, to be accepted beside the objects it speaks of.
func TestTheExamplesOfViewsAreViewsOfTheLeadTemplate(t *testing.T) {
	t.Parallel()
	loaded, err := metadata.LoadSchemas(schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	var definitions []metadata.Definition
	for _, folder := range []string{"builtin", "templates/base", "templates/lead"} {
		found, err := loaded.LoadFolder(schemas.Files, folder)
		require.NoError(t, err)
		definitions = append(definitions, found...)
	}
	types := map[string]bool{}
	for _, example := range viewExamples(t) {
		definition, err := loaded.Parse(example)
		require.NoError(t, err)
		var view struct{ Type string }
		require.NoError(t, json.Unmarshal(definition.Document, &view))
		types[view.Type] = true
		definitions = append(definitions, definition)
	}
	require.Equal(t, map[string]bool{"table": true, "kanban": true, "calendar": true, "gallery": true, "split": true}, types)
	_, problems := metadata.Compile(1, definitions, metadata.Environment{Schemas: loaded, Kinds: field.Registry(), Options: metadata.LoadOptionSets(schemas.Files)})
	require.Empty(t, problems)
}

// TestAViewIsShownWithoutWhatItsReaderMayNotSee and not at all when it is of
// such a field.
func TestAViewIsShownWithoutWhatItsReaderMayNotSee(t *testing.T) {
	t.Parallel()
	loaded, err := metadata.LoadSchemas(schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	const board = `{"kind":"view","name":"v","object":"o","type":"kanban","columns":["a","b"],"group":"g","totals":["n","a"],"color":"c","filter":"f == 1","sort":["-a"]}`
	const month = `{"kind":"view","name":"v","object":"o","type":"calendar","columns":["a"],"start":"g","end":"c"}`
	const album = `{"kind":"view","name":"v","object":"o","type":"gallery","columns":["a"],"cover":"c"}`
	const stages = `{"kind":"form","name":"f","object":"o","path":"c","sections":[{"fields":["a"]}]}`
	for _, c := range []struct{ document, hidden, want string }{
		{stages, "c", `{"kind":"form","name":"f","object":"o","sections":[{"fields":["a"]}]}`},
		{board, "f", ""},
		{board, "g", ""},
		{month, "g", ""},
		{board, "a", `{"kind":"view","name":"v","object":"o","type":"kanban","columns":["b"],"group":"g","totals":["n"],"color":"c","filter":"f == 1","sort":[]}`},
		{board, "c", `{"kind":"view","name":"v","object":"o","type":"kanban","columns":["a","b"],"group":"g","totals":["n","a"],"filter":"f == 1","sort":["-a"]}`},
		{month, "c", `{"kind":"view","name":"v","object":"o","type":"calendar","columns":["a"],"start":"g"}`},
		{album, "c", `{"kind":"view","name":"v","object":"o","type":"gallery","columns":["a"]}`},
	} {
		definition, err := loaded.Parse([]byte(c.document))
		require.NoError(t, err)
		seen, ok := metadata.Without(definition, map[string]bool{c.hidden: true}, nil)
		require.Equal(t, c.want != "", ok, c.document)
		if ok {
			require.JSONEq(t, c.want, string(seen))
		}
	}
}
