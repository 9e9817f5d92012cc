package api_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

func objectOf(name string, properties doc, more ...doc) doc {
	object := doc{"kind": "object", "name": name, "type": "object", "properties": properties}
	for _, extra := range more {
		maps.Copy(object, extra)
	}
	return object
}

func applied(t *testing.T, i *enginetest.Installation, definitions ...any) *enginetest.Answer {
	t.Helper()
	return i.Admin.Post(t, "/meta/_apply", doc{"definitions": definitions, "allow": []string{"destructive"}})
}

// offers is an object with formulas of each sort about an account.
func offers(extra doc) []any {
	properties := doc{
		"name": doc{"field": "text"}, "number": doc{"field": "autonumber", "pattern": "O-{000}"},
		"amount": doc{"field": "decimal", "decimals": 2}, "discount": doc{"field": "percent"}, "cost": doc{"field": "decimal", "sensitive": true},
		"due": doc{"field": "date"}, "account": doc{"field": "lookup", "target": "client"},
		"net":    doc{"field": "formula", "expression": "amount - rebate", "decimals": 2, "index": true},
		"rebate": doc{"field": "formula", "expression": "round(amount * coalesce(discount, 0) / 100, 2)"},
		"label":  doc{"field": "formula", "expression": `number + " " + upper(name)`, "index": true},
		"margin": doc{"field": "formula", "expression": "net - cost"},
		"late":   doc{"field": "formula", "expression": "due < today()"},
		"days":   doc{"field": "formula", "expression": "days(today(), due)", "as": "integer"},
		"trade":  doc{"field": "formula", "expression": "account.trade"},
		"mine":   doc{"field": "formula", "expression": "owner == me.id"},
		"worth":  doc{"field": "formula", "expression": "net * account.weight"},
	}
	maps.Copy(properties, extra)
	return []any{
		objectOf("client", doc{
			"name": doc{"field": "text"}, "weight": doc{"field": "decimal", "decimals": 1},
			"trade": doc{"field": "select", "oneOf": []any{doc{"const": "shop"}, doc{"const": "bank"}}},
		}),
		objectOf("offer", properties),
	}
}

func nextOf(t *testing.T, answer *enginetest.Answer) string {
	t.Helper()
	var body struct{ Page struct{ Next string } }
	answer.Into(t, &body)
	return body.Page.Next
}

