package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// yuan and dollars are amounts as they go over the wire.
func yuan(amount string) doc    { return doc{"amount": amount, "currency": "CNY"} }
func dollars(amount string) doc { return doc{"amount": amount, "currency": "USD"} }

// TestMoneyCountsAtTheRateOfItsDay: amounts of all currencies are compared,
// sorted and added up in the organisation's, at the rate of the day on which
// they were entered, which later rates leave alone.
func TestMoneyCountsAtTheRateOfItsDay(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{
			"kind": "object", "name": "bid", "type": "object",
			"properties": doc{"name": doc{"field": "text"}, "price": doc{"field": "money"}},
			"rules":      []any{doc{"name": "worth", "assert": "price == null || price >= 5", "message": "Too little.", "at": []string{"price"}}},
		}}}).Want(t, 200)
		rate := func(day, worth string) {
			i.Admin.Post(t, "/records/exchange_rate", doc{"currency": "USD", "valid_from": day, "rate": worth}).Want(t, 201)
		}
		rate("2020-01-01", "6.5")
		rate("2020-06-01", "7.123456")
		rate("9999-01-01", "100")

		create := func(name string, price doc) string {
			return i.Admin.Post(t, "/records/bid", doc{"name": name, "price": price}).Want(t, 201).Data(t)["id"].(string)
		}
		usd := create("usd", dollars("10.01"))
		create("cny", yuan("71.31"))
		create("less", yuan("71.29"))
		_, items := i.Admin.Post(t, "/records/bid", doc{"price": dollars("0.70")}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/price": "rule_broken"}, items)

		names := func(query string) (names []any) {
			for _, record := range i.Admin.Get(t, "/records/bid?"+query).Want(t, 200).List(t) {
				names = append(names, record["name"])
			}
			return names
		}
		require.Equal(t, []any{"less", "usd", "cny"}, names("sort=price"))
		require.Equal(t, []any{"usd"}, names("where=price__currency+%3D%3D+%22USD%22"))
		require.ElementsMatch(t, []any{"usd", "cny"}, names("where=price+%3E+71.29"))
		sum := func() any {
			ask := doc{"measures": []any{doc{"as": "sum", "function": "sum", "field": "price"}}}
			return i.Admin.Post(t, "/records/bid/_aggregate", ask).Want(t, 200).List(t)[0]["sum"]
		}
		require.Equal(t, "213.91", sum())

		rate("2020-07-01", "8")
		i.Admin.Patch(t, "/records/bid/"+usd, doc{"name": "usd, again"}).Want(t, 200)
		i.Admin.Patch(t, "/records/bid/"+usd, doc{"price": dollars("10.01")}).Want(t, 200)
		require.Equal(t, "213.91", sum())
		answer := i.Admin.Patch(t, "/records/bid/"+usd, doc{"price": dollars("10")}).Want(t, 200)
		require.Equal(t, map[string]any{"amount": "10.00", "currency": "USD"}, answer.Data(t)["price"])
		require.Equal(t, "222.6", sum())

		history := i.Admin.Get(t, "/records/bid/"+usd+"/changes").Want(t, 200).List(t)
		require.Equal(t, map[string]any{"price": map[string]any{"amount": "10.01", "currency": "USD"}}, history[0]["before"])
	})
}

