package api_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// becoming are an inquiry that becomes a firm, a person and perhaps a deal,
// memos about anything, and two roles: one that may all, and one without deals.
func becoming() []any {
	object := func(name string, properties doc, behaviours doc) doc {
		return doc{"kind": "object", "name": name, "type": "object", "display": "name", "required": []any{"name"}, "properties": properties, "behaviours": behaviours}
	}
	lookup := func(target string, more ...doc) doc {
		return property("lookup", append(more, doc{"target": target})...)
	}
	kept := doc{"writable": false}
	grant := func(object string, actions ...any) doc {
		return doc{"object": object, "actions": actions, "scope": "own", "fields": doc{"read": []any{"*"}, "update": []any{"*"}}}
	}
	seller := []any{}
	for _, name := range []string{"inquiry", "firm", "person", "memo"} {
		seller = append(seller, grant(name, "create", "read", "update"))
	}
	return []any{
		object("firm", doc{"name": property("text"), "phone": property("phone"), "worth": property("money"), "memos": property("rollup", doc{"of": "memo.about", "function": "count"})}, doc{
			"duplicates": []any{doc{"match": []any{doc{"field": "name", "by": "similar"}}, "action": "warn"}},
		}),
		object("person", doc{"name": property("text"), "firm": lookup("firm", doc{"onDelete": "restrict"})}, doc{}),
		object("bargain", doc{"name": property("text"), "firm": lookup("firm"), "person": lookup("person"), "due": property("date")}, doc{}),
		object("memo", doc{"name": property("text"), "about": property("link")}, doc{}),
		object("inquiry", doc{
			"name": property("text"), "company": property("text"), "phone": property("phone"), "budget": property("money"),
			"state": property("select", doc{"default": "open", "oneOf": []any{doc{"const": "open"}, doc{"const": "done"}, doc{"const": "void"}}}),
			"firm":  lookup("firm", kept), "person": lookup("person", kept), "bargain": lookup("bargain", kept),
		}, doc{"convert": doc{
			"when": `state != "void"`, "set": doc{"state": `"done"`},
			"targets": []any{
				doc{"object": "firm", "field": "firm", "values": doc{"name": "coalesce(company, name)", "phone": "phone", "worth": "budget"}},
				doc{"object": "person", "field": "person", "values": doc{"name": "name", "firm": "firm"}},
				doc{"object": "bargain", "field": "bargain", "optional": true, "values": doc{"name": "company", "firm": "firm", "person": "person", "due": "addDays(today(), 30)"}},
			},
		}}),
		doc{"kind": "role", "name": "seller", "grants": seller},
		doc{"kind": "role", "name": "dealer", "inherits": []any{"seller"}, "grants": []any{grant("bargain", "create", "read", "update")}},
	}
}

// inquiry is one with a memo, a comment and a file, and what its owner asks.
type inquiry struct {
	*enginetest.Client
	path, id, memo string
}

func inquire(t *testing.T, who *enginetest.Client, company string) inquiry {
	t.Helper()
	made := who.Post(t, "/records/inquiry", doc{"name": "张伟", "company": company, "phone": "13812345678", "budget": doc{"amount": "100", "currency": "CNY"}}).Want(t, 201).Data(t)
	q := inquiry{Client: who, id: made["id"].(string)}
	q.path = "/records/inquiry/" + q.id
	q.memo, _ = who.Post(t, "/records/memo", doc{"name": "called", "about": doc{"object": "inquiry", "id": q.id}}).Want(t, 201).Data(t)["id"].(string)
	who.Post(t, q.path+"/comments", doc{"text": "wants cases"}).Want(t, 201)
	who.Send(t, q.path+"/files", "plan.txt", []byte("plan")).Want(t, 201)
	return q
}

func (q inquiry) actions(t *testing.T) []any {
	t.Helper()
	var answer struct{ Can struct{ Actions []any } }
	q.Get(t, q.path).Want(t, 200).Into(t, &answer)
	return answer.Can.Actions
}

func targetsOf(t *testing.T, answer *enginetest.Answer) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, target := range answer.Want(t, 200).Data(t)["targets"].([]any) {
		ids[target.(doc)["object"].(string)] = target.(doc)["id"].(string)
	}
	return ids
}

