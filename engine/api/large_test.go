package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/store"
)

// crates is an object with enough records to be large where more than fifty
// are.
func crates(t *testing.T, i *enginetest.Installation, properties doc, more ...doc) {
	t.Helper()
	i.Catalog.SetLarge(50)
	applied(t, i, objectOf("rack", doc{"name": doc{"field": "text"}, "load": doc{"field": "decimal"}}), objectOf("crate", properties, more...)).Want(t, 200)
	racks := []string{}
	for n := range 3 {
		racks = append(racks, i.Admin.Post(t, "/records/rack", doc{"name": fmt.Sprint("rack ", n)}).Want(t, 201).Data(t)["id"].(string))
	}
	for begin := 0; begin < 120; begin += 60 {
		operations := []any{}
		for n := begin; n < begin+60; n++ {
			operations = append(operations, doc{"op": "create", "values": doc{"name": fmt.Sprintf("crate %03d", n), "code": fmt.Sprint(n), "weight": n, "rack": racks[n%3]}})
		}
		i.Admin.Post(t, "/records/crate/_batch", doc{"atomic": true, "operations": operations}).Want(t, 200)
	}
}

func crateProperties(extra doc) doc {
	properties := doc{
		"name": doc{"field": "text", "sort": false}, "code": doc{"field": "text"}, "weight": doc{"field": "integer"}, "rack": doc{"field": "lookup", "target": "rack"},
	}
	for name, property := range extra {
		if property == nil {
			delete(properties, name)
			continue
		}
		properties[name] = property
	}
	return properties
}

// settledJob waits until a job has come to its end.
func settledJob(t *testing.T, i *enginetest.Installation, answer *enginetest.Answer) map[string]any {
	t.Helper()
	path := fmt.Sprint("/meta/_jobs/", answer.Want(t, 202).Data(t)["job"])
	for {
		job := i.Admin.Get(t, path).Want(t, 200).Data(t)
		if job["state"] != "waiting" && job["state"] != "running" {
			return job
		}
		<-time.After(10 * time.Millisecond)
	}
}

// agrees holds the tables to the definitions, and wants nothing to be left of
// what was built.
func agrees(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	shape, err := store.Introspect(context.Background(), i.Store)
	require.NoError(t, err)
	require.Equal(t, store.Normal(catalog.Tables(i.Catalog.Current().Catalog())), store.Normal(shape.Objects))
	require.Empty(t, shape.Building)
	watches, err := i.Store.Dialect().EndWatches(context.Background(), i.Store)
	require.NoError(t, err)
	require.Empty(t, watches)
	var noted int
	require.NoError(t, i.Store.QueryRow(context.Background(), "SELECT count(*) FROM sys_building").Scan(&noted))
	require.Zero(t, noted)
}

// TestALargeTableIsChangedByAJob: an apply that goes through a large table
// answers at once, is built where nobody sees it, and gives what a small one
// gives.
func TestALargeTableIsChangedByAJob(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		crates(t, i, crateProperties(nil))
		before := i.Catalog.Current().Catalog().Revision

		asked := applied(t, i,
			objectOf("rack", doc{
				"name": doc{"field": "text"}, "load": doc{"field": "decimal"}, "tags": doc{"field": "text"},
				"heavy":  doc{"field": "rollup", "of": "crate.rack", "function": "sum", "value": "double"},
				"crates": doc{"field": "rollup", "of": "crate.rack", "function": "count"},
			}),
			objectOf("crate", crateProperties(doc{
				"name": doc{"field": "text"}, "code": doc{"field": "integer", "unique": true}, "weight": doc{"field": "decimal", "decimals": 2, "index": true},
				"double": doc{"field": "formula", "expression": "weight * 2 + code", "index": true}, "note": doc{"field": "text", "index": true},
			}), doc{"index": []any{[]any{"rack", "-name"}}}))
		require.Equal(t, before, int64(asked.Want(t, 202).Data(t)["revision"].(float64)))
		job := settledJob(t, i, asked)
		require.Equal(t, "done", job["state"], "%v", job)
		require.EqualValues(t, before+1, job["revision"])
		agrees(t, i)

		list := i.Admin.Get(t, "/records/crate?sort=-name&limit=1&where=code==5").Want(t, 200).List(t)
		require.EqualValues(t, 5, list[0]["code"])
		require.Equal(t, "5", list[0]["weight"])
		require.Equal(t, "15", list[0]["double"])
		require.Equal(t, "crate 119", i.Admin.Get(t, "/records/crate?sort=-name&limit=1").Want(t, 200).List(t)[0]["name"])
		for _, rack := range i.Admin.Get(t, "/records/rack?sort=name").Want(t, 200).List(t) {
			require.EqualValues(t, 40, rack["crates"])
			number := map[string]int{"rack 0": 0, "rack 1": 1, "rack 2": 2}[rack["name"].(string)]
			require.Equal(t, fmt.Sprint(3*(3*780+40*number)), rack["heavy"])
		}
		i.Admin.Post(t, "/records/crate", doc{"name": "again", "code": 7}).Want(t, 409)
		i.Admin.Post(t, "/records/crate", doc{"name": "new", "code": 700, "weight": "1.25"}).Want(t, 201)
		agrees(t, i)
	})
}

