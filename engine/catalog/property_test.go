package catalog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// edits is how many random edits each run makes.
const edits = 60

// TestTablesFollowDefinitions applies random edits: after each the tables that
// are there equal those that the definitions ask for, a plan beforehand told
// the same changes and wrote nothing, a plan afterwards is empty, and at the
// end every revision can be gone back to.
func TestTablesFollowDefinitions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, open *store.Store) {
		ctx := context.Background()
		service := opened(t, open)
		random := rand.New(rand.NewPCG(7, 11))
		model := newModel(random)
		snapshots := map[int64][]metadata.Definition{}
		for range edits {
			request := model.edit()
			planned, planErr := service.Plan(ctx, "en", request)
			before := service.Current().Catalog().Revision
			result, err := service.Apply(ctx, access.System(), request, nil)
			require.Equal(t, planErr == nil, err == nil, "the plan said %v, the apply %v", planErr, err)
			if err != nil {
				require.NotNil(t, fault.As(err), "%v", err)
				require.Equal(t, before, service.Current().Catalog().Revision)
				model.forget()
				continue
			}
			model.keep()
			require.Equal(t, planned.Changes, result.Changes)
			now := service.Current().Catalog()
			require.Equal(t, store.Normal(catalog.Tables(now)), objects(t, open))
			again, err := service.Plan(ctx, "en", request)
			if len(request.Delete) == 0 {
				require.NoError(t, err)
				require.Empty(t, again.Changes)
			}
			snapshots[now.Revision] = now.Definitions()
		}
		require.Greater(t, len(snapshots), edits/3, "too few edits went through to say anything")
		for revision, then := range snapshots {
			_, err := service.Restore(ctx, access.System(), revision, []string{catalog.Destructive}, nil)
			require.NoError(t, err, "go back to %d", revision)
			require.Equal(t, documents(then), documents(service.Current().Catalog().Definitions()))
			require.Equal(t, store.Normal(catalog.Tables(service.Current().Catalog())), objects(t, open))
		}
	})
}

func opened(t *testing.T, open *store.Store) *catalog.Service {
	t.Helper()
	ctx := context.Background()
	service, err := catalog.Open(ctx, open, open.Clock(), schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	request := catalog.Request{Note: "built in"}
	for _, definition := range service.Builtin() {
		request.Definitions = append(request.Definitions, definition.Document)
	}
	_, err = service.Apply(ctx, access.System(), request, nil)
	require.NoError(t, err)
	return service
}

func objects(t *testing.T, open *store.Store) []store.Table {
	t.Helper()
	shape, err := store.Introspect(context.Background(), open)
	require.NoError(t, err)
	return store.Normal(shape.Objects)
}

func documents(definitions []metadata.Definition) []string {
	texts := make([]string, len(definitions))
	for i, definition := range definitions {
		texts[i] = string(definition.Document)
	}
	return texts
}

// model is what an administrator with a random mind has made so far.
type model struct {
	random  *rand.Rand
	objects map[string]map[string]map[string]any // object → field → property
	next    map[string]map[string]map[string]any
}

func newModel(random *rand.Rand) *model {
	return &model{random: random, objects: map[string]map[string]map[string]any{}}
}

func (m *model) keep()   { m.objects = m.next }
func (m *model) forget() { m.next = nil }

func (m *model) pick(list ...string) string { return list[m.random.IntN(len(list))] }

// edit is one random change of one object, or its deletion.
func (m *model) edit() catalog.Request {
	m.next = map[string]map[string]map[string]any{}
	for name, properties := range m.objects {
		m.next[name] = maps.Clone(properties)
	}
	name := m.pick("alpha", "beta", "gamma")
	request := catalog.Request{Allow: []string{catalog.Destructive}}
	if _, exists := m.next[name]; exists && m.random.IntN(8) == 0 {
		delete(m.next, name)
		request.Delete = []metadata.Key{{Kind: metadata.KindObject, Name: name}}
		return request
	}
	if m.next[name] == nil {
		m.next[name] = map[string]map[string]any{"title": {"field": "text"}}
	}
	for range 1 + m.random.IntN(3) {
		field := fmt.Sprintf("f%d", m.random.IntN(8))
		if _, has := m.next[name][field]; has && m.random.IntN(3) == 0 {
			delete(m.next[name], field)
			continue
		}
		m.next[name][field] = m.property()
	}
	request.Definitions = []json.RawMessage{m.document(name)}
	return request
}

func (m *model) property() map[string]any {
	kind := m.pick("text", "longtext", "integer", "decimal", "percent", "boolean", "date", "datetime", "select", "multiselect", "email", "phone", "url", "user", "lookup", "autonumber")
	property := map[string]any{"field": kind}
	switch kind {
	case "select", "multiselect":
		property["oneOf"] = []any{map[string]any{"const": "a"}, map[string]any{"const": "b"}}
	case "lookup":
		property["target"] = m.pick("alpha", "beta", "gamma", "user")
	case "autonumber":
		property["pattern"] = "N-{0000}"
	case "decimal":
		property["decimals"] = m.random.IntN(7)
	case "text":
		property["sort"] = m.random.IntN(2) == 0
	}
	switch kind {
	case "text", "integer", "decimal", "date", "email":
		property["unique"] = m.random.IntN(4) == 0
		property["index"] = m.random.IntN(3) == 0
	}
	return property
}

func (m *model) document(name string) json.RawMessage {
	properties := m.next[name]
	document := map[string]any{"kind": "object", "name": name, "type": "object", "properties": properties}
	if _, ok := properties["f1"]; ok && m.random.IntN(2) == 0 && properties["f1"]["field"] != "multiselect" {
		document["index"] = []any{[]any{"f1", "-created_at"}}
		document["unique"] = []any{[]any{"f1", "owner"}}
	}
	raw, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	return raw
}
