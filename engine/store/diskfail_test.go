package store_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// limitVariable is the size of files beyond which the child's disk fails.
const limitVariable = "TRELLIS_TEST_STORE_LIMIT"

// writeUntilTheDiskFails is the child: it writes until a write fails, gets its
// disk back, and writes again.
func writeUntilTheDiskFails(configText, limitText string) error {
	var config store.Config
	if err := json.Unmarshal([]byte(configText), &config); err != nil {
		return err
	}
	limit, err := strconv.ParseUint(limitText, 10, 64)
	if err != nil {
		return err
	}
	s, err := store.Open(context.Background(), config, storetest.Dialects()...)
	if err != nil {
		return err
	}
	write := func(n int) error {
		return s.Write(context.Background(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			return put(ctx, tx, fmt.Sprint(n, strings.Repeat(" ", 500)))
		})
	}
	var whole syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: whole.Max}); err != nil {
		return err
	}
	n := 0
	for ; err == nil; n++ {
		if err = write(n); err == nil {
			_, _ = fmt.Fprintln(os.Stdout, n)
		}
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
		return err
	}
	var count int
	if err := s.QueryRow(context.Background(), `select count(*) from sys_setting`).Scan(&count); err != nil {
		return fmt.Errorf("reads must go on: %w", err)
	}
	if again := write(n); !errors.Is(again, store.ErrStopped) {
		return fmt.Errorf("after %w, a write answered: %w", err, again)
	}
	_, _ = fmt.Fprintln(os.Stdout, "stopped")
	return nil
}

// TestADiskThatFailsEndsWritingUntilARestart: what a failed flush left on the
// disk is unknown, so that no later success can be believed.
func TestADiskThatFailsEndsWritingUntilARestart(t *testing.T) {
	t.Parallel()
	config := storetest.SQLite(t)
	text, err := json.Marshal(config)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), childVariable+"="+string(text), limitVariable+"=600000")
	child.Stderr = os.Stderr
	output, err := child.Output()
	require.NoError(t, err)
	s := storetest.Open(t, config)
	stored := map[string]bool{}
	for _, name := range storedNames(t, s) {
		stored[strings.TrimSpace(name)] = true
	}
	lines := bufio.NewScanner(bytes.NewReader(output))
	last := ""
	for acknowledged := 0; lines.Scan(); acknowledged++ {
		if last = lines.Text(); last != "stopped" {
			require.True(t, stored[last], "%s was acknowledged and is lost", last)
		}
	}
	require.Equal(t, "stopped", last)
	require.NoError(t, s.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error { return put(ctx, tx, "again") }))
	require.NoError(t, s.Upkeep(t.Context()))
}
