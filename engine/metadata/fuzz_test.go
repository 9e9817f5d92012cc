package metadata_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/schemas"
)

// FuzzDefinition: any text is a definition, which is written as it is read
// again, or a fault with its places.
func FuzzDefinition(f *testing.F) {
	s, err := metadata.LoadSchemas(schemas.Files, metadata.DefinitionKinds())
	require.NoError(f, err)
	require.NoError(f, fs.WalkDir(schemas.Files, "templates", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json") {
			return err
		}
		content, err := fs.ReadFile(schemas.Files, path)
		f.Add(string(content))
		return err
	}))
	for _, seed := range []string{"", "null", "[]", `{"kind":5}`, `{"kind":"object","name":"x","properties":{"a":null}}`, `{"kind":"role","name":"x","grants":[{}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		definition, err := s.Parse([]byte(text))
		if err != nil {
			_, syntax := errors.AsType[*json.SyntaxError](err)
			require.True(t, fault.As(err) != nil || syntax || !json.Valid([]byte(text)), "%v", err)
			return
		}
		again, err := s.Parse(definition.Document)
		require.NoError(t, err)
		require.Equal(t, string(definition.Document), string(again.Document))
	})
}