func TestFormulasAreWorkedOutWhereTheyAreWrittenAndWhereTheyAreRead(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, offers(nil)...).Want(t, 200)
		client := i.Admin.Post(t, "/records/client", doc{"name": "Acme", "trade": "bank", "weight": "1.5"}).Want(t, 201).Data(t)["id"]
		offer := i.Admin.Post(t, "/records/offer", doc{"name": "pens", "amount": "100", "discount": "12.5", "account": client, "due": "2001-02-03"}).Want(t, 201).Data(t)
		require.Equal(t, []any{"12.5", "87.5", "O-001 PENS", true, "bank", true, "131.25", nil},
			[]any{offer["rebate"], offer["net"], offer["label"], offer["late"], offer["trade"], offer["mine"], offer["worth"], offer["margin"]})
		path := "/records/offer/" + offer["id"].(string)
		require.Equal(t, offer, i.Admin.Get(t, path).Want(t, 200).Data(t))
		changed := i.Admin.Patch(t, path, doc{"discount": nil, "due": "9999-01-01", "cost": "40"}).Want(t, 200).Data(t)
		require.Equal(t, []any{"0", "100", false, "150", "60"},
			[]any{changed["rebate"], changed["net"], changed["late"], changed["worth"], changed["margin"]})
		_, items := i.Admin.Patch(t, path, doc{"net": "1", "late": true}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/net": "read_only", "/late": "read_only"}, items)
		i.Admin.Post(t, "/records/offer", doc{"name": "ink", "amount": "7"}).Want(t, 201)
		for where, want := range map[string][]any{
			"net >= 100": {"pens"}, "late": {}, "!late": {"ink", "pens"}, `trade == "bank"`: {"pens"}, "worth > 149.5": {"pens"}, "worth == null": {"ink"},
			"mine && days > 0": {"pens"}, `label.startsWith("o-002")`: {"ink"}, `account.trade == trade`: {"ink", "pens"},
		} {
			names := []any{}
			for _, record := range i.Admin.Post(t, "/records/offer/_query", doc{"where": where, "sort": []string{"name"}}).Want(t, 200).List(t) {
				names = append(names, record["name"])
			}
			require.Equal(t, want, names, where)
		}
		for _, order := range []string{"net", "worth", "label", "late", "-trade", "days"} {
			first := i.Admin.Get(t, "/records/offer?limit=1&sort="+order).Want(t, 200)
			list := i.Admin.Get(t, "/records/offer?sort="+order).Want(t, 200).List(t)
			require.Len(t, list, 2, order)
			require.Equal(t, list[0]["id"], first.List(t)[0]["id"], order)
			next := i.Admin.Get(t, "/records/offer?limit=1&sort="+order+"&cursor="+nextOf(t, first)).Want(t, 200).List(t)
			require.Equal(t, list[1]["id"], next[0]["id"], order)
		}
		groups := i.Admin.Post(t, "/records/offer/_aggregate", doc{
			"groups": []any{doc{"field": "trade"}}, "measures": []any{doc{"as": "total", "function": "sum", "field": "worth"}, doc{"as": "n", "function": "count"}},
		}).Want(t, 200).List(t)
		require.Equal(t, "150", groups[1]["total"])
		require.Equal(t, "bank", groups[1]["trade"])
		shown := doc{}
		for _, definition := range i.Admin.Get(t, "/meta").Want(t, 200).Data(t)["definitions"].([]any) {
			if object := definition.(doc); object["name"] == "offer" && object["kind"] == "object" {
				for name, property := range object["properties"].(doc) {
					shown[name] = []any{property.(doc)["as"], property.(doc)["can"]}
				}
			}
		}
		require.Equal(t, []any{[]any{"decimal", "read"}, []any{"boolean", "read"}, []any{"select", "read"}, []any{nil, "write"}},
			[]any{shown["net"], shown["late"], shown["trade"], shown["amount"]}, "for the app")
		history := string(i.Admin.Get(t, path+"/changes").Want(t, 200).Body)
		require.Contains(t, history, `"net":"100"`)
		require.NotContains(t, history, "worth")
	})
}

// deals is an account with roll-ups of its deals, and a region with roll-ups of
// those.
func deals(extra doc) []any {
	account := doc{
		"name": doc{"field": "text"}, "region": doc{"field": "lookup", "target": "area"},
		"deals":    doc{"field": "rollup", "of": "deal.account", "function": "count"},
		"open":     doc{"field": "rollup", "of": "deal.account", "function": "count", "where": "!won"},
		"total":    doc{"field": "rollup", "of": "deal.account", "function": "sum", "value": "amount"},
		"weighted": doc{"field": "rollup", "of": "deal.account", "function": "sum", "value": "net * chance / 100", "where": "!won", "decimals": 2},
		"mean":     doc{"field": "rollup", "of": "deal.account", "function": "avg", "value": "amount"},
		"largest":  doc{"field": "rollup", "of": "deal.account", "function": "max", "value": "amount"},
		"next":     doc{"field": "rollup", "of": "deal.account", "function": "min", "value": "due", "where": "!won"},
		"grade":    doc{"field": "formula", "expression": `total >= 1000 ? "A" : "B"`, "index": true},
	}
	maps.Copy(account, extra)
	return []any{
		objectOf("area", doc{
			"name": doc{"field": "text"}, "total": doc{"field": "rollup", "of": "account.region", "function": "sum", "value": "total"},
			"good": doc{"field": "rollup", "of": "account.region", "function": "count", "where": `grade == "A"`},
		}),
		objectOf("account", account),
		objectOf("deal", doc{
			"name": doc{"field": "text"}, "account": doc{"field": "lookup", "target": "account", "onDelete": "cascade"}, "amount": doc{"field": "decimal", "decimals": 2},
			"chance": doc{"field": "percent"}, "won": doc{"field": "boolean"}, "due": doc{"field": "date"}, "net": doc{"field": "formula", "expression": "amount * 0.9"},
		}),
	}
}

func created(t *testing.T, i *enginetest.Installation, object string, values doc) string {
	t.Helper()
	return i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"].(string)
}

