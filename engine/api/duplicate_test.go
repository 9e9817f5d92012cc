package api_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/job"
)

func comparing(action string, fields ...string) map[string]any {
	var match []any
	for _, name := range fields {
		name, similar := strings.CutSuffix(name, "~")
		by := map[bool]string{false: "exact", true: "similar"}[similar]
		match = append(match, doc{"field": name, "by": by})
	}
	return doc{"action": action, "match": match}
}

func comparedContact(rules ...any) map[string]any {
	object := contactObject()
	object["behaviours"] = doc{"duplicates": rules}
	return object
}

func TestADuplicateIsRefusedAndAPossibleOneAsksFirst(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		blocking := comparing("block", "mobile")
		blocking["card"] = []any{"owner", "company"}
		apply(t, i, comparedContact(blocking, comparing("block", "email"), comparing("warn", "company~")),
			doc{"kind": "role", "name": "seller", "grants": []any{doc{"object": "contact", "actions": []any{"create", "read", "update"}, "scope": "own"}}},
			doc{"kind": "role", "name": "checker", "abilities": []any{"check_duplicates"}})
		first := i.Admin.Post(t, "/records/contact", doc{"name": "Wang", "mobile": "13800138021", "email": "Wang@Example.com", "company": "上海云图科技有限公司"}).Want(t, 201).Data(t)["id"]

		refused := i.Admin.Post(t, "/records/contact", doc{"name": "W", "mobile": "+86 138 0013 8021"}).Want(t, 409)
		code, items := refused.Fault(t)
		require.Equal(t, "duplicate", code)
		require.Equal(t, "duplicate", items["/mobile"])
		require.Contains(t, string(refused.Body), first, "who may see the record is told which it is")
		code, items = i.Admin.Post(t, "/records/contact?allow=duplicates", doc{"name": "W", "email": "wang@example.COM"}).Want(t, 409).Fault(t)
		require.Equal(t, "duplicate", code)
		require.Contains(t, items, "/email")

		asked := i.Admin.Post(t, "/records/contact", doc{"name": "W", "company": "上海云图科技股份有限公司"}).Want(t, 409)
		code, _ = asked.Fault(t)
		require.Equal(t, "possible_duplicate", code)
		require.Contains(t, string(asked.Body), first)
		i.Admin.Post(t, "/records/contact?allow=nonsense", doc{"name": "W"}).Want(t, 400)
		second := i.Admin.Post(t, "/records/contact?allow=duplicates", doc{"name": "W", "company": "上海云图科技股份有限公司"}).Want(t, 201).Data(t)["id"]
		i.Admin.Patch(t, fmt.Sprint("/records/contact/", second), doc{"name": "W2"}).Want(t, 200)
		i.Admin.Patch(t, fmt.Sprint("/records/contact/", second), doc{"mobile": "13800138021"}).Want(t, 409)

		checked := i.Admin.Post(t, "/records/contact/_duplicates", doc{"values": doc{"mobile": "13800138021"}}).Want(t, 200).List(t)
		require.Len(t, checked, 1)
		require.Equal(t, []any{first, "Wang", "1.00", "block"}, []any{checked[0]["id"], checked[0]["display"], checked[0]["score"], checked[0]["action"]})
		require.Empty(t, i.Admin.Post(t, "/records/contact/_duplicates", doc{"id": first, "values": doc{"mobile": "13800138021"}}).Want(t, 200).List(t)[1:], "not of itself")

		seller, checker := i.Person(t, "Sam Seller", "seller"), i.Person(t, "Cher Checker", "seller", "checker")
		refused = seller.Post(t, "/records/contact", doc{"name": "S", "mobile": "13800138021"}).Want(t, 409)
		require.NotContains(t, string(refused.Body), first, "who may not see it is told only that it is there")
		require.NotContains(t, string(refused.Body), "Wang")
		seller.Post(t, "/records/contact", doc{"name": "S", "company": "上海云图科技"}).Want(t, 201)
		require.Empty(t, seller.Post(t, "/records/contact/_duplicates", doc{"values": doc{"mobile": "13800138021"}}).Want(t, 200).List(t))
		both := doc{"records": []any{first, second}}
		seller.Post(t, "/duplicates/contact/_dismiss", both).Want(t, 404)
		i.Admin.Post(t, "/duplicates/contact/_dismiss", doc{"records": []any{first}}).Want(t, 422)
		same := doc{"id": second, "values": doc{}}
		require.Len(t, i.Admin.Post(t, "/records/contact/_duplicates", same).Want(t, 200).List(t), 2)
		i.Admin.Post(t, "/duplicates/contact/_dismiss", both).Want(t, 204)
		require.Len(t, i.Admin.Post(t, "/records/contact/_duplicates", same).Want(t, 200).List(t), 1, "who said that they are two is not asked again")
		card := checker.Post(t, "/records/contact/_duplicates", doc{"values": doc{"mobile": "13800138021"}}).Want(t, 200).List(t)
		require.Len(t, card, 1)
		require.Nil(t, card[0]["id"])
		require.Equal(t, map[string]any{"owner": "Ada Admin", "company": "上海云图科技有限公司"}, card[0]["card"])
		shown := i.Admin.Get(t, "/audit?action=duplicate_shown").Want(t, 200).List(t)
		require.Len(t, shown, 1)
		require.Equal(t, []any{checker.UserID, first}, []any{shown[0]["actor"], shown[0]["subject"]})
		for range 30 {
			checker.Post(t, "/records/contact/_duplicates", doc{"values": doc{"mobile": "13800138021"}})
		}
		checker.Post(t, "/records/contact/_duplicates", doc{"values": doc{"mobile": "13800138021"}}).Want(t, 429)

		i.Admin.Delete(t, fmt.Sprint("/records/contact/", first)).Want(t, 204)
		i.Admin.Post(t, "/records/contact", doc{"name": "W", "mobile": "13800138021"}).Want(t, 201)
		i.Admin.Post(t, fmt.Sprint("/records/contact/", first, "/restore"), nil).Want(t, 409)
	})
}

