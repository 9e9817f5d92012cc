package engine_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
	"github.com/trellis-crm/trellis/schemas"
)

// crate is an object in one of the forms that it is given in turn: with
// indexes, other types, another formula, or without a field.
func crate(form int) map[string]any {
	properties := map[string]any{
		"name": map[string]any{"field": "text"}, "weight": map[string]any{"field": "integer"},
		"double": map[string]any{"field": "formula", "expression": fmt.Sprintf("weight * %d", 2+form%3)},
	}
	switch form % 4 {
	case 0:
		properties["code"] = map[string]any{"field": "text", "index": true}
	case 1:
		properties["code"] = map[string]any{"field": "integer"}
	case 2:
		properties["code"] = map[string]any{"field": "decimal", "index": true}
		properties["note"] = map[string]any{"field": "text"}
	}
	return map[string]any{"kind": "object", "name": "crate", "type": "object", "properties": properties}
}

// TestAnApplyThatIsKilledIsThereOrNot kills a server at random moments while
// definitions are applied, at once and by jobs, and clients write. After each
// kill the tables are those of the definitions; at the end nothing is left of
// what did not come to its end, and every formula is right.
func TestAnApplyThatIsKilledIsThereOrNot(t *testing.T) {
	t.Parallel()
	rounds := 20
	if n, err := strconv.Atoi(os.Getenv("TRELLIS_TEST_KILLS")); err == nil {
		rounds = n
	}
	binary := executable(t)
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		v := install(t, binary, config)
		v.serve = []string{"--large-table", "100"}
		v.start(t)
		v.client.Put(t, "/meta/object/crate", crate(3)).Want(t, 200)
		for range 3 {
			operations := []any{}
			for n := range 100 {
				operations = append(operations, map[string]any{"op": "create", "values": map[string]any{"name": "first", "weight": n}})
			}
			v.client.Post(t, "/records/crate/_batch", map[string]any{"operations": operations}).Want(t, 200)
		}
		v.kill(t)
		revisions := map[int64]bool{}
		for round := range rounds {
			v.start(t)
			v.applyUntilKilled(t, round)
			revisions[v.tablesFollow(t)] = true
		}
		require.GreaterOrEqual(t, len(revisions), max(1, rounds/4), "applies came through")
		v.start(t)
		defer v.kill(t)
		v.settled(t)
		current := v.client.Get(t, "/meta/object/crate?raw=true").Want(t, 200).Data(t)
		formula := current["properties"].(map[string]any)["double"].(map[string]any)["expression"].(string)
		factor, err := strconv.Atoi(formula[len(formula)-1:])
		require.NoError(t, err)
		wrong := v.client.Get(t, fmt.Sprintf("/records/crate?where=double!=weight*%d&limit=1", factor)).Want(t, 200).List(t)
		require.Empty(t, wrong, "a formula is not right")
	})
}

// revision is the one in force.
func (v *victim) revision(t *testing.T) any {
	t.Helper()
	return v.client.Get(t, "/meta/_revisions?limit=1").Want(t, 200).List(t)[0]["revision"]
}

// applyUntilKilled writes, and applies one form after the other. In every
// fourth round it lets one of them come through before it kills.
func (v *victim) applyUntilKilled(t *testing.T, round int) {
	t.Helper()
	before := v.revision(t)
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for n := 0; ; n++ {
				answer, err := v.client.Try(http.MethodPost, "/records/crate", map[string]any{"name": "later", "weight": n})
				if err != nil {
					return
				}
				if answer.Status != http.StatusCreated {
					t.Errorf("a writer got %d: %s", answer.Status, answer.Body)
					return
				}
			}
		})
	}
	group.Go(func() {
		for form := round; ; form++ {
			answer, err := v.client.Try(http.MethodPut, "/meta/object/crate?allow=destructive", crate(form))
			if err != nil {
				return
			}
			if answer.Status != http.StatusOK && answer.Status != http.StatusAccepted && answer.Status != http.StatusConflict {
				t.Errorf("an apply got %d: %s", answer.Status, answer.Body)
				return
			}
			<-time.After(time.Duration(rand.IntN(50)) * time.Millisecond)
		}
	})
	for round%4 == 0 && v.revision(t) == before {
		<-time.After(20 * time.Millisecond)
	}
	<-time.After(time.Duration(rand.IntN(1200)) * time.Millisecond)
	v.kill(t)
	group.Wait()
}

// tablesFollow holds the tables to the definitions, but for what is being
// built, and gives the revision.
func (v *victim) tablesFollow(t *testing.T) int64 {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Config{Directory: v.folder, URL: v.url}, storetest.Dialects()...)
	require.NoError(t, err)
	defer func() { require.NoError(t, opened.Close()) }()
	service, err := catalog.Open(t.Context(), opened, &clock.Movable{}, schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	shape, err := store.Introspect(t.Context(), opened)
	require.NoError(t, err)
	now := service.Current().Catalog()
	require.Equal(t, store.Normal(catalog.Tables(now)), shape.Objects)
	return now.Revision
}

// settled waits until no job applies, and wants nothing to be left over.
func (v *victim) settled(t *testing.T) {
	t.Helper()
	opened := v.open(t)
	for busy := 1; busy > 0; {
		<-time.After(20 * time.Millisecond)
		require.NoError(t, opened.QueryRow(t.Context(),
			"SELECT count(*) FROM sys_job WHERE kind IN ('apply', 'apply_clearing') AND state IN ('waiting', 'ready', 'running')").Scan(&busy))
	}
	shape, err := store.Introspect(t.Context(), opened)
	require.NoError(t, err)
	require.Empty(t, shape.Building)
	v.agrees(t)
}
