package api_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// told is one part of the feed.
type told struct {
	Data []struct {
		Object, Record, Action string
		Version                int64
		Before, After          map[string]any
	}
	Page struct{ Next string }
}

func feed(t testing.TB, client *enginetest.Client, since, more string) told {
	t.Helper()
	var part told
	client.Get(t, "/changes?since="+since+more).Want(t, 200).Into(t, &part)
	return part
}

// TestTheFeedTellsEveryChangeOnceAndInOrder has many write at once, alone and
// many records in one transaction, while one reads.
func TestTheFeedTellsEveryChangeOnceAndInOrder(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		var shared []string
		for range 6 {
			shared = append(shared, i.Admin.Post(t, "/records/lead", doc{"name": "L", "company": "C"}).Want(t, 201).Data(t)["id"].(string))
		}
		since := feed(t, i.Admin, "now", "").Page.Next
		var writers sync.WaitGroup
		done := make(chan struct{})
		for n := range 6 {
			writers.Go(func() {
				for round := range 8 {
					operations := []any{} // in one order, so that no two wait for each other
					for k, id := range shared[n%3:] {
						operations = append(operations, doc{"op": "update", "id": id, "values": doc{"company": fmt.Sprint(n, "-", round, "-", k)}})
					}
					if n%2 == 0 {
						operations = operations[n%3:][:1]
					}
					if answer, err := i.Admin.Try("POST", "/records/lead/_batch", doc{"operations": operations, "atomic": true}); err != nil || answer.Status != 200 {
						t.Errorf("a batch was refused: %v %v", err, answer)
					}
				}
			})
		}
		go func() { writers.Wait(); close(done) }()
		versions := map[string]int64{}
		for ended := false; ; {
			part := feed(t, i.Admin, since, "&object=lead&limit="+strconv.Itoa(1+len(since)%7))
			for _, entry := range part.Data {
				if last, known := versions[entry.Record]; known {
					require.Equal(t, last+1, entry.Version, "the versions of %s", entry.Record)
				}
				versions[entry.Record] = entry.Version
			}
			if since = part.Page.Next; ended && len(part.Data) == 0 {
				break
			}
			select {
			case <-done:
				ended = true
			default:
			}
		}
		for _, id := range shared {
			require.EqualValues(t, i.Admin.Get(t, "/records/lead/"+id).Want(t, 200).Data(t)["version"], versions[id])
		}
	})
}

// TestTheFeedWaitsForAWriteThatHasNotEnded: what was begun before and ends
// after does not fall behind the reader.
func TestTheFeedWaitsForAWriteThatHasNotEnded(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		if i.Store.Dialect().SingleWriter() {
			return // there is never a second one
		}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "memo", "type": "object", "properties": doc{"name": property("text")}}}}).Want(t, 200)
		since := feed(t, i.Admin, "now", "").Page.Next
		err := i.Records.Transact(context.Background(), access.System(), store.Interactive, func(ctx context.Context, w *record.Work) error {
			if _, err := w.Create(ctx, "memo", map[string]any{"name": "first"}); err != nil {
				return err
			}
			if err := w.Flush(ctx); err != nil {
				return err
			}
			i.Admin.Post(t, "/records/memo", doc{"name": "second"}).Want(t, 201)
			part := feed(t, i.Admin, since, "&object=memo")
			require.Empty(t, part.Data)
			since = part.Page.Next
			return nil
		})
		require.NoError(t, err)
		var names []any
		for len(names) < 2 { // what goes on in other databases holds it up as well
			part := feed(t, i.Admin, since, "&object=memo")
			for _, entry := range part.Data {
				names = append(names, entry.After["name"])
			}
			since = part.Page.Next
		}
		require.Equal(t, []any{"first", "second"}, names)
	})
}

