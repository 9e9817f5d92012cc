package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestAKeyThatIsTakenNamesNoHiddenField: who may fill one field of a key is told
// that it is taken, and not with what else.
func TestAKeyThatIsTakenNamesNoHiddenField(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		grant := func(read ...any) doc {
			return doc{"object": "seat", "actions": []any{"create", "read", "update"}, "scope": "all", "fields": doc{"read": read, "update": []any{"number"}}}
		}
		apply(t, i,
			doc{"kind": "object", "name": "seat", "type": "object", "display": "number", "unique": []any{[]any{"number", "hall"}}, "properties": doc{
				"number": doc{"field": "text"}, "hall": doc{"field": "text", "default": "A"},
			}},
			doc{"kind": "role", "name": "blind", "grants": []any{grant("number")}},
			doc{"kind": "role", "name": "reader", "grants": []any{grant("number", "hall")}},
		)
		i.Admin.Post(t, "/records/seat", doc{"number": "1", "hall": "A"}).Want(t, 201)
		for name, wanted := range map[string]map[string]string{
			"blind":  {"/number": "duplicate"},
			"reader": {"/number": "duplicate", "/hall": "duplicate"},
		} {
			answer := i.Person(t, name, name).Post(t, "/records/seat", doc{"number": "1"}).Want(t, 409)
			_, items := answer.Fault(t)
			require.Equal(t, wanted, items)
		}
	})
}