func TestRollUpsFollowTheirChildren(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, deals(nil)...).Want(t, 200)
		area := created(t, i, "area", doc{"name": "north"})
		first, second := created(t, i, "account", doc{"name": "one", "region": area}), created(t, i, "account", doc{"name": "two", "region": area})
		look := func(object, id string, fields ...string) []any {
			t.Helper()
			record := i.Admin.Get(t, "/records/"+object+"/"+id).Want(t, 200).Data(t)
			require.EqualValues(t, 1, record["version"], "a roll-up is no new version")
			values := make([]any, len(fields))
			for n, name := range fields {
				values[n] = record[name]
			}
			return values
		}
		all := []string{"deals", "open", "total", "weighted", "mean", "largest", "next", "grade"}
		require.Equal(t, []any{0.0, 0.0, "0", "0", nil, nil, nil, "B"}, look("account", first, all...))
		big := created(t, i, "deal", doc{"account": first, "amount": "1000", "chance": "50", "due": "2026-03-01"})
		small := created(t, i, "deal", doc{"account": first, "amount": "0.55", "chance": "10", "due": "2026-02-01"})
		require.Equal(t, []any{2.0, 2.0, "1000.55", "450.05", "500.275", "1000", "2026-02-01", "A"}, look("account", first, all...))
		require.Equal(t, []any{"1000.55", 1.0}, look("area", area, "total", "good"))
		i.Admin.Patch(t, "/records/deal/"+big, doc{"won": true}).Want(t, 200)
		require.Equal(t, []any{2.0, 1.0, "1000.55", "0.05"}, look("account", first, "deals", "open", "total", "weighted"))
		i.Admin.Patch(t, "/records/deal/"+big, doc{"account": second}).Want(t, 200)
		require.Equal(t, []any{1.0, "0.55", "B"}, look("account", first, "deals", "total", "grade"))
		require.Equal(t, []any{1.0, "1000", "A"}, look("account", second, "deals", "total", "grade"))
		require.Equal(t, []any{"1000.55", 1.0}, look("area", area, "total", "good"))
		i.Admin.Delete(t, "/records/deal/"+small).Want(t, 204)
		require.Equal(t, []any{0.0, "0", nil}, look("account", first, "deals", "total", "next"))
		i.Admin.Post(t, "/records/deal/"+small+"/restore", nil).Want(t, 200)
		require.Equal(t, []any{1.0, "0.55", "2026-02-01"}, look("account", first, "deals", "total", "next"))
		i.Admin.Post(t, "/records/deal/_batch", doc{"atomic": true, "operations": []any{
			doc{"op": "create", "values": doc{"account": first, "amount": "99999999999999.99"}},
			doc{"op": "update", "id": big, "values": doc{"account": nil}},
			doc{"op": "delete", "id": small},
		}}).Want(t, 200)
		require.Equal(t, []any{1.0, "99999999999999.99"}, look("account", first, "deals", "total"))
		require.Equal(t, []any{0.0, "0"}, look("account", second, "deals", "total"))
		_, items := i.Admin.Patch(t, "/records/account/"+first, doc{"total": "1"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/total": "read_only"}, items)
	})
}

func TestComputedFieldsOfRecordsThatAreThereAreWorkedOutAtApply(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		bare := deals(nil)
		for _, name := range []string{"deals", "open", "total", "weighted", "mean", "largest", "next", "grade"} {
			delete(bare[1].(doc)["properties"].(doc), name)
		}
		applied(t, i, objectOf("area", doc{"name": doc{"field": "text"}}), bare[1], bare[2]).Want(t, 200)
		account := created(t, i, "account", doc{"name": "one"})
		created(t, i, "account", doc{"name": "none"})
		for _, amount := range []string{"400", "700"} {
			created(t, i, "deal", doc{"account": account, "amount": amount, "chance": "10"})
		}
		applied(t, i, deals(nil)...).Want(t, 200)
		look := func(fields ...string) []any {
			t.Helper()
			record := i.Admin.Get(t, "/records/account/"+account).Want(t, 200).Data(t)
			values := make([]any, len(fields))
			for n, name := range fields {
				values[n] = record[name]
			}
			return values
		}
		require.Equal(t, []any{2.0, "1100", "99", "A", 1.0}, look("deals", "total", "weighted", "grade", "version"))
		changed := deals(doc{"grade": doc{"field": "formula", "expression": `total >= 5000 ? "A" : "C"`}, "total": doc{"field": "rollup", "of": "deal.account", "function": "sum", "value": "net"}})
		applied(t, i, changed...).Want(t, 200)
		require.Equal(t, []any{"990", "C"}, look("total", "grade"))
		names := []any{}
		for _, record := range i.Admin.Get(t, "/records/account?sort=total").Want(t, 200).List(t) {
			names = append(names, record["name"])
		}
		require.Equal(t, []any{"none", "one"}, names)
		text, _ := changed[2].(doc)
		text["properties"].(doc)["net"] = doc{"field": "formula", "expression": "amount * 2"}
		plan := i.Admin.Post(t, "/meta/_plan", doc{"definitions": []any{text}}).Want(t, 200)
		require.NotContains(t, string(plan.Body), "destructive")
		applied(t, i, text).Want(t, 200)
		require.Equal(t, []any{"2200", "C"}, look("total", "grade"))
		applied(t, i, objectOf("area", doc{"name": doc{"field": "text"}}), bare[1]).Want(t, 200)
		applied(t, i, deals(nil)...).Want(t, 200)
		require.Equal(t, []any{2.0, "1100", "A"}, look("deals", "total", "grade"))
	})
}