// TestOfDuplicatesThatComeAtOnceOneIsTaken sends the same number many times at
// the same moment, again and again.
func TestOfDuplicatesThatComeAtOnceOneIsTaken(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		apply(t, i, comparedContact(comparing("block", "mobile")))
		for round := range 8 {
			var taken, refused atomic.Int32
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					switch i.Admin.Post(t, "/records/contact", doc{"name": "W", "mobile": fmt.Sprintf("1380013%04d", round)}).Status {
					case 201:
						taken.Add(1)
					case 409:
						refused.Add(1)
					}
				})
			}
			all.Wait()
			require.EqualValues(t, 1, taken.Load())
			require.EqualValues(t, 7, refused.Load())
		}
	})
}

func TestARuleComparesOnlyWhatCanBeCompared(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	for at, rule := range map[string]map[string]any{
		"/definitions/0/behaviours/duplicates/0/match/0/field": comparing("warn", "nothing"),
		"/definitions/0/behaviours/duplicates/0/match/1/field": comparing("block", "name", "created_at"),
	} {
		_, items := i.Admin.Post(t, "/meta/_plan", doc{"definitions": []any{comparedContact(rule)}}).Want(t, 422).Fault(t)
		require.Contains(t, items, at)
	}
	i.Admin.Post(t, "/meta/_plan", doc{"definitions": []any{comparedContact(doc{"match": []any{}, "action": "shout"})}}).Want(t, 422)
}

func TestTwoRecordsBecomeOne(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		contact := contactObject()
		contact["unique"] = []any{[]any{"email"}}
		apply(t, i, contact, doc{"kind": "object", "name": "visit", "type": "object", "properties": doc{
			"name": doc{"field": "text"}, "contact": doc{"field": "lookup", "target": "contact", "onDelete": "cascade"},
		}}, doc{"kind": "role", "name": "seller", "grants": []any{doc{"object": "contact", "actions": []any{"create", "read", "update"}, "scope": "all"}}})
		create := func(object string, values map[string]any) string {
			return fmt.Sprint(i.Admin.Post(t, "/records/"+object, values).Want(t, 201).Data(t)["id"])
		}
		one, two := create("contact", doc{"name": "Anna", "company": "A"}), create("contact", doc{"name": "Anna B", "email": "anna@example.com"})
		visits := []string{create("visit", doc{"name": "v1", "contact": two}), create("visit", doc{"name": "v2", "contact": one})}
		i.Person(t, "Sam Seller", "seller").Post(t, "/records/contact/"+one+"/actions/merge", doc{"with": two}).Want(t, 403)
		i.Admin.Post(t, "/records/contact/"+one+"/actions/merge", doc{"with": one}).Want(t, 422)
		i.Admin.Post(t, "/records/contact/"+one+"/actions/merge", doc{"with": absent}).Want(t, 404)
		i.Admin.Post(t, "/records/contact/"+two+"/comments", doc{"text": "called twice"}).Want(t, 201)
		merged := i.Admin.Post(t, "/records/contact/"+one+"/actions/merge", doc{"with": two, "values": doc{"email": "anna@example.com"}}).Want(t, 200).Data(t)
		require.Equal(t, []any{one, "Anna", "anna@example.com"}, []any{merged["id"], merged["name"], merged["email"]})
		for _, visit := range visits {
			require.Equal(t, one, i.Admin.Get(t, "/records/visit/"+visit).Want(t, 200).Data(t)["contact"])
		}
		require.Equal(t, "called twice", i.Admin.Get(t, "/records/contact/"+one+"/comments").Want(t, 200).List(t)[0]["text"])
		i.Admin.Get(t, "/records/contact/"+two).Want(t, 404)
		history := i.Admin.Get(t, "/records/contact/"+two+"/changes").Want(t, 200).List(t)
		require.Equal(t, []any{"delete", "merge"}, []any{history[0]["action"], history[0]["via"]})
	})
}