// TestALinkHoldsAsALookupDoes: what a link points to is shown with it, may not
// be deleted, goes along or is let go, as its definition says, whichever object
// it is of; one that is not to be seen cannot be pointed to.
func TestALinkHoldsAsALookupDoes(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		object := func(name, onDelete string) doc {
			return doc{"kind": "object", "name": name, "type": "object", "behaviours": doc{"recycle": false}, "properties": doc{
				"name": doc{"field": "text"},
				"to":   doc{"field": "link", "targets": []any{"lead", "account_x"}, "onDelete": onDelete},
			}}
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "account_x", "type": "object", "behaviours": doc{"recycle": false}, "properties": doc{"name": doc{"field": "text"}}},
			object("kept", "restrict"), object("gone", "cascade"), object("left", "setNull"),
		}}).Want(t, 200)
		account := func(name string) string {
			return i.Admin.Post(t, "/records/account_x", doc{"name": name}).Want(t, 201).Data(t)["id"].(string)
		}
		point := func(from, to string) string {
			return i.Admin.Post(t, "/records/"+from, doc{"to": doc{"object": "account_x", "id": to}}).Want(t, 201).Data(t)["id"].(string)
		}
		held, free := account("Held"), account("Free")
		kept := point("kept", held)
		var listed struct {
			Included map[string]map[string]map[string]any `json:"included"`
		}
		i.Admin.Get(t, "/records/kept").Want(t, 200).Into(t, &listed)
		require.Equal(t, "Held", listed.Included["account_x"][held]["display"])
		require.Len(t, i.Admin.Get(t, "/records/kept?where=to+%3D%3D+%22"+held+"%22").Want(t, 200).List(t), 1)

		code, _ := i.Admin.Delete(t, "/records/account_x/"+held).Want(t, 409).Fault(t)
		require.Equal(t, "in_use", code)
		i.Admin.Delete(t, "/records/kept/"+kept).Want(t, 204)
		i.Admin.Delete(t, "/records/account_x/"+held).Want(t, 204)

		gone, left := point("gone", free), point("left", free)
		i.Admin.Delete(t, "/records/account_x/"+free).Want(t, 204)
		i.Admin.Get(t, "/records/gone/"+gone).Want(t, 404)
		require.Nil(t, i.Admin.Get(t, "/records/left/"+left).Want(t, 200).Data(t)["to"])

		rep := i.Person(t, "Rep", "sales_rep")
		hidden := i.Admin.Post(t, "/records/lead", doc{"name": "Hidden", "company": "x"}).Want(t, 201).Data(t)["id"].(string)
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "linker", "title": "Linker", "inherits": []string{"sales_rep"}, "grants": []any{
			doc{"object": "kept", "actions": []string{"create", "read", "update"}, "scope": "all"},
		}}}}).Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+rep.UserID, doc{"roles": []string{"linker"}}).Want(t, 200)
		_, items := rep.Post(t, "/records/kept", doc{"to": doc{"object": "lead", "id": hidden}}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/to": "missing_record"}, items)
	})
}

// TestLookupsHoldManyRecords: a field that points to many records is found by
// each of them, loses one that is deleted and keeps the others, holds one that
// its definition keeps, and comes back with its field.
func TestLookupsHoldManyRecords(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		plain := doc{"recycle": false}
		team := func(properties doc) doc {
			properties["name"] = doc{"field": "text"}
			return doc{"kind": "object", "name": "squad", "type": "object", "behaviours": plain, "properties": properties}
		}
		whole := doc{
			"members": doc{"field": "lookups", "target": "player"},
			"held":    doc{"field": "lookups", "target": "player", "onDelete": "restrict"},
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "player", "type": "object", "behaviours": plain, "properties": doc{"name": doc{"field": "text"}}}, team(whole),
		}}).Want(t, 200)
		var players []string
		for _, name := range []string{"Ann", "Bob", "Cem"} {
			players = append(players, i.Admin.Post(t, "/records/player", doc{"name": name}).Want(t, 201).Data(t)["id"].(string))
		}
		squad := i.Admin.Post(t, "/records/squad", doc{"name": "A", "members": players, "held": players[:1]}).Want(t, 201).Data(t)
		at := "/records/squad/" + squad["id"].(string)
		members := func(ids ...string) {
			t.Helper()
			want := []any{}
			for _, id := range ids {
				want = append(want, id)
			}
			require.ElementsMatch(t, want, i.Admin.Get(t, at).Want(t, 200).Data(t)["members"])
		}
		members(players...)
		var listed struct {
			Included map[string]map[string]map[string]any `json:"included"`
		}
		i.Admin.Get(t, "/records/squad?where=%22"+players[1]+"%22+in+members").Want(t, 200).Into(t, &listed)
		require.Equal(t, "Cem", listed.Included["player"][players[2]]["display"])

		i.Admin.Delete(t, "/records/player/"+players[1]).Want(t, 204)
		members(players[0], players[2])
		code, _ := i.Admin.Delete(t, "/records/player/"+players[0]).Want(t, 409).Fault(t)
		require.Equal(t, "in_use", code)
		i.Admin.Patch(t, at, doc{"members": []string{players[2]}, "held": nil}).Want(t, 200)
		members(players[2])
		history := i.Admin.Get(t, at+"/changes").Want(t, 200).List(t)
		require.Equal(t, []any{players[2]}, history[0]["after"].(map[string]any)["members"])

		revisions := i.Admin.Get(t, "/meta/_revisions").Want(t, 200).List(t)
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{team(doc{})}, "allow": []string{"destructive"}}).Want(t, 200)
		require.NotContains(t, i.Admin.Get(t, at).Want(t, 200).Data(t), "members")
		i.Admin.Post(t, fmt.Sprintf("/meta/_revisions/%v/restore", revisions[0]["revision"]), doc{}).Want(t, 200)
		members(players[2])
		i.Admin.Delete(t, at).Want(t, 204)
		i.Admin.Delete(t, "/records/player/"+players[2]).Want(t, 204)
	})
}

