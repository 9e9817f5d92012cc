package api_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestNoUpdateIsLost: of many who read a number, add one and write it back with
// If-Match, each counts who was told that it was written, and nobody else.
func TestNoUpdateIsLost(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		applied(t, i, objectOf("meter", doc{"count": property("integer"), "name": property("text")})).Want(t, 200)
		path := "/records/meter/" + created(t, i, "meter", doc{"count": 0})
		var written, refused atomic.Int64
		var group sync.WaitGroup
		for n := range 16 {
			group.Go(func() {
				for range enginetest.Times(15, 500) {
					read, err := i.Admin.Try("GET", path, nil)
					if err != nil {
						t.Errorf("writer %d reads: %v", n, err)
						return
					}
					body := doc{"count": read.Data(t)["count"].(float64) + 1, "name": fmt.Sprint("writer ", n)}
					answer, err := i.Admin.With("If-Match", read.Header.Get("ETag")).Try("PATCH", path, body)
					switch {
					case err != nil:
						t.Errorf("writer %d writes: %v", n, err)
						return
					case answer.Status == 200:
						written.Add(1)
					case answer.Status == 412:
						refused.Add(1)
					default:
						t.Errorf("writer %d got %d: %s", n, answer.Status, answer.Body)
						return
					}
				}
			})
		}
		group.Wait()
		record := i.Admin.Get(t, path).Want(t, 200).Data(t)
		require.EqualValues(t, written.Load(), record["count"])
		require.EqualValues(t, written.Load()+1, record["version"])
		require.Positive(t, refused.Load(), "nobody met anybody")
	})
}