// TestARecordBecomesOthers: by its object's definition a record becomes records
// of others, which may be there already; what was about it goes along; asked
// again, the same is answered; and undoing leaves things as they were.
func TestARecordBecomesOthers(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": becoming()}).Want(t, 200)
		dealer := i.Person(t, "Dealer", "dealer")
		q := inquire(t, dealer, "云图科技有限公司")
		require.Equal(t, []any{"convert"}, q.actions(t))
		offer := q.Get(t, q.path+"/conversion").Want(t, 200).Data(t)
		require.Nil(t, offer["conversion"])
		require.EqualValues(t, 3, offer["carried"])
		firm := offer["targets"].([]any)[0].(doc)
		require.Equal(t, doc{"name": "云图科技有限公司", "phone": "+8613812345678", "worth": doc{"amount": "100.00", "currency": "CNY"}}, firm["values"])
		require.Empty(t, firm["matches"])

		made := targetsOf(t, q.Post(t, q.path+"/actions/convert", doc{"targets": doc{"bargain": doc{"values": doc{"name": "二期"}}}}))
		require.Len(t, made, 3)
		require.Equal(t, made, targetsOf(t, q.Post(t, q.path+"/actions/convert", doc{})), "asked again")
		source := q.Get(t, q.path).Want(t, 200).Data(t)
		require.Equal(t, []any{"done", made["firm"], made["person"], made["bargain"]}, []any{source["state"], source["firm"], source["person"], source["bargain"]})
		bargain := q.Get(t, "/records/bargain/"+made["bargain"]).Want(t, 200).Data(t)
		require.Equal(t, []any{"二期", made["firm"], made["person"]}, []any{bargain["name"], bargain["firm"], bargain["person"]})
		memo := func() any { return q.Get(t, "/records/memo/"+q.memo).Want(t, 200).Data(t)["about"] }
		require.Equal(t, doc{"object": "firm", "id": made["firm"]}, memo())
		require.Equal(t, "1", fmt.Sprint(q.Get(t, "/records/firm/"+made["firm"]).Data(t)["memos"]))
		for _, beside := range []string{"/comments", "/files"} {
			require.Len(t, q.Get(t, "/records/firm/"+made["firm"]+beside).Want(t, 200).List(t), 1)
			require.Empty(t, q.Get(t, q.path+beside).Want(t, 200).List(t))
		}
		require.Equal(t, []any{"undo_convert"}, q.actions(t))
		require.Len(t, q.Get(t, q.path+"/conversion").Want(t, 200).Data(t)["conversion"].(doc)["targets"], 3)

		q.Post(t, q.path+"/actions/undo_convert", nil).Want(t, 200)
		for object, id := range made {
			q.Get(t, "/records/"+object+"/"+id).Want(t, 404)
		}
		source = q.Get(t, q.path).Want(t, 200).Data(t)
		require.Equal(t, []any{"open", nil, nil, nil}, []any{source["state"], source["firm"], source["person"], source["bargain"]})
		require.Equal(t, doc{"object": "inquiry", "id": q.id}, memo())
		require.Len(t, q.Get(t, q.path+"/comments").List(t), 1)
		require.Len(t, q.Get(t, q.path+"/files").List(t), 1)
		require.Equal(t, []any{"convert"}, q.actions(t))
		code, _ := q.Post(t, q.path+"/actions/undo_convert", nil).Want(t, 409).Fault(t)
		require.Equal(t, "not_converted", code)
	})
}

