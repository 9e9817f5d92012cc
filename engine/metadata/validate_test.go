package metadata_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/schemas"
)

// TestEveryFieldKindRefusesAKeywordThatNobodyDeclared holds a misspelt setting
// of any kind to be an error at its place, never silence.
func TestEveryFieldKindRefusesAKeywordThatNobodyDeclared(t *testing.T) {
	t.Parallel()
	s, err := metadata.LoadSchemas(schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	required := map[string]map[string]any{
		"lookup": {"target": "x"}, "lookups": {"target": "x"}, "lines": {"target": "x"}, "link": {"targets": []string{"x"}}, "autonumber": {"pattern": "{0000}"},
		"formula": {"expression": "1"}, "rollup": {"of": "y.x", "function": "count"},
	}
	for _, kind := range field.Kinds() {
		property := map[string]any{"field": kind.Name(), "shape": 3}
		maps.Copy(property, required[kind.Name()])
		raw, err := json.Marshal(map[string]any{"kind": "object", "name": "x", "type": "object", "properties": map[string]any{"a": property}})
		require.NoError(t, err)
		_, err = s.Parse(raw)
		f := fault.As(err)
		require.NotNil(t, f, kind.Name())
		require.Len(t, f.Items, 1, "%s: %v", kind.Name(), f)
		require.Equal(t, "/properties/a/shape", f.Items[0].Pointer)
		require.Equal(t, fault.UnknownKeyword, f.Items[0].Code)
	}
}

// TestDefinitionsAreWrittenInOneOrder holds keywords to the order of their
// schema, and properties and lists to their author's.
func TestDefinitionsAreWrittenInOneOrder(t *testing.T) {
	t.Parallel()
	s, err := metadata.LoadSchemas(schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	definition, err := s.Parse([]byte(`{"properties":{"z":{"maxLength":5,"title":"Z","field":"text"},"a":{"field":"boolean"}},"type":"object","name":"x","kind":"object"}`))
	require.NoError(t, err)
	want := `{
  "kind": "object",
  "name": "x",
  "type": "object",
  "properties": {
    "z": {
      "field": "text",
      "title": "Z",
      "maxLength": 5
    },
    "a": {
      "field": "boolean"
    }
  }
}`
	require.Equal(t, strings.Split(want, "\n"), strings.Split(string(definition.Document), "\n"))
	again, err := s.Parse(definition.Document)
	require.NoError(t, err)
	require.Equal(t, string(definition.Document), string(again.Document))
}
