package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/store"
)

// flow is eight clients that write parcels at full speed, and what they were
// told.
type flow struct {
	group  sync.WaitGroup
	stop   chan struct{}
	mu     sync.Mutex
	counts map[string]int // what was acknowledged last, by id
	slow   time.Duration  // the longest that one of them waited
	wrong  []string
}

func startFlow(i *enginetest.Installation, lots []string) *flow {
	f := &flow{stop: make(chan struct{}), counts: map[string]int{}}
	for client := range 8 {
		f.group.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-f.stop:
					return
				default:
					f.write(i, lots, client, n)
				}
			}
		})
	}
	return f
}

// write creates a parcel and changes it, with a value for a field that comes
// and goes.
func (f *flow) write(i *enginetest.Installation, lots []string, client, n int) {
	made := f.ask(i, http.MethodPost, "/records/parcel", doc{"name": fmt.Sprintf("%d.%d", client, n), "count": n, "lot": lots[n%len(lots)]})
	if made == nil || made.Status != http.StatusCreated {
		return
	}
	var body struct{ Data struct{ ID string } }
	if err := json.Unmarshal(made.Body, &body); err != nil {
		return
	}
	f.told(body.Data.ID, n)
	values := doc{"count": n + 1}
	if n%2 == 0 {
		values["moving"] = fmt.Sprint(n)
	}
	changed := f.ask(i, http.MethodPatch, "/records/parcel/"+body.Data.ID, values)
	if changed != nil && changed.Status == http.StatusOK {
		f.told(body.Data.ID, n+1)
	}
}

func (f *flow) told(id string, count int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[id] = count
}

func (f *flow) ask(i *enginetest.Installation, method, path string, values doc) *enginetest.Answer {
	begun := time.Now()
	answer, err := i.Admin.Try(method, path, values)
	took := time.Since(begun)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slow = max(f.slow, took)
	_, moves := values["moving"]
	switch {
	case err != nil:
		f.wrong = append(f.wrong, err.Error())
	case answer.Status >= 300 && (answer.Status != http.StatusUnprocessableEntity || !moves):
		f.wrong = append(f.wrong, fmt.Sprintf("%s %s: %d %s", method, path, answer.Status, answer.Body))
	}
	return answer
}

// end stops the clients.
func (f *flow) end(t *testing.T) {
	t.Helper()
	close(f.stop)
	f.group.Wait()
	t.Logf("%d parcels; the longest wait of a writer was %v", len(f.counts), f.slow)
	require.Empty(t, f.wrong)
	require.NotEmpty(t, f.counts)
}

// TestWritersNeverNoticeThatTheCatalogChanges: while eight clients write at
// full speed, fields come, go, change their title, type and formula, at once
// and by jobs. No write is refused but for a field that is not there or has
// another type, none is lost, no record is half, and what is computed is right.
func TestWritersNeverNoticeThatTheCatalogChanges(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		parcel := func(factor int, extra doc) doc {
			properties := doc{
				"name": doc{"field": "text"}, "count": doc{"field": "integer"}, "lot": doc{"field": "lookup", "target": "lot"},
				"double": doc{"field": "formula", "expression": fmt.Sprintf("count * %d", factor)},
			}
			maps.Copy(properties, extra)
			return objectOf("parcel", properties)
		}
		lot := func(where string) doc {
			return objectOf("lot", doc{"name": doc{"field": "text"}, "total": doc{"field": "rollup", "of": "parcel.lot", "function": "sum", "value": "double", "where": where}})
		}
		applied(t, i, lot("true"), parcel(2, nil)).Want(t, 200)
		var lots []string
		for n := range 3 {
			lots = append(lots, i.Admin.Post(t, "/records/lot", doc{"name": fmt.Sprint(n)}).Want(t, 201).Data(t)["id"].(string))
		}
		writers := startFlow(i, lots)
		moving := func(kind string, more ...doc) doc { return doc{"moving": property(kind, more...)} }
		jobs := 0
		for n, step := range [][]any{
			{parcel(2, moving("text"))},
			{parcel(2, moving("text", doc{"title": "On the move"}))},
			{parcel(3, moving("text"))},
			{parcel(3, moving("integer"))},
			{parcel(3, moving("integer", doc{"index": true}))},
			{parcel(3, moving("decimal", doc{"index": true})), lot("count > 1")},
			{parcel(3, nil)},
			{parcel(4, moving("text"))},
			{parcel(4, moving("integer"))},
			{parcel(4, doc{"note": property("text", doc{"index": true})})},
			{parcel(5, doc{"note": property("longtext")}), lot("count > 0")},
			{parcel(6, moving("text", doc{"unique": false})), lot("true")},
		} {
			i.Catalog.SetLarge([]int64{0, 1 << 40}[n%4/3])
			answer := applied(t, i, step...)
			if answer.Status == http.StatusAccepted {
				jobs++
				job := settledJob(t, i, answer)
				require.Equal(t, "done", job["state"], "step %d: %v", n, job)
				continue
			}
			answer.Want(t, 200)
		}
		require.Greater(t, jobs, 4)
		writers.end(t)
		agrees(t, i)
		sums := map[string]int{}
		for id, count := range writers.counts {
			record := i.Admin.Get(t, "/records/parcel/"+id).Want(t, 200).Data(t)
			require.EqualValues(t, count, record["count"], "a write was lost")
			require.Equal(t, fmt.Sprint(6*count), fmt.Sprint(record["double"]), "a formula is not right")
			sums[record["lot"].(string)] += 6 * count
		}
		for _, id := range lots {
			require.Equal(t, fmt.Sprint(sums[id]), fmt.Sprint(i.Admin.Get(t, "/records/lot/"+id).Want(t, 200).Data(t)["total"]), "a roll-up is not right")
		}
	})
}