func TestComputedFieldsThatCannotBeAreRefusedWithTheirPlace(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for name, wrong := range map[string]struct {
			properties doc
			at, code   string
		}{
			"itself":       {doc{"a": doc{"field": "formula", "expression": "a + 1"}}, "/definitions/1/properties/a", "computed_cycle"},
			"two":          {doc{"a": doc{"field": "formula", "expression": "b + 1"}, "b": doc{"field": "formula", "expression": "a"}}, "/definitions/1/properties/a", "computed_cycle"},
			"across":       {doc{"a": doc{"field": "rollup", "of": "deal.account", "function": "sum", "value": "back"}}, "/definitions/1/properties/a", "computed_cycle"},
			"unknown":      {doc{"a": doc{"field": "formula", "expression": "nothing + 1"}}, "/definitions/1/properties/a/expression", "unknown_field"},
			"no child":     {doc{"a": doc{"field": "rollup", "of": "nobody.account", "function": "count"}}, "/definitions/1/properties/a/of", "dangling_reference"},
			"no lookup":    {doc{"a": doc{"field": "rollup", "of": "deal.amount", "function": "count"}}, "/definitions/1/properties/a/of", "unknown_field"},
			"no value":     {doc{"a": doc{"field": "rollup", "of": "deal.account", "function": "sum"}}, "/definitions/1/properties/a/value", "required"},
			"sum of text":  {doc{"a": doc{"field": "rollup", "of": "deal.account", "function": "sum", "value": "name"}}, "/definitions/1/properties/a/value", "wrong_result"},
			"least text":   {doc{"a": doc{"field": "rollup", "of": "deal.account", "function": "min", "value": "name"}}, "/definitions/1/properties/a/value", "wrong_result"},
			"no condition": {doc{"a": doc{"field": "rollup", "of": "deal.account", "function": "count", "where": "amount"}}, "/definitions/1/properties/a/where", "wrong_result"},
			"by the clock": {doc{"a": doc{"field": "rollup", "of": "deal.account", "function": "count", "where": "due < today()"}}, "/definitions/1/properties/a/where", "not_allowed"},
			"as another":   {doc{"a": doc{"field": "formula", "expression": "name", "as": "date"}}, "/definitions/1/properties/a/as", "wrong_result"},
			"an index":     {doc{"a": doc{"field": "formula", "expression": "today()", "index": true}}, "/definitions/1/properties/a/index", "not_indexable"},
			"a default":    {doc{"a": doc{"field": "formula", "expression": "1", "default": 2}}, "/definitions/1/properties/a/default", "unknown_keyword"},
		} {
			definitions := deals(wrong.properties)
			definitions[2].(doc)["properties"].(doc)["back"] = doc{"field": "formula", "expression": "account.total"}
			if name == "across" {
				definitions[2].(doc)["properties"].(doc)["back"] = doc{"field": "formula", "expression": "account.a"}
			}
			_, items := i.Admin.Post(t, "/meta/_plan", doc{"definitions": definitions}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{wrong.at: wrong.code}, items, name)
		}
		answer := i.Admin.Post(t, "/meta/_plan", doc{"definitions": deals(doc{"a": doc{"field": "formula", "expression": "b"}, "b": doc{"field": "formula", "expression": "a"}})})
		require.Contains(t, string(answer.Want(t, 422).Body), "account.a → account.b → account.a")
	})
}