// TestAFailedJobLeavesNothingBehind: what a small apply refuses, the job
// refuses in the same words, and the old revision holds.
func TestAFailedJobLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		crates(t, i, crateProperties(nil))
		before := i.Catalog.Current().Catalog()
		i.Admin.Post(t, "/records/crate", doc{"name": "twice", "code": "17", "weight": 3}).Want(t, 201)
		i.Admin.Post(t, "/records/crate", doc{"name": "odd", "code": "seventeen"}).Want(t, 201)
		put := func(extra doc) *enginetest.Answer {
			return i.Admin.Put(t, "/meta/object/crate", objectOf("crate", crateProperties(extra)))
		}
		for _, refused := range []struct {
			name          string
			extra         doc
			code, pointer string
		}{
			{"values that are not unique", doc{"code": doc{"field": "text", "unique": true}}, "invalid_definition", "/object/crate/unique"},
			{"values that are not unique, of a field that is made anew", doc{"weight": doc{"field": "decimal", "unique": true}}, "invalid_definition", "/object/crate/unique"},
			{"values that cannot be converted", doc{"code": doc{"field": "integer"}}, "destructive", "/object/crate"},
		} {
			i.Catalog.SetLarge(1000)
			small := put(refused.extra)
			require.GreaterOrEqual(t, small.Status, 400, refused.name)
			i.Catalog.SetLarge(50)
			job := settledJob(t, i, put(refused.extra))
			require.Equal(t, "failed", job["state"], refused.name)
			why := job["fault"].(map[string]any)
			require.Equal(t, refused.code, why["code"], refused.name)
			require.Equal(t, refused.pointer, why["errors"].([]any)[0].(map[string]any)["pointer"], refused.name)
			var same struct {
				Detail string
				Errors []any
			}
			small.Into(t, &same)
			require.Equal(t, same.Detail, why["detail"], refused.name)
			require.Equal(t, same.Errors, why["errors"], refused.name)
			require.Equal(t, before, i.Catalog.Current().Catalog(), refused.name)
			agrees(t, i)
		}
	})
}

// holdJobs keeps the jobs that apply from beginning, until they are let go.
func holdJobs(t *testing.T, i *enginetest.Installation) (letGo func()) {
	t.Helper()
	write := func(text string, args ...any) {
		require.NoError(t, i.Store.Write(context.Background(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, text, args...)
			return err
		}))
	}
	write(`insert into sys_job (kind, queue, state, priority, run_at, serial_key, payload, attempt, max_attempts, canceled, created_at, lease_until, locked_by)
		values ('held', 'default', 'running', 0, 0, 'apply', '{}', 1, 1, false, 0, 9000000000000, 'test')`)
	return func() { write("update sys_job set state = 'done' where kind = 'held'") }
}

// TestOneJobAppliesAtATime: a second one is refused while the first waits or
// works, the same request is answered the same, and a canceled one changes
// nothing.
func TestOneJobAppliesAtATime(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		crates(t, i, crateProperties(nil))
		letGo := holdJobs(t, i)
		before := i.Catalog.Current().Catalog()
		indexed := objectOf("crate", crateProperties(doc{"weight": doc{"field": "decimal", "index": true}}))
		once := i.Admin.With("Idempotency-Key", "k")
		first := once.Put(t, "/meta/object/crate", indexed).Want(t, 202)
		require.Equal(t, string(first.Body), string(once.Put(t, "/meta/object/crate", indexed).Want(t, 202).Body))
		code, _ := i.Admin.Put(t, "/meta/object/crate", indexed).Want(t, 409).Fault(t)
		require.Equal(t, "apply_running", code)
		path := fmt.Sprint("/meta/_jobs/", first.Data(t)["job"])
		require.Equal(t, "waiting", i.Admin.Get(t, path).Want(t, 200).Data(t)["state"])
		require.Equal(t, "canceled", i.Admin.Post(t, path+"/cancel", nil).Want(t, 200).Data(t)["state"])
		require.Equal(t, before, i.Catalog.Current().Catalog())
		letGo()
		require.Equal(t, "done", settledJob(t, i, i.Admin.Put(t, "/meta/object/crate", indexed))["state"])
		agrees(t, i)
	})
}