// persons are the records of a public set of people, half of which are
// duplicates of the other half with errors.
func persons(t *testing.T) (names []string, rows [][]string) {
	t.Helper()
	content, err := os.ReadFile(enginetest.Shared(t, "febrl", "dataset1.csv"))
	require.NoError(t, err)
	reader := csv.NewReader(bytes.NewReader(content))
	reader.TrimLeadingSpace = true
	rows, err = reader.ReadAll()
	require.NoError(t, err)
	return rows[0], rows[1:]
}

// TestAScanFindsTheDuplicatesOfRealPeople states its figures: of the pairs that
// a scan finds at least 98 % are true, and it finds at least 90 % of the 500.
func TestAScanFindsTheDuplicatesOfRealPeople(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		names, rows := persons(t)
		properties := doc{}
		for _, name := range names {
			properties[name] = doc{"field": "text"}
		}
		apply(t, i, doc{"kind": "object", "name": "patient", "type": "object", "display": "rec_id", "properties": properties})
		operations := make([]any, len(rows))
		for n, row := range rows {
			values := doc{}
			for c, value := range row {
				values[names[c]] = strings.TrimSpace(value)
			}
			operations[n] = doc{"op": "create", "values": values}
		}
		i.Admin.Post(t, "/records/patient/_batch", doc{"operations": operations}).Want(t, 200)
		apply(t, i, doc{"kind": "object", "name": "patient", "type": "object", "display": "rec_id", "properties": properties, "behaviours": doc{"duplicates": []any{
			comparing("warn", "soc_sec_id"), comparing("warn", "given_name~", "surname~", "suburb~"), comparing("warn", "date_of_birth", "surname~"),
		}}})
		require.Equal(t, doc{"state": "none", "at": nil, "percent": 0.0}, i.Admin.Get(t, "/duplicates/patient/scan").Want(t, 200).Data(t))
		scan(t, i, "patient")
		require.Equal(t, "done", i.Admin.Get(t, "/duplicates/patient/scan").Want(t, 200).Data(t)["state"])
		right, wrong, cursor := 0, 0, ""
		for {
			var page struct {
				Data []struct {
					ID      string
					Records []struct{ Display string }
				}
				Page struct{ Next *string }
			}
			i.Admin.Get(t, "/duplicates?object=patient&limit=200"+cursor).Want(t, 200).Into(t, &page)
			for _, pair := range page.Data {
				one, _, _ := strings.Cut(strings.TrimPrefix(pair.Records[0].Display, "rec-"), "-")
				two, _, _ := strings.Cut(strings.TrimPrefix(pair.Records[1].Display, "rec-"), "-")
				if one == two {
					right++
				} else {
					wrong++
				}
			}
			if page.Page.Next == nil {
				break
			}
			cursor = "&cursor=" + *page.Page.Next
		}
		t.Logf("%d right, %d wrong: precision %.4f, recall %.4f", right, wrong, float64(right)/float64(right+wrong), float64(right)/500)
		require.GreaterOrEqual(t, float64(right)/float64(right+wrong), 0.98)
		require.GreaterOrEqual(t, float64(right)/500, 0.90)

		pair := i.Admin.Get(t, "/duplicates?object=patient&limit=1").Want(t, 200).List(t)[0]
		i.Admin.Post(t, fmt.Sprint("/duplicates/", pair["id"], "/dismiss"), nil).Want(t, 204)
		scan(t, i, "patient")
		require.NotEqual(t, pair["id"], i.Admin.Get(t, "/duplicates?object=patient&limit=1").Want(t, 200).List(t)[0]["id"], "a pair that was dismissed does not come back")
	})
}

func scan(t *testing.T, i *enginetest.Installation, object string) {
	t.Helper()
	var started struct{ Data struct{ Job int64 } }
	i.Admin.Post(t, "/duplicates/"+object+"/_scan", nil).Want(t, 202).Into(t, &started)
	require.Eventually(t, func() bool {
		status, err := job.Get(context.Background(), i.Store, started.Data.Job)
		return err == nil && status.State == job.Done
	}, time.Minute, 20*time.Millisecond)
}