// TestTheFeedTellsWhatItsReaderMaySeeNow: cell by cell, and of deleted records
// that they are, to who could read them.
func TestTheFeedTellsWhatItsReaderMaySeeNow(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", extra: true})
		var body string
		for _, entry := range feed(t, wang, "", "&object=deal").Data {
			require.Contains(t, []string{theirs, mine}, entry.Record)
			require.Equal(t, "create", entry.Action, "a change of what is hidden is no change")
			require.Equal(t, entry.Record == theirs, entry.After["amount"] != nil)
			require.Equal(t, entry.Record == mine, entry.After["margin"] != nil)
			body += fmt.Sprint(entry.After)
		}
		require.NotContains(t, body, "secret")
		require.NotContains(t, body, "salary")

		since := feed(t, wang, "now", "").Page.Next
		for _, id := range []string{theirs, invisible, elsewhere} {
			i.Admin.Delete(t, "/records/deal/"+id).Want(t, 204)
		}
		part := feed(t, wang, since, "")
		require.Len(t, part.Data, 1)
		require.Equal(t, "delete", part.Data[0].Action)
		require.Equal(t, theirs, part.Data[0].Record)
		require.Nil(t, part.Data[0].Before)
		i.Admin.Post(t, "/records/deal/"+theirs+"/restore", nil).Want(t, 200)
		require.Len(t, feed(t, wang, part.Page.Next, "").Data, 1)

		wang.Get(t, "/changes?object=nothing").Want(t, 404)
		i.Admin.Patch(t, "/records/user/"+person, doc{"roles": []string{}}).Want(t, 200)
		for _, entry := range feed(t, wang, "", "").Data {
			require.NotEqual(t, "deal", entry.Object)
		}
		wang.Get(t, "/changes?object=deal").Want(t, 404)
	})
}

// TestTheFeedTellsOfRemovedRecordsToWhoCouldReadThem: where nothing is
// recycled, what a record was at its end decides.
func TestTheFeedTellsOfRemovedRecordsToWhoCouldReadThem(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "tool", "type": "object", "behaviours": doc{"recycle": false}, "properties": doc{"name": property("text"), "price": property("decimal"), "open": property("boolean")}},
			doc{"kind": "role", "name": "smith", "grants": []any{doc{"object": "tool", "actions": []any{"read"}, "scope": doc{"where": `open && owner.name == "Ada Admin"`}, "fields": doc{"read": []any{"name"}}}}},
		}}).Want(t, 200)
		kim := i.Person(t, "Kim", "smith")
		since := feed(t, kim, "now", "").Page.Next
		ids := map[string]string{}
		for _, open := range []bool{true, false} {
			id := i.Admin.Post(t, "/records/tool", doc{"name": "saw", "price": "3", "open": open}).Want(t, 201).Data(t)["id"].(string)
			i.Admin.Delete(t, "/records/tool/"+id).Want(t, 204)
			ids[strconv.FormatBool(open)] = id
		}
		part := feed(t, kim, since, "&object=tool")
		require.Len(t, part.Data, 2)
		for n, action := range []string{"create", "delete"} {
			require.Equal(t, action, part.Data[n].Action)
			require.Equal(t, ids["true"], part.Data[n].Record)
			require.Nil(t, part.Data[n].Before)
			require.Nil(t, part.Data[n].After)
		}
	})
}

// TestACursorOfTheFeedIsItsReadersOwn: it cannot be read, altered or handed on,
// and says nothing of how much has happened.
func TestACursorOfTheFeedIsItsReadersOwn(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim", "sales_rep")
		mine := feed(t, kim, "now", "").Page.Next
		for _, wrong := range []string{feed(t, i.Admin, "now", "").Page.Next, mine[:len(mine)-2], "x" + mine, strings.ToUpper(mine), "12"} {
			code, _ := kim.Get(t, "/changes?since="+wrong).Want(t, 400).Fault(t)
			require.Equal(t, "invalid_cursor", code)
		}
		for range 3 {
			i.Admin.Post(t, "/records/lead", doc{"name": "N", "company": "C"}).Want(t, 201)
		}
		later := feed(t, kim, mine, "").Page.Next
		require.Len(t, later, len(mine))
		require.NotEqual(t, later, feed(t, kim, mine, "").Page.Next, "two cursors of one place cannot be compared")
	})
}
