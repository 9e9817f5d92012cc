package catalog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// more are definitions of the kinds that random edits do not make.
func more() []json.RawMessage {
	var list []json.RawMessage
	for _, text := range []string{
		`{"kind": "object", "name": "deal", "type": "object", "title": "Deal <\u0026> 商机", "properties": {"z": {"field": "text"}, "a": {"field": "decimal", "minimum": "1.50", "decimals": 2}, "m": {"field": "boolean"}}}`,
		`{"kind": "extension", "name": "deal_more", "object": "deal", "requires": ["user"], "properties": {"y": {"field": "text"}, "b": {"field": "user"}}, "rules": [{"name": "r", "assert": "y != \"<\" || z != null", "message": "m"}], "sections": [{"form": "deal_default", "fields": ["y", "b"]}]}`,
		`{"kind": "form", "name": "deal_default", "object": "deal", "sections": [{"title": "T", "fields": ["z", {"field": "a", "span": 2}]}]}`,
		`{"kind": "view", "name": "deal_all", "object": "deal", "columns": ["z", "y"], "sort": ["-a"]}`,
		`{"kind": "app", "name": "deals", "items": [{"object": "deal", "view": "deal_all"}]}`,
		`{"kind": "role", "name": "dealer", "grants": [{"object": "deal", "actions": ["read"], "scope": {"where": "m"}}]}`,
		`{"kind": "translation", "name": "en", "texts": {"object/deal/title": "Deal", "extension/deal_more/properties/y/title": "Y"}}`,
	} {
		list = append(list, json.RawMessage(text))
	}
	return list
}

// TestAnExportIsTheSameWhereverItIsImported: the definitions of one system,
// applied to an empty one with their keywords and themselves in any order, are
// there to the byte as they were.
func TestAnExportIsTheSameWhereverItIsImported(t *testing.T) {
	t.Parallel()
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		ctx := context.Background()
		random := rand.New(rand.NewPCG(3, 5))
		first := opened(t, storetest.Open(t, config))
		request := catalog.Request{Definitions: more()}
		for _, name := range []string{"base", "lead"} {
			folder, err := fs.Sub(schemas.Files, "templates/"+name)
			require.NoError(t, err)
			template, err := first.Schemas().LoadFolder(folder, ".")
			require.NoError(t, err)
			for _, definition := range template {
				request.Definitions = append(request.Definitions, definition.Document)
			}
		}
		_, err := first.Apply(ctx, access.System(), request, nil)
		require.NoError(t, err)
		model := newModel(random)
		for range 15 {
			if _, err := first.Apply(ctx, access.System(), model.edit(), nil); err != nil {
				model.forget()
				continue
			}
			model.keep()
		}
		exported := first.Current().Catalog().Definitions()
		if config.URL != "" {
			config.URL = storetest.Postgres(t)
		} else {
			config = storetest.SQLite(t)
		}
		empty := storetest.Open(t, config)
		second, err := catalog.Open(ctx, empty, empty.Clock(), schemas.Files, metadata.DefinitionKinds())
		require.NoError(t, err)
		imported := catalog.Request{}
		for _, i := range random.Perm(len(exported)) {
			imported.Definitions = append(imported.Definitions, shuffled(t, random, exported[i].Document))
		}
		_, err = second.Apply(ctx, access.System(), imported, nil)
		require.NoError(t, err)
		require.Equal(t, documents(exported), documents(second.Current().Catalog().Definitions()))
		for _, service := range []*catalog.Service{first, second} {
			planned, err := service.Plan(ctx, "en", imported)
			require.NoError(t, err)
			require.Empty(t, planned.Changes)
		}
	})
}

// shuffled writes a definition without blanks, its keywords in any order; what
// has the author's order keeps it.
func shuffled(t *testing.T, random *rand.Rand, raw json.RawMessage) json.RawMessage {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var read func(authors bool) []byte
	read = func(authors bool) []byte {
		token, err := decoder.Token()
		require.NoError(t, err)
		delim, nested := token.(json.Delim)
		if !nested {
			if text, ok := token.(string); ok {
				return strconv.AppendQuoteToASCII(nil, text)
			}
			scalar, err := json.Marshal(token)
			require.NoError(t, err)
			return scalar
		}
		var members [][]byte
		for decoder.More() {
			if delim == '[' {
				members = append(members, read(false))
				continue
			}
			key, err := decoder.Token()
			require.NoError(t, err)
			own := key == "properties" || key == "texts"
			members = append(members, append(strconv.AppendQuote(nil, key.(string)), append([]byte(":"), read(own)...)...))
		}
		_, err = decoder.Token()
		require.NoError(t, err)
		if delim == '{' && !authors {
			random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		}
		return []byte(map[bool]string{true: "{", false: "["}[delim == '{'] + string(bytes.Join(members, []byte(","))) + map[bool]string{true: "}", false: "]"}[delim == '{'])
	}
	return read(false)
}
