package store_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// childVariable makes the test program the writer that is killed; it holds
// where that writes.
const childVariable = "TRELLIS_TEST_STORE_CHILD"

// writeForever is the child: sixteen clients write pairs of rows and say so
// after each was acknowledged.
func writeForever(configText string) error {
	var config store.Config
	if err := json.Unmarshal([]byte(configText), &config); err != nil {
		return err
	}
	s, err := store.Open(context.Background(), config, storetest.Dialects()...)
	if err != nil {
		return err
	}
	round := rand.Int64()
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("%d-%d-%d", round, client, n)
				err := s.Write(context.Background(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
					if err := put(ctx, tx, name+" left"); err != nil {
						return err
					}
					return put(ctx, tx, name+" right")
				})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				_, _ = os.Stdout.WriteString(name + "\n")
			}
		})
	}
	all.Wait()
	return nil
}

func TestAKilledServerLosesNothingItAcknowledged(t *testing.T) {
	t.Parallel()
	kills := enginetest.Times(3, 200)
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		var acknowledged []string
		for range kills {
			acknowledged = append(acknowledged, killedWriter(t, config)...)
			s, err := store.Open(t.Context(), config, storetest.Dialects()...)
			require.NoError(t, err)
			stored := map[string]bool{}
			for _, name := range storedNames(t, s) {
				stored[name] = true
			}
			for _, name := range acknowledged {
				require.True(t, stored[name+" left"] && stored[name+" right"], "%s was acknowledged and is lost", name)
			}
			for name := range stored {
				if pair, isLeft := strings.CutSuffix(name, " left"); isLeft {
					require.True(t, stored[pair+" right"], "%s was torn", pair)
				}
			}
			if s.Dialect().SingleWriter() {
				var verdict string
				require.NoError(t, s.QueryRow(t.Context(), "pragma integrity_check").Scan(&verdict))
				require.Equal(t, "ok", verdict)
			}
			require.NoError(t, s.Close())
		}
		require.NotEmpty(t, acknowledged)
	})
}

func storedNames(t *testing.T, s *store.Store) (names []string) {
	t.Helper()
	rows, err := s.Query(t.Context(), `select name from sys_setting`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	return names
}

// killedWriter runs the child, kills it, and gives what it acknowledged.
func killedWriter(t *testing.T, config store.Config) (acknowledged []string) {
	t.Helper()
	text, err := json.Marshal(config)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), childVariable+"="+string(text))
	child.Stderr = os.Stderr
	output, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if acknowledged = append(acknowledged, lines.Text()); len(acknowledged) == 1 {
			time.AfterFunc(rand.N(300*time.Millisecond), func() { _ = child.Process.Kill() })
		}
	}
	_ = child.Wait() // it was killed
	return acknowledged
}
