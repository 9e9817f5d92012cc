package engine_test

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// TestPostgresKilled kills the database at random moments under eight writers.
// The server stays, says that it is not ready, and is again by itself once the
// database is; what was acknowledged is there, and nothing is half.
func TestPostgresKilled(t *testing.T) {
	t.Parallel()
	database := storetest.MortalPostgres(t)
	v := install(t, executable(t), store.Config{URL: database.URL})
	random := enginetest.Random(t)
	v.start(t)
	defer v.kill(t)
	v.prepare(t)
	all := map[string]kept{}
	for round := range enginetest.Times(1, 20) {
		var group sync.WaitGroup
		writers := make([]*writer, 8)
		for n := range writers {
			writers[n] = v.writer(fmt.Sprintf("w%d.%d", round, n))
			group.Go(func() { writers[n].write(t) })
		}
		<-time.After(time.Duration(500+random.IntN(enginetest.Times(500, 3000))) * time.Millisecond)
		database.Kill(t)
		group.Wait()
		v.client.Get(t, "//healthz").Want(t, http.StatusOK)
		v.client.Get(t, "//readyz").Want(t, http.StatusServiceUnavailable)
		code, _ := v.client.Get(t, "/records/drop").Want(t, http.StatusServiceUnavailable).Fault(t)
		require.Equal(t, "unavailable", code)
		database.Start(t)
		v.recovers(t)
		maps.Copy(all, v.holds(t, writers))
	}
	require.NotEmpty(t, all)
	v.sumsUp(t, all)
	v.agrees(t)
}

// recovers waits until the server, which nobody touches, is ready again.
func (v *victim) recovers(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		answer, err := v.client.Try(http.MethodGet, "//readyz", nil)
		return err == nil && answer.Status == http.StatusOK
	}, time.Minute, 20*time.Millisecond)
}
