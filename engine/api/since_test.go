package api_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAFieldSaysSinceWhenAnotherHasItsValue: from the creation, and from each
// change of that field alone. It is read, sorted and filtered by like any
// instant, and nobody writes it.
func TestAFieldSaysSinceWhenAnotherHasItsValue(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, contract(doc{"field": "datetime", "title": "Since", "since": "state"}))
		lead := i.Admin.Post(t, "/records/contract", doc{"name": "one", "state": "draft"}).Want(t, 201).Data(t)
		path := fmt.Sprint("/records/contract/", lead["id"])
		require.Equal(t, lead["created_at"], lead["entered_at"])

		i.Clock.Shift(20 * 24 * time.Hour)
		i.Admin = i.Client(t, enginetest.AdminEmail)
		change := func(values doc) map[string]any { return i.Admin.Patch(t, path, values).Want(t, 200).Data(t) }
		require.Equal(t, lead["entered_at"], change(doc{"name": "two", "state": "draft"})["entered_at"])
		old := "/records/contract?where=" + url.QueryEscape(`entered_at < addDays(now(), -14)`)
		require.Len(t, i.Admin.Get(t, old).Want(t, 200).List(t), 1)
		moved := change(doc{"state": "signed"})
		require.Equal(t, moved["updated_at"], moved["entered_at"])
		require.Empty(t, i.Admin.Get(t, old).Want(t, 200).List(t))
		i.Clock.Shift(time.Hour)
		require.Equal(t, moved["entered_at"], change(doc{"name": "three"})["entered_at"])

		_, items := i.Admin.Patch(t, path, doc{"entered_at": "2020-01-01T00:00:00Z"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/entered_at": "read_only"}, items)
	})
}

// TestSinceNamesAFieldThatPeopleFill and that stays as long as it is named.
func TestSinceNamesAFieldThatPeopleFill(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, of := range []string{"nothing", "entered_at", "created_at", "label"} {
			answer := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{contract(doc{"field": "datetime", "since": of})}}).Want(t, 422)
			require.Contains(t, string(answer.Body), "/properties/entered_at/since", of)
		}
		blind := doc{"kind": "role", "name": "blind", "grants": []any{doc{"object": "contract", "actions": []any{"read"}, "scope": "all", "fields": doc{"read": []any{"name", "entered_at"}}}}}
		apply(t, i, contract(doc{"field": "datetime", "since": "state"}), blind)
		require.NotContains(t, string(i.Person(t, "Blind", "blind").Get(t, "/meta").Want(t, 200).Body), `"state"`)
	})
}

// contract is an object with a state, and an instant beside it.
func contract(entered doc) doc {
	return doc{
		"kind": "object", "name": "contract", "type": "object", "display": "name",
		"properties": doc{
			"name": doc{"field": "text", "title": "Name"}, "entered_at": entered,
			"state": doc{"field": "select", "title": "State", "oneOf": []any{doc{"const": "draft", "title": "Draft"}, doc{"const": "signed", "title": "Signed"}}},
			"label": doc{"field": "formula", "title": "Label", "expression": `name + "!"`, "as": "text"},
		},
	}
}