// TestAnApplyWaitsForAWriterAndHoldsUpNoReader: while a writer holds its
// transaction, an apply waits and tries again, readers go on, and when the
// writer is done, the apply comes through.
func TestAnApplyWaitsForAWriterAndHoldsUpNoReader(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		held, letGo := make(chan struct{}), make(chan struct{})
		holder := make(chan error, 1)
		go func() {
			holder <- i.Store.Write(context.Background(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, "update sys_catalog set functions = functions where false")
				close(held)
				<-letGo
				return err
			})
		}()
		<-held
		end := sync.OnceFunc(func() { close(letGo) })
		defer end()
		answers := make(chan *enginetest.Answer, 1)
		go func() {
			answer, _ := i.Admin.Try(http.MethodPut, "/meta/object/thing", objectOf("thing", doc{"a": property("text")}))
			answers <- answer
		}()
		for range 20 {
			i.Admin.Get(t, "/records/lead").Want(t, 200)
		}
		end()
		require.NoError(t, <-holder)
		(<-answers).Want(t, 200)
		agrees(t, i)
	})
}

// TestAReadBesideAChangeOfDefinitionsIsAnswered by a server that has not heard
// of the change yet.
func TestAReadBesideAChangeOfDefinitionsIsAnswered(t *testing.T) {
	t.Parallel()
	url := enginetest.Database(t)
	one := enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	two := &enginetest.Client{URL: enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url}).URL, Token: one.Admin.Token}
	object := func(value doc) doc {
		return doc{"kind": "object", "name": "thing", "type": "object", "properties": doc{"value": value}}
	}
	link, text := doc{"field": "link", "targets": []any{"user"}}, doc{"field": "text"}
	applied(t, one, object(text)).Want(t, 200)
	thing := fmt.Sprint("/records/thing/", one.Admin.Post(t, "/records/thing", doc{}).Want(t, 201).Data(t)["id"])
	require.Eventually(t, func() bool { return two.Get(t, thing).Status == 200 }, time.Minute, 10*time.Millisecond)
	for _, now := range []doc{link, text, link, text, link, text} {
		one.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{object(now)}, "allow": []any{"destructive"}}).Want(t, 200)
		two.Get(t, thing).Want(t, 200)
		two.Post(t, "/records/thing/_query", doc{"where": "value == null"}).Want(t, 200)
	}
}

// TestAWriteWhoseEndIsUnknownIsNotMadeTwice: beside a change of definitions, a
// write begins anew only when a statement of it was refused.
func TestAWriteWhoseEndIsUnknownIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	read, write, several := api.Route{Method: http.MethodGet}, api.Route{Method: http.MethodPost, Remembers: true}, api.Route{Method: http.MethodPost}
	outdated := fmt.Errorf("insert: %w", store.ErrOutdated)
	for name, tried := range map[string]struct {
		route api.Route
		err   error
		again bool
	}{
		"a read that failed":                        {read, errors.New("unheard of"), true},
		"a read that was refused":                   {read, fault.New(fault.NotFound), false},
		"a write with an outdated statement":        {write, outdated, true},
		"a write whose connection was lost":         {write, store.ErrUnavailable, false},
		"a write that failed in some other way":     {write, errors.New("unheard of"), false},
		"a write that was refused":                  {write, fault.New(fault.Duplicate), false},
		"several writes, the last of them outdated": {several, outdated, false},
	} {
		require.Equal(t, tried.again, api.LeavesNothing(tried.route, tried.err), name)
	}
}

// TestTwoServersFollowEachOther: what is applied at one of two servers on one
// database holds at the other soon, by a job too, and meanwhile both answer.
func TestTwoServersFollowEachOther(t *testing.T) {
	t.Parallel()
	url := enginetest.Database(t)
	one := enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	two := enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url, LargeTable: 1})
	two.Admin = &enginetest.Client{URL: two.URL, Token: one.Admin.Token}
	one.Catalog.SetLarge(1)
	servers := []*enginetest.Installation{one, two}
	applied(t, one, objectOf("thing", doc{"name": property("text")})).Want(t, 200)
	require.Eventually(t, func() bool { return two.Admin.Get(t, "/meta/object/thing").Status == 200 }, time.Minute, 10*time.Millisecond)
	var longest time.Duration
	for n := range 8 {
		server, other := servers[n%2], servers[(n+1)%2]
		name := fmt.Sprint("extra_", n)
		properties := doc{"name": property("text", doc{"index": n%4 < 2}), name: property("text")}
		answer := server.Admin.Put(t, "/meta/object/thing?allow=destructive", objectOf("thing", properties))
		if answer.Status == http.StatusAccepted {
			require.Equal(t, "done", settledJob(t, server, answer)["state"])
		} else {
			answer.Want(t, 200)
		}
		for begun := time.Now(); ; {
			made := other.Admin.Post(t, "/records/thing", doc{"name": "x", name: "y"})
			if made.Status == http.StatusCreated {
				longest = max(longest, time.Since(begun))
				break
			}
			made.Want(t, 422)
			require.Less(t, time.Since(begun), time.Minute, "the other server does not follow")
		}
		server.Admin.Post(t, "/records/thing", doc{"name": "x", name: "y"}).Want(t, 201)
	}
	t.Logf("the other server followed within %v", longest)
	agrees(t, two)
}