func TestWhoMayNotReadAnInputDoesNotSeeWhatIsComputedFromIt(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		role := func(name string, grants ...any) doc { return doc{"kind": "role", "name": name, "grants": grants} }
		read := func(object string, fields ...string) doc {
			return doc{"object": object, "actions": []string{"read", "update"}, "scope": "all", "fields": doc{"read": fields, "update": fields}}
		}
		definitions := append(offers(nil), deals(nil)...)
		definitions = append(definitions,
			role("seller", read("offer", "*"), read("account", "*")),
			role("keeper", read("offer", "*", "cost"), read("client", "*"), read("account", "*"), read("deal", "*", "-amount")),
			role("owner", read("account", "*"), doc{"object": "deal", "actions": []string{"read"}, "scope": "own"}))
		applied(t, i, definitions...).Want(t, 200)
		client := created(t, i, "client", doc{"name": "Acme", "trade": "bank", "weight": "2"})
		offer := "/records/offer/" + created(t, i, "offer", doc{"name": "pens", "amount": "10", "cost": "4", "account": client})
		account := "/records/account/" + created(t, i, "account", doc{"name": "one"})
		created(t, i, "deal", doc{"account": account[len("/records/account/"):], "amount": "7"})
		seller, keeper, owner := i.Person(t, "Seller", "seller"), i.Person(t, "Keeper", "keeper"), i.Person(t, "Owner", "owner")
		for _, name := range []string{"margin", "worth", "trade"} {
			require.NotContains(t, seller.Get(t, offer).Want(t, 200).Data(t), name)
			require.Contains(t, keeper.Get(t, offer).Want(t, 200).Data(t), name)
			for _, refused := range []*enginetest.Answer{
				seller.Get(t, "/records/offer?sort="+name), seller.Get(t, "/records/offer?fields="+name),
				seller.Post(t, "/records/offer/_query", doc{"where": name + " == null"}),
			} {
				code, _ := refused.Want(t, 400).Fault(t)
				require.Equal(t, "unknown_field", code)
			}
			_, items := seller.Patch(t, offer, doc{name: "1"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/" + name: "unknown_field"}, items, "one that he does not see is not there")
		}
		require.Equal(t, "6", keeper.Get(t, offer).Want(t, 200).Data(t)["margin"])
		require.Equal(t, "20", keeper.Patch(t, offer, doc{"name": "ink"}).Want(t, 200).Data(t)["worth"])
		require.NotContains(t, seller.Patch(t, offer, doc{"name": "pens"}).Want(t, 200).Data(t), "worth")
		require.NotContains(t, string(seller.Get(t, offer+"/changes").Want(t, 200).Body), "margin")
		for _, name := range []string{"deals", "total", "weighted", "grade"} {
			require.NotContains(t, seller.Get(t, account).Want(t, 200).Data(t), name, "he may read no deal")
		}
		seen := keeper.Get(t, account).Want(t, 200).Data(t)
		require.NotContains(t, seen, "total")
		require.NotContains(t, seen, "grade")
		require.NotContains(t, seen, "weighted")
		require.EqualValues(t, 1, seen["deals"])
		require.Equal(t, "7", owner.Get(t, account).Want(t, 200).Data(t)["total"], "the value is the definition's, whoever may see the deals")
	})
}

func TestADeferredRollUpIsBroughtUpToDateByAJob(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, deals(doc{
			"later": doc{"field": "rollup", "of": "deal.account", "function": "sum", "value": "amount", "deferred": true},
			"twice": doc{"field": "formula", "expression": "later * 2"},
		})...).Want(t, 200)
		account := created(t, i, "account", doc{"name": "one"})
		for n := range 5 {
			created(t, i, "deal", doc{"account": account, "amount": n})
		}
		require.Eventually(t, func() bool {
			record := i.Admin.Get(t, "/records/account/"+account).Want(t, 200).Data(t)
			return record["later"] == "10" && record["twice"] == "20" && record["version"] == 1.0
		}, time.Minute, 20*time.Millisecond)
	})
}