// TestLinesAreSavedWithTheirRecord: the lines of a record come and go with one
// request, each judged as a record of its own, all or none; whoever sees only
// some of them changes only those.
func TestLinesAreSavedWithTheirRecord(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "offer", "type": "object", "properties": doc{
				"name": doc{"field": "text"}, "items": doc{"field": "lines", "target": "offer_item", "order": "place"},
			}},
			doc{"kind": "object", "name": "offer_item", "type": "object", "required": []string{"offer", "what"}, "properties": doc{
				"offer": doc{"field": "lookup", "target": "offer", "onDelete": "cascade"},
				"what":  doc{"field": "text"}, "count": doc{"field": "integer", "minimum": 1}, "place": doc{"field": "integer"},
			}},
		}}).Want(t, 200)
		whats := func(record map[string]any) (list []string) {
			for _, line := range record["items"].([]any) {
				list = append(list, line.(map[string]any)["what"].(string))
			}
			return list
		}
		created := i.Admin.Post(t, "/records/offer", doc{"name": "A", "items": []any{doc{"what": "desk", "count": 2}, doc{"what": "lamp"}}}).Want(t, 201).Data(t)
		at := "/records/offer/" + created["id"].(string)
		require.Equal(t, []string{"desk", "lamp"}, whats(created))
		items := created["items"].([]any)
		lamp, desk := items[1].(map[string]any)["id"], items[0].(map[string]any)["id"]

		answer := i.Admin.Patch(t, at, doc{"items": []any{doc{"id": lamp, "count": 7}, doc{"what": "chair"}}}).Want(t, 200).Data(t)
		require.Equal(t, []string{"lamp", "chair"}, whats(answer))
		require.EqualValues(t, 2, answer["version"])
		require.Equal(t, answer, i.Admin.Get(t, at).Want(t, 200).Data(t))
		i.Admin.Get(t, "/records/offer_item/"+desk.(string)).Want(t, 404)
		require.NotContains(t, i.Admin.Get(t, "/records/offer").Want(t, 200).List(t)[0], "items")
		require.Equal(t, answer["items"], i.Admin.Get(t, "/records/offer?fields=name,items").Want(t, 200).List(t)[0]["items"])

		again := i.Admin.Patch(t, at, doc{"items": []any{doc{"id": lamp}, answer["items"].([]any)[1].(map[string]any)["id"].(string)}})
		_, wrong := again.Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/items": "wrong_type"}, wrong)
		for pointer, sent := range map[string][]any{
			"/items/1/count": {doc{"id": lamp}, doc{"what": "x", "count": 0}},
			"/items/0/what":  {doc{"count": 3}},
			"/items/0/id":    {doc{"id": desk}},
			"/items/0/offer": {doc{"what": "x", "offer": desk}},
		} {
			_, faults := i.Admin.Patch(t, at, doc{"name": "not kept", "items": sent}).Want(t, 422).Fault(t)
			require.Len(t, faults, 1)
			require.Contains(t, faults, pointer)
		}
		batch := doc{"operations": []any{
			doc{"op": "create", "values": doc{"name": "B", "items": []any{doc{"what": "ok"}, doc{"what": "bad", "count": 0}}}},
			doc{"op": "create", "values": doc{"name": "C", "items": []any{doc{"what": "ok"}}}},
		}}
		outcomes := i.Admin.Post(t, "/records/offer/_batch", batch).Want(t, 200).List(t)
		require.Equal(t, []any{422.0, 201.0}, []any{outcomes[0]["status"], outcomes[1]["status"]})
		require.Len(t, i.Admin.Get(t, "/records/offer").Want(t, 200).List(t), 2)
		require.Equal(t, answer, i.Admin.Get(t, at).Want(t, 200).Data(t))

		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "seller", "title": "Seller", "grants": []any{
			doc{"object": "offer", "actions": []string{"read", "update"}, "scope": "all"},
			doc{"object": "offer_item", "actions": []string{"create", "read", "update", "delete"}, "scope": "own"},
		}}}}).Want(t, 200)
		seller := i.Person(t, "Seller", "seller")
		require.Equal(t, []any{}, seller.Get(t, at).Want(t, 200).Data(t)["items"])
		own := seller.Patch(t, at, doc{"items": []any{doc{"what": "mine"}}}).Want(t, 200).Data(t)
		require.Equal(t, []string{"mine"}, whats(own))
		seller.Patch(t, at, doc{"items": nil}).Want(t, 200)
		require.Equal(t, []string{"lamp", "chair"}, whats(i.Admin.Get(t, at).Want(t, 200).Data(t)))
		i.Admin.Delete(t, at).Want(t, 204)
		require.Len(t, i.Admin.Get(t, "/records/offer_item").Want(t, 200).List(t), 1)
	})
}