// TestAConversionTakesWhatIsThere: a match is offered with its reason, and used
// when it is chosen; a new one beside it has to be confirmed; undoing leaves
// what was there, with its own values.
func TestAConversionTakesWhatIsThere(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": becoming()}).Want(t, 200)
		dealer := i.Person(t, "Dealer", "dealer")
		there, _ := dealer.Post(t, "/records/firm", doc{"name": "云图科技", "phone": "13900000000"}).Want(t, 201).Data(t)["id"].(string)
		hidden, _ := i.Admin.Post(t, "/records/firm?allow=duplicates", doc{"name": "云图科技"}).Want(t, 201).Data(t)["id"].(string)
		q := inquire(t, dealer, "云图科技有限公司")
		matches := q.Get(t, q.path+"/conversion").Want(t, 200).Data(t)["targets"].([]any)[0].(doc)["matches"].([]any)
		require.Len(t, matches, 1, "only what the caller sees")
		require.Equal(t, []any{there, []any{"name"}}, []any{matches[0].(doc)["id"], matches[0].(doc)["fields"]})
		convert := func(firm doc) *enginetest.Answer {
			return q.Post(t, q.path+"/actions/convert", doc{"targets": doc{"firm": firm, "bargain": doc{"skip": true}}})
		}
		code, items := convert(doc{}).Want(t, 409).Fault(t)
		require.Equal(t, "possible_duplicate", code)
		require.Contains(t, items, "/targets/firm/values/name")
		for _, wrong := range []string{hidden, absent, "nobody"} {
			_, items = convert(doc{"use": wrong}).Want(t, 422).Fault(t)
			require.Contains(t, items, "/targets/firm/use")
		}
		_, items = q.Post(t, q.path+"/actions/convert", doc{"targets": doc{"person": doc{"skip": true}, "other": doc{}}}).Want(t, 422).Fault(t)
		require.Len(t, items, 2, "what is no target, and what cannot be left out")
		made := targetsOf(t, convert(doc{"use": there, "values": doc{"phone": "13812345678"}}))
		require.Equal(t, there, made["firm"])
		require.NotContains(t, made, "bargain")
		require.Equal(t, "+8613812345678", q.Get(t, "/records/firm/"+there).Data(t)["phone"])
		q.Patch(t, "/records/firm/"+there, doc{"worth": doc{"amount": "5", "currency": "CNY"}}).Want(t, 200)
		q.Post(t, q.path+"/actions/undo_convert", nil).Want(t, 200)
		left := q.Get(t, "/records/firm/"+there).Want(t, 200).Data(t)
		require.Equal(t, []any{"+8613900000000", doc{"amount": "5.00", "currency": "CNY"}}, []any{left["phone"], left["worth"]}, "what the conversion changed goes back, what others changed stays")
	})
}

// TestAConversionIsNotUndoneOverWork: what was worked with since is not taken
// away, and after seven days nothing is.
func TestAConversionIsNotUndoneOverWork(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": becoming()}).Want(t, 200)
		dealer := i.Person(t, "Dealer", "dealer")
		for name, work := range map[string]func(q inquiry, made map[string]string){
			"a change": func(q inquiry, made map[string]string) {
				q.Patch(t, "/records/person/"+made["person"], doc{"name": "张伟强"}).Want(t, 200)
			},
			"a comment": func(q inquiry, made map[string]string) {
				q.Post(t, "/records/firm/"+made["firm"]+"/comments", doc{"text": "x"}).Want(t, 201)
			},
			"a memo": func(q inquiry, made map[string]string) {
				q.Post(t, "/records/memo", doc{"name": "x", "about": doc{"object": "bargain", "id": made["bargain"]}}).Want(t, 201)
			},
		} {
			q := inquire(t, dealer, name+" in its way")
			made := targetsOf(t, q.Post(t, q.path+"/actions/convert", doc{}))
			work(q, made)
			code, _ := q.Post(t, q.path+"/actions/undo_convert", nil).Want(t, 409).Fault(t)
			require.Equal(t, "changed_since", code, name)
			require.Equal(t, made["firm"], q.Get(t, q.path).Data(t)["firm"], "all is as it was")
			require.Equal(t, "firm", q.Get(t, "/records/memo/"+q.memo).Data(t)["about"].(doc)["object"])
		}
		q := inquire(t, dealer, "Late")
		q.Post(t, q.path+"/actions/convert", doc{}).Want(t, 200)
		i.Admin.Post(t, "//test/clock", doc{"advance": "P7DT1M"}).Want(t, 200)
		dealer = i.Client(t, "dealer@example.com")
		code, _ := dealer.Post(t, q.path+"/actions/undo_convert", nil).Want(t, 409).Fault(t)
		require.Equal(t, "undo_expired", code)
		q.Client = dealer
		require.Empty(t, q.actions(t))
	})
}

