package metadata_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/schemas"
)

// gadget is a kind of definition as a package above would bring it.
func gadget() metadata.DefinitionKind {
	return metadata.DefinitionKind{Kind: "gadget", English: "gadget", Chinese: "小工具", Check: func(c *metadata.Check) any {
		var doc struct{ Object, When string }
		if !c.Decode(&doc) || c.Object("/object", doc.Object) == nil {
			return nil
		}
		return c.Expression("/when", doc.Object, doc.When, expr.Filter())
	}}
}

const gadgetSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://trellis-crm.github.io/schemas/gadget.json",
  "type": "object", "additionalProperties": false, "required": ["kind", "name", "object"],
  "properties": {"kind": {"const": "gadget"}, "name": {"$ref": "common.json#/$defs/name"}, "object": {"$ref": "common.json#/$defs/name"}, "when": {"$ref": "common.json#/$defs/expression"}}
}`

// TestAKindOfDefinitionIsAValueAndASchema: given both, its definitions are
// parsed, checked and found, and what they name knows them.
func TestAKindOfDefinitionIsAValueAndASchema(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(schemas.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(schemas.Files, path)
		files[path] = &fstest.MapFile{Data: raw}
		return err
	}))
	kinds := append(metadata.DefinitionKinds(), gadget())
	_, err := metadata.LoadSchemas(files, kinds)
	require.ErrorContains(t, err, "gadget", "a kind without its schema")
	files["meta/gadget.json"] = &fstest.MapFile{Data: []byte(gadgetSchema)}
	loaded, err := metadata.LoadSchemas(files, kinds)
	require.NoError(t, err)
	compile := func(texts ...string) (*metadata.Catalog, []metadata.Problem) {
		definitions, err := loaded.LoadFolder(files, "builtin")
		require.NoError(t, err)
		for _, text := range texts {
			definition, err := loaded.Parse([]byte(text))
			require.NoError(t, err)
			definitions = append(definitions, definition)
		}
		return metadata.Compile(1, definitions, metadata.Environment{Schemas: loaded, Kinds: field.Registry(), Options: metadata.LoadOptionSets(files)})
	}
	catalog, problems := compile(`{"kind": "gadget", "name": "g", "object": "team", "when": "name != null"}`)
	require.Empty(t, problems)
	when, ok := metadata.Find[*expr.Program](catalog, "gadget", "g")
	require.True(t, ok)
	require.Equal(t, "name != null", when.Source)
	by := metadata.Key{Kind: "gadget", Name: "g"}
	require.Contains(t, catalog.Users(metadata.Key{Kind: "object", Name: "team"}, "/properties/name"), metadata.Use{Key: by, Pointer: "/when", What: metadata.UseOfField, At: "/properties/name"})
	_, problems = compile(`{"kind": "gadget", "name": "g", "object": "nothing"}`, `{"kind": "gadget", "name": "h", "object": "team", "when": "colour"}`)
	require.Len(t, problems, 2)
	require.Equal(t, []any{by, "/object", fault.DanglingReference}, []any{problems[0].Key, problems[0].Pointer, problems[0].Code})
	require.Equal(t, []any{"/when", fault.UnknownField}, []any{problems[1].Pointer, problems[1].Code})
}
