package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// The ids of what both sides begin with.
func partID(n int) string   { return fmt.Sprintf("00000000-0000-7000-8000-000000000%03d", n) }
func makerID(n int) string  { return fmt.Sprintf("00000000-0000-7000-8000-000000001%03d", n) }
func targetID(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-000000002%03d", n) }
func officeID(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-000000003%03d", n) }

// everyExample are the examples of every field kind, by the names of the fields
// of the object every that hold them.
func everyExample() map[string]example {
	all := map[string]example{}
	table := examples([]string{person, other}, []string{officeID(0), officeID(1)}, []string{targetID(0), targetID(1)})
	for _, kind := range field.Kinds() {
		for n, e := range table[kind.Name()] {
			all[fmt.Sprintf("%s_%d", kind.Name(), n+1)] = e
		}
	}
	return all
}

// everyKind is an object with a field for each example of each kind.
func everyKind() doc {
	properties := doc{}
	for name, e := range everyExample() {
		properties[name] = property(name[:strings.LastIndexByte(name, '_')], e.settings)
		if strings.HasPrefix(name, "text_") || strings.HasPrefix(name, "email_") || strings.HasPrefix(name, "phone_") || strings.HasPrefix(name, "longtext_") {
			properties[name].(doc)["search"] = true
		}
	}
	return objectOf("every", properties, doc{"display": "text_1", "unique": []any{[]any{"text_2"}}})
}

// equalDefinitions are the objects of both sides: lists, every kind, figures
// about figures, and lines.
func equalDefinitions() []any {
	trade := slices.Concat(deals(nil), parts())
	return append(
		trade, everyKind(), objectOf("kind_target", doc{"name": property("text")}, doc{"display": "name"}),
		objectOf("offer", doc{
			"name": property("text"), "items": property("lines", doc{"target": "offer_item", "order": "place"}),
			"pieces": property("rollup", doc{"of": "offer_item.offer", "function": "sum", "value": "count"}),
		}, doc{"rules": []any{doc{"name": "few", "assert": "pieces == null || pieces < 50", "message": "Too many pieces."}}}),
		objectOf("offer_item", doc{
			"offer": property("lookup", doc{"target": "offer", "onDelete": "cascade"}), "what": property("text"), "count": property("integer", doc{"minimum": 1}), "place": property("integer"),
		}, doc{"required": []any{"offer", "what"}}),
		doc{"kind": "role", "name": "seer", "abilities": []any{"export"}, "grants": []any{
			doc{"object": "part", "actions": []any{"create", "read", "update", "delete"}, "scope": doc{"where": "size != 0"}},
			doc{"object": "part", "actions": []any{"read"}, "scope": doc{"where": "size == 0"}, "fields": doc{"read": []any{"name", "metal", "maker"}}},
			doc{"object": "maker", "actions": []any{"read"}, "scope": doc{"where": `name != "acme"`}},
			doc{"object": "every", "actions": []any{"create", "read", "update"}, "scope": doc{"where": "boolean_1"}, "fields": doc{"read": []any{"*", "-integer_1"}, "update": []any{"*", "-decimal_1"}}},
			doc{"object": "every", "actions": []any{"read", "delete"}, "scope": "own", "fields": doc{"read": []any{"text_1", "integer_1"}}},
			doc{"object": "account", "actions": []any{"read"}, "scope": doc{"where": `grade == "A"`}},
			doc{"object": "deal", "actions": []any{"create", "read", "update", "delete"}, "scope": doc{"where": "won || amount > 10"}},
			doc{"object": "offer", "actions": []any{"create", "read", "update"}, "scope": "own"},
			doc{"object": "offer_item", "actions": []any{"create", "read", "update", "delete"}, "scope": "own"},
		}},
	)
}

// equalWorld makes the same records with the same ids, and gives the
// administrator and somebody who sees some of them.
func equalWorld(t *testing.T, i *enginetest.Installation) []*enginetest.Client {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": equalDefinitions()}).Want(t, 200)
	create := func(object, id string, values doc) {
		var wire map[string]any
		raw, err := json.Marshal(values)
		require.NoError(t, err)
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&wire))
		err = i.Records.Transact(t.Context(), access.System(), store.Interactive, func(ctx context.Context, w *record.Work) error {
			_, err := w.CreateAs(ctx, object, id, wire)
			return err
		})
		require.NoError(t, err, "%s %s", object, id)
	}
	for n, name := range []string{"Market", "Sales"} {
		create("department", officeID(n), doc{"name": name, "code": strings.ToLower(name)})
	}
	create("user", person, doc{"name": "Wang", "email": "wang@example.com", "roles": []any{"seer"}, "timezone": "America/New_York", "department": officeID(0)})
	create("user", other, doc{"name": "Li", "email": "li@example.com", "manager": person})
	for n, name := range []string{"Apfel", "äpfel tart"} {
		create("kind_target", targetID(n), doc{"name": name})
	}
	var makers []any
	for n, name := range []any{"Müller", "中铁", nil, "acme"} {
		create("maker", makerID(n), doc{"name": name, "town": "Town"})
		makers = append(makers, makerID(n))
	}
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 80 {
		values := randomPart(random, makers)
		values["owner"] = person
		create("part", partID(n), values)
	}
	return []*enginetest.Client{i.Admin, i.Client(t, "wang@example.com")}
}

// sorted are the names in a map, in order, so that a random choice among them
// is the same with the same seed.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
