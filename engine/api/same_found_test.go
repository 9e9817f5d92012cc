package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// What the random requests of TestSameAnswers and of
// TestEveryRouteStandsWhatIsSentToIt found, each by itself.

// TestADeletionIsDoneOnce: a deletion with an Idempotency-Key answers again
// what it answered, though that is nothing.
func TestADeletionIsDoneOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		lead := i.Admin.Post(t, "/records/lead", doc{"name": "a", "company": "b"}).Want(t, 201).Data(t)["id"].(string)
		once := i.Admin.With("Idempotency-Key", "gone")
		for range 2 {
			require.Empty(t, once.Delete(t, "/records/lead/"+lead).Want(t, 204).Body)
		}
		code, _ := once.Delete(t, "/records/lead/"+absent).Want(t, 422).Fault(t)
		require.Equal(t, "idempotency_mismatch", code)
	})
}

// TestWhatIsWrongIsToldInOneOrder: the same request is refused with the same
// answer each time.
func TestWhatIsWrongIsToldInOneOrder(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	wrong := doc{"email": 1, "mobile": 2, "name": 3, "company": 4, "source": 5, "status": 6, "bogus": 7}
	first := normal(i.Admin.Post(t, "/records/lead", wrong).Want(t, 422).Body)
	for range 10 {
		require.Equal(t, first, normal(i.Admin.Post(t, "/records/lead", wrong).Body))
	}
}

// TestASortByWhatIsHiddenSortsNothing: a lookup to what somebody may not see,
// sorts for him as if it were empty.
func TestASortByWhatIsHiddenSortsNothing(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, append(deals(nil), doc{"kind": "role", "name": "teller", "grants": []any{doc{"object": "account", "actions": []any{"read"}}}})...).Want(t, 200)
		for _, name := range []string{"a", "b"} {
			created(t, i, "account", doc{"name": name, "region": created(t, i, "area", doc{"name": name})})
		}
		teller := i.Person(t, "Tell Er", "teller")
		for _, sort := range []string{"region,name", "name,-region", "region"} {
			require.Len(t, teller.Get(t, "/records/account?sort="+sort).Want(t, 200).List(t), 2)
			var page struct{ Page struct{ Next string } }
			teller.Get(t, "/records/account?limit=1&sort="+sort).Want(t, 200).Into(t, &page)
			require.Len(t, teller.Get(t, "/records/account?limit=1&sort="+sort+"&cursor="+page.Page.Next).Want(t, 200).List(t), 1)
		}
	})
}

// TestLinesOfNoRecords: a list with lines may be empty, and there are no figures
// about lines but those of their own object.
func TestLinesOfNoRecords(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, equalDefinitions()...).Want(t, 200)
		require.Empty(t, i.Admin.Get(t, "/records/offer?fields=items").Want(t, 200).List(t))
		for _, function := range []string{"count", "count_distinct", "min"} {
			ask := doc{"measures": []any{doc{"as": "n", "function": function, "field": "items"}}}
			_, items := i.Admin.Post(t, "/records/offer/_aggregate", ask).Want(t, 400).Fault(t)
			require.Contains(t, items, "/measures/0/function")
		}
	})
}

// TestLinesWithoutAPlaceComeFirst: lines stand in the order of their field,
// nulls first as everywhere.
func TestLinesWithoutAPlaceComeFirst(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, equalDefinitions()...).Want(t, 200)
		offer := created(t, i, "offer", doc{"items": []any{doc{"what": "first"}}})
		created(t, i, "offer_item", doc{"offer": offer, "what": "without"})
		items := i.Admin.Get(t, "/records/offer/"+offer).Want(t, 200).Data(t)["items"].([]any)
		require.Equal(t, []any{"without", "first"}, []any{items[0].(map[string]any)["what"], items[1].(map[string]any)["what"]})
	})
}

// TestWhatIsKeptInPartsFindsNoRecord: an upsert is not matched by a value that
// several columns keep.
func TestWhatIsKeptInPartsFindsNoRecord(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, objectOf("bid", doc{"price": property("money"), "about": property("link", doc{"targets": []any{"lead"}})})).Want(t, 200)
		for _, values := range []doc{{"price": "5"}, {"about": doc{"object": "lead", "id": absent}}} {
			name := sorted(values)[0]
			outcome := i.Admin.Post(t, "/records/bid/_batch", doc{"operations": []any{doc{"op": "upsert", "match": []any{name}, "values": values}}}).Want(t, 200).List(t)[0]
			require.EqualValues(t, 422, outcome["status"])
			require.Equal(t, "/match/0", outcome["errors"].([]any)[0].(map[string]any)["pointer"])
		}
	})
}

// TestARefusalIsShort: what is wrong is told in little, however long it is and
// in however many places.
func TestARefusalIsShort(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	long, many := strings.Repeat("z", 200_000), doc{}
	for n := range 20_000 {
		many[fmt.Sprint("bogus", n)] = 1
	}
	require.Less(t, len(i.Admin.Post(t, "/records/lead/_query", doc{"sort": []any{long}}).Want(t, 400).Body), 4<<10)
	require.Less(t, len(i.Admin.Post(t, "/records/lead", doc{long: 1}).Want(t, 422).Body), 4<<10)
	require.Less(t, len(i.Admin.Post(t, "/records/lead", many).Want(t, 422).Body), 200<<10)
}
