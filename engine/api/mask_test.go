package api_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// maskedWorld has contacts whose phone and mail address a caller sees in part,
// and those of his own whole.
func maskedWorld(t *testing.T, i *enginetest.Installation) (caller *enginetest.Client, own, others string) {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
		doc{"kind": "object", "name": "person", "type": "object", "display": "name", "properties": doc{
			"name": doc{"field": "text", "search": true}, "phone": doc{"field": "phone", "search": true}, "mail": doc{"field": "email"}, "card": doc{"field": "text"},
			"age": doc{"field": "integer"}, "calls": doc{"field": "formula", "expression": `"tel:" + phone`},
		}},
		doc{"kind": "view", "name": "person_list", "object": "person", "columns": []string{"name", "phone"}, "sort": []string{"phone", "name"}},
		doc{"kind": "view", "name": "person_some", "object": "person", "columns": []string{"name"}, "filter": `phone != null`},
		doc{"kind": "role", "name": "caller", "abilities": []string{"export"}, "grants": []any{
			doc{"object": "person", "actions": []string{"read", "update"}, "scope": "all", "fields": doc{"read": []string{"*"}, "mask": []string{"phone", "mail", "card"}}},
			doc{"object": "person", "actions": []string{"read"}, "scope": "own", "where": `name == "Own"`, "fields": doc{"read": []string{"phone"}}},
		}},
		doc{"kind": "role", "name": "masked", "grants": []any{
			doc{"object": "person", "actions": []string{"read"}, "fields": doc{"read": []string{"*"}, "mask": []string{"phone"}}},
		}},
	}}).Want(t, 200)
	caller = i.Person(t, "Caller", "caller")
	made := func(values doc) string {
		return i.Admin.Post(t, "/records/person", values).Want(t, 201).Data(t)["id"].(string)
	}
	own = made(doc{"name": "Own", "phone": "13812345678", "mail": "own@example.com", "owner": caller.UserID})
	others = made(doc{"name": "Other", "phone": "13987654321", "mail": "zhang@example.com", "card": "310101199001011234", "age": 30})
	return caller, own, others
}

// TestAMaskShowsAValueInPart: in the record, in a list and in the answer of a
// write, and whole where one single grant covers the record and the field.
func TestAMaskShowsAValueInPart(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		caller, own, others := maskedWorld(t, i)
		var body struct {
			Data doc
			Can  struct{ Fields map[string]string }
		}
		caller.Get(t, "/records/person/"+others).Want(t, 200).Into(t, &body)
		require.Equal(t, "+86139****4321", body.Data["phone"])
		require.Equal(t, "z***@example.com", body.Data["mail"])
		require.Equal(t, "310****1234", body.Data["card"])
		require.Equal(t, "mask", body.Can.Fields["phone"])
		require.NotContains(t, body.Data, "calls", "what is computed from it is hidden")
		patched := caller.Patch(t, "/records/person/"+others, doc{"age": 31}).Want(t, 200).Data(t)
		require.Equal(t, "+86139****4321", patched["phone"])
		require.Equal(t, "+8613812345678", caller.Get(t, "/records/person/"+own).Want(t, 200).Data(t)["phone"])
		list := caller.Get(t, "/records/person?sort=name&fields=name,phone,mail").Want(t, 200).List(t)
		require.Equal(t, "+86139****4321", list[0]["phone"])
		require.Equal(t, "z***@example.com", list[0]["mail"])
		require.Equal(t, "+8613812345678", list[1]["phone"])
		require.Nil(t, caller.Get(t, "/records/person/"+own).Want(t, 200).Data(t)["card"], "nothing to show")
	})
}

// TestAMaskedValueIsOfNoUse: it is not filtered, sorted, grouped, searched or
// exported by, and leaves no trace in the history, where a hidden one leaves none.
func TestAMaskedValueIsOfNoUse(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		_, _, others := maskedWorld(t, i)
		masked := i.Person(t, "Masked", "masked")
		for _, path := range []string{
			"/records/person?where=" + url.QueryEscape(`phone != null`), "/records/person?where=" + url.QueryEscape(`calls != null`),
			"/records/person?sort=phone", "/records/person?view=person_some",
		} {
			require.Equal(t, 400, masked.Get(t, path).Status, path)
		}
		require.Empty(t, masked.Get(t, "/search?q=4321").Want(t, 200).List(t))
		require.Empty(t, masked.Get(t, "/records/person?q=4321").Want(t, 200).List(t))
		masked.Post(t, "/records/person/_aggregate", doc{"groups": []doc{{"field": "phone"}}, "measures": []doc{{"as": "n", "function": "count"}}}).Want(t, 400)
		i.Admin.Patch(t, "/records/person/"+others, doc{"phone": "13900004321", "age": 40}).Want(t, 200)
		for _, path := range []string{"/changes?object=person", "/records/person/" + others + "/changes", "/records/person/" + others + "/timeline"} {
			answer := masked.Get(t, path).Want(t, 200)
			require.NotContains(t, string(answer.Body), "4321", path)
			require.Contains(t, string(answer.Body), "age", path)
		}
		meta := string(masked.Get(t, "/meta").Want(t, 200).Body)
		require.Contains(t, meta, `"can":"mask"`)
		require.NotContains(t, meta, "person_some", "a view that filters by it")
		require.Contains(t, meta, "person_list", "one that shows it")
	})
}

// TestOnlyTextIsMasked: of another kind, a computed one or any object's, a mask
// is refused by its place.
func TestOnlyTextIsMasked(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	maskedWorld(t, i)
	for _, name := range []string{"age", "calls", "created_at"} {
		answer := i.Admin.Post(t, "/meta/_plan", doc{"definitions": []any{doc{"kind": "role", "name": "r", "grants": []any{
			doc{"object": "person", "actions": []string{"read"}, "fields": doc{"mask": []string{name}}},
		}}}})
		require.Contains(t, string(answer.Body), "/definitions/0/grants/0/fields/mask/0", "%d %s", answer.Status, answer.Body)
	}
}