// TestAConversionKeepsToRights: it needs the right to change the source and to
// create what it creates; a target that one may not create is not offered when
// it can be left out; a stranger learns nothing; another undoes only with the
// right to delete.
func TestAConversionKeepsToRights(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": becoming()}).Want(t, 200)
		seller, stranger := i.Person(t, "Seller", "seller"), i.Person(t, "Stranger", "dealer")
		q := inquire(t, seller, "Right")
		require.Len(t, q.Get(t, q.path+"/conversion").Want(t, 200).Data(t)["targets"], 2)
		q.Post(t, q.path+"/actions/convert", doc{"targets": doc{"bargain": doc{}}}).Want(t, 422)
		for _, firm := range q.Get(t, "/records/firm").List(t) {
			require.NotEqual(t, "Right", firm["name"], "nothing of what failed is there")
		}
		for _, path := range []string{"/actions/convert", "/actions/undo_convert"} {
			stranger.Post(t, q.path+path, doc{}).Want(t, 404)
		}
		stranger.Get(t, q.path+"/conversion").Want(t, 404)
		require.Len(t, targetsOf(t, q.Post(t, q.path+"/actions/convert", doc{})), 2)
		i.Admin.Post(t, q.path+"/actions/undo_convert", nil).Want(t, 200)
		void := inquire(t, seller, "Void")
		seller.Patch(t, void.path, doc{"state": "void"}).Want(t, 200)
		require.Empty(t, void.actions(t))
		void.Get(t, void.path+"/conversion").Want(t, 409)
		void.Post(t, void.path+"/actions/convert", doc{}).Want(t, 409)
		memo := seller.Get(t, "/records/memo/"+void.memo).Want(t, 200)
		require.NotEmpty(t, memo)
		seller.Post(t, "/records/memo/"+void.memo+"/actions/convert", doc{}).Want(t, 409)
		require.NotContains(t, seller.Get(t, "/meta/object/inquiry").Want(t, 200).Data(t)["behaviours"], "convert")
	})
}

// TestOneConversionOfMany: of many at once one converts, and all are told the
// same.
func TestOneConversionOfMany(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": becoming()}).Want(t, 200)
		dealer := i.Person(t, "Dealer", "dealer")
		q := inquire(t, dealer, "Many")
		made := make([]map[string]string, 6)
		var group sync.WaitGroup
		for n := range made {
			group.Go(func() { made[n] = targetsOf(t, q.Post(t, q.path+"/actions/convert", doc{})) })
		}
		group.Wait()
		for _, one := range made {
			require.Equal(t, made[0], one)
		}
		require.Len(t, q.Get(t, "/records/firm").List(t), 1)
		require.Len(t, q.Get(t, "/records/bargain").List(t), 1)
	})
}

// TestAConversionCountsWhatOneSees: what is hidden goes along, so that nothing
// is lost, and is in no count.
func TestAConversionCountsWhatOneSees(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": becoming()}).Want(t, 200)
		q := inquire(t, i.Person(t, "Dealer", "dealer"), "云图科技有限公司")
		hidden := fmt.Sprint("/records/memo/", i.Admin.Post(t, "/records/memo", doc{"name": "hidden", "about": doc{"object": "inquiry", "id": q.id}}).Want(t, 201).Data(t)["id"])
		q.Get(t, hidden).Want(t, 404)
		require.EqualValues(t, 3, q.Get(t, q.path+"/conversion").Want(t, 200).Data(t)["carried"])
		require.EqualValues(t, 3, q.Post(t, q.path+"/actions/convert", doc{}).Want(t, 200).Data(t)["carried"])
		require.Equal(t, "firm", i.Admin.Get(t, hidden).Want(t, 200).Data(t)["about"].(doc)["object"])
		require.EqualValues(t, 4, i.Admin.Get(t, q.path+"/conversion").Want(t, 200).Data(t)["conversion"].(doc)["carried"])
	})
}
