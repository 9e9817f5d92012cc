package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestADryRunOfABatch: it tells of each operation what the batch would, and
// nothing of it stays.
func TestADryRunOfABatch(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		text := doc{"field": "text", "title": "T"}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "crate", "title": "Crate", "type": "object", "display": "name", "required": []string{"name"}, "properties": doc{
				"name": text, "code": doc{"field": "text", "title": "Code", "unique": true}, "number": doc{"field": "autonumber", "title": "No", "pattern": "C-{0000}"},
				"parts": doc{"field": "rollup", "title": "Parts", "of": "piece.crate", "function": "count"},
			}},
			doc{"kind": "object", "name": "piece", "title": "Piece", "type": "object", "display": "name", "properties": doc{
				"name": text, "crate": doc{"field": "lookup", "title": "Crate", "target": "crate", "onDelete": "restrict"},
			}},
		}}).Want(t, 200)
		made := func(object string, values doc) any {
			return i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"]
		}
		full, empty := made("crate", doc{"name": "full", "code": "a"}), made("crate", doc{"name": "empty", "code": "b"})
		made("piece", doc{"name": "p", "crate": full})
		operations := []any{
			doc{"op": "create", "values": doc{"name": "new", "code": "c"}},
			doc{"op": "create", "values": doc{"name": "again", "code": "c"}},
			doc{"op": "create", "values": doc{"code": "d"}},
			doc{"op": "update", "id": empty, "version": 1, "values": doc{"name": "renamed"}},
			doc{"op": "update", "id": empty, "version": 1, "values": doc{"name": "stale"}},
			doc{"op": "update", "id": empty, "values": doc{"code": "a"}},
			doc{"op": "upsert", "match": []string{"code"}, "values": doc{"code": "b", "name": "found"}},
			doc{"op": "upsert", "match": []string{"code"}, "values": doc{"code": "e", "name": "not found"}},
			doc{"op": "delete", "id": full},
			doc{"op": "delete", "id": empty},
			doc{"op": "delete", "id": absent},
		}
		for n := range 250 { // more than one transaction of a batch
			operations = append(operations, doc{"op": "create", "values": doc{"name": fmt.Sprint(n), "code": fmt.Sprint(n % 249)}})
		}
		before := fingerprint(t, i)
		told := i.Admin.Post(t, "/records/crate/_batch", doc{"dry_run": true, "operations": operations}).Want(t, 200).List(t)
		require.Equal(t, before, fingerprint(t, i))

		for _, some := range [][]any{operations[:2], operations[1:4], operations[8:]} {
			code, items := i.Admin.Post(t, "/records/crate/_batch", doc{"dry_run": true, "atomic": true, "operations": some}).Fault(t)
			refused, at := i.Admin.Post(t, "/records/crate/_batch", doc{"atomic": true, "operations": some}).Fault(t)
			require.Equal(t, refused, code)
			require.Equal(t, at, items)
			require.Equal(t, before, fingerprint(t, i))
		}
		good := i.Admin.Post(t, "/records/crate/_batch", doc{"dry_run": true, "atomic": true, "operations": operations[:1]}).Want(t, 200).List(t)
		require.Equal(t, before, fingerprint(t, i))
		require.Equal(t, told[0], good[0])
		require.NotContains(t, good[0], "id", "there is no such record")

		done := i.Admin.Post(t, "/records/crate/_batch", doc{"operations": operations}).Want(t, 200).List(t)
		require.Len(t, told, len(done))
		for n, outcome := range done {
			if outcome["status"].(float64) == 201 {
				delete(outcome, "id")
			}
			require.Equal(t, outcome, told[n], "operation %d", n)
		}
	})
}

// TestADryRunTakesNoKey: the key of a write stays free for the write itself.
func TestADryRunTakesNoKey(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		client := i.Admin.With("Idempotency-Key", "one")
		operations := []any{doc{"op": "create", "values": doc{"name": "a", "company": "b"}}}
		client.Post(t, "/records/lead/_batch", doc{"dry_run": true, "operations": operations}).Want(t, 200)
		outcome := client.Post(t, "/records/lead/_batch", doc{"operations": operations}).Want(t, 200).List(t)[0]
		i.Admin.Get(t, fmt.Sprint("/records/lead/", outcome["id"])).Want(t, 200)
	})
}