// TestAJobGoesOnFromWhatOthersApplied: what others applied since it was asked
// for stays, and a change of the same definition refuses it.
func TestAJobGoesOnFromWhatOthersApplied(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		crates(t, i, crateProperties(nil))
		letGo := holdJobs(t, i)
		indexed := objectOf("crate", crateProperties(doc{"weight": doc{"field": "decimal", "index": true}}))
		first := i.Admin.Put(t, "/meta/object/crate", indexed).Want(t, 202)
		i.Admin.Put(t, "/meta/object/rack", objectOf("rack", doc{"name": doc{"field": "text"}, "load": doc{"field": "decimal"}, "floor": doc{"field": "integer"}})).Want(t, 200)
		letGo()
		require.Equal(t, "done", settledJob(t, i, first)["state"])
		i.Admin.Post(t, "/records/rack", doc{"name": "r", "floor": 3}).Want(t, 201)
		agrees(t, i)

		letGo = holdJobs(t, i)
		second := i.Admin.Put(t, "/meta/object/crate", objectOf("crate", crateProperties(doc{"code": doc{"field": "text", "index": true}}))).Want(t, 202)
		i.Admin.Put(t, "/meta/object/crate", objectOf("crate", crateProperties(doc{"weight": doc{"field": "decimal", "index": true}, "colour": doc{"field": "text"}}))).Want(t, 200)
		letGo()
		job := settledJob(t, i, second)
		require.Equal(t, "failed", job["state"])
		require.Equal(t, "revision_conflict", job["fault"].(map[string]any)["code"])
		i.Admin.Post(t, "/records/crate", doc{"name": "x", "colour": "red"}).Want(t, 201)
		agrees(t, i)
	})
}

// TestWhatAJobLeftIsCleared: a job whose server ended for good, or that was
// canceled at any moment, leaves nothing.
func TestWhatAJobLeftIsCleared(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		crates(t, i, crateProperties(nil))
		require.NoError(t, i.Store.WriteExclusive(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			statements := []string{"alter table crate add column building__7 " + tx.Dialect().ColumnType(field.Column{Type: field.Text}), "create index bx_crate on crate (building__7)"}
			if tx.Dialect().SingleWriter() {
				statements = statements[:1]
			}
			statements = append(statements, tx.Dialect().Watch(0, store.Watched{Table: "crate", Columns: []string{"name"}, Object: "crate", Key: "id"})...)
			for _, statement := range statements {
				if _, err := tx.Exec(ctx, statement); err != nil {
					return err
				}
			}
			return job.Enqueue(tx, job.Job{Kind: catalog.ClearingKind})
		}))
		for busy := 1; busy > 0; <-time.After(10 * time.Millisecond) {
			require.NoError(t, i.Store.QueryRow(context.Background(), "SELECT count(*) FROM sys_job WHERE kind = ? AND state <> 'done'", catalog.ClearingKind).Scan(&busy))
		}
		agrees(t, i)
		for n := range 6 {
			answer := i.Admin.Put(t, "/meta/object/crate", objectOf("crate", crateProperties(doc{"double": doc{"field": "formula", "expression": fmt.Sprint("weight * ", n+2), "index": true}})))
			<-time.After(time.Duration(n*n*10) * time.Millisecond)
			i.Admin.Post(t, fmt.Sprint("/meta/_jobs/", answer.Want(t, 202).Data(t)["job"], "/cancel"), nil).Want(t, 200)
			require.Contains(t, []string{"canceled", "done"}, settledJob(t, i, answer)["state"])
			agrees(t, i)
		}
	})
}

// TestAJobAppliesForWhoStillMay: who lost the right to design since he asked,
// or was dismissed, changes nothing any more.
func TestAJobAppliesForWhoStillMay(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		crates(t, i, crateProperties(nil))
		applied(t, i, doc{"kind": "role", "name": "designer", "abilities": []any{"design"}}).Want(t, 200)
		before := i.Catalog.Current().Catalog().Revision
		indexed := objectOf("crate", crateProperties(doc{"weight": doc{"field": "decimal", "index": true}}))
		for code, taken := range map[string]doc{"missing_ability": {"roles": []any{}}, "forbidden": {"active": false}} {
			designer := i.Person(t, "Designer "+code, "designer")
			me := designer.Get(t, "/me").Want(t, 200).Data(t)["id"]
			letGo := holdJobs(t, i)
			asked := designer.Put(t, "/meta/object/crate", indexed)
			i.Admin.Patch(t, fmt.Sprint("/records/user/", me), taken).Want(t, 200)
			letGo()
			job := settledJob(t, i, asked)
			require.Equal(t, "failed", job["state"], "%v", job)
			require.Equal(t, code, job["fault"].(map[string]any)["code"])
			require.Equal(t, before, i.Catalog.Current().Catalog().Revision)
			agrees(t, i)
		}
		designer := i.Person(t, "Designer", "designer")
		require.Equal(t, "done", settledJob(t, i, designer.Put(t, "/meta/object/crate", indexed))["state"])
		agrees(t, i)
	})
}
