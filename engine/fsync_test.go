package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// The system calls of a server, as strace writes them: a request comes in on a
// connection, the log of the database is brought to the disk, an answer goes
// out. A call that takes long is written in two lines.
var (
	incoming = regexp.MustCompile(`^(\d+) .*read.*"(?:POST|PATCH|DELETE) /api/v1/records`)
	flushed  = regexp.MustCompile(`^(\d+) .*(?:fsync|fdatasync)\(\d+<[^>]*trellis\.db-wal>\) += 0`)
	flushing = regexp.MustCompile(`^(\d+) .*(?:fsync|fdatasync)\(\d+<[^>]*trellis\.db-wal> <unfinished`)
	resumed  = regexp.MustCompile(`^(\d+) .*<\.\.\. (?:fsync|fdatasync) resumed>\) += 0`)
	answered = regexp.MustCompile(`^(\d+) .*write\(\d+<TCP.*>, "HTTP/1\.1 20[014]`)
)

// TestEveryWriteIsOnTheDiskBeforeItsAnswer watches the system calls of a real
// server: between a write's request and its answer, the log of the database was
// flushed with success.
func TestEveryWriteIsOnTheDiskBeforeItsAnswer(t *testing.T) {
	t.Parallel()
	tracer, err := exec.LookPath("strace")
	require.NoError(t, err, "strace is needed for this test: install it first")
	v := install(t, executable(t), store.Config{})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	trace := filepath.Join(t.TempDir(), "trace")
	process := exec.CommandContext(context.WithoutCancel(t.Context()), tracer, "-f", "-yy", "-s", "60", "-e", "trace=read,write,fsync,fdatasync", "-o", trace,
		v.binary, "--data", v.folder, "serve", "--listen", address)
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, process.Start())
	v.client.URL = "http://" + address
	v.answers(t)

	writes := enginetest.Times(40, 1000)
	for n := 0; n < writes; n += 4 {
		made := v.client.Post(t, "/records/lead", doc{"name": fmt.Sprint("lead ", n), "company": "x"}).Want(t, 201).Data(t)
		path := fmt.Sprint("/records/lead/", made["id"])
		v.client.Patch(t, path, doc{"company": "y"}).Want(t, 200)
		v.client.Delete(t, path).Want(t, 204)
		v.client.Post(t, path+"/restore", nil).Want(t, 200)
	}
	require.NoError(t, syscall.Kill(-process.Process.Pid, syscall.SIGTERM))
	_ = process.Wait() // it was told to end
	requests, early := unflushed(t, trace)
	require.Equal(t, writes, requests, "the trace shows every write")
	require.Empty(t, early, "an answer went out before the disk had the write")
}

// answers waits until the server answers.
func (v *victim) answers(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		answer, err := v.client.Try(http.MethodGet, "/me", nil)
		return err == nil && answer.Status == http.StatusOK
	}, time.Minute, 10*time.Millisecond)
}

// unflushed reads a trace: how many writes it shows, and the answers to those
// before which nothing was flushed.
func unflushed(t *testing.T, trace string) (requests int, early []string) {
	t.Helper()
	file, err := os.Open(trace)
	require.NoError(t, err)
	defer file.Close() //nolint:errcheck // it was only read
	waits, done, open := false, false, map[string]bool{}
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		thread, _, _ := strings.Cut(line, " ")
		switch {
		case incoming.MatchString(line):
			requests++
			waits, done = true, false
			clear(open) // only what begins after the request counts
		case flushing.MatchString(line):
			open[thread] = true
		case flushed.MatchString(line), resumed.MatchString(line) && open[thread]:
			done = true
		case answered.MatchString(line) && waits:
			if !done {
				early = append(early, strconv.Itoa(number)+": "+line)
			}
			waits = false
		}
	}
	require.NoError(t, lines.Err())
	return requests, early
}

// TestADatabaseThatMayForgetIsNamed: a server says so when its PostgreSQL does
// not bring a write to the disk before it acknowledges it.
func TestADatabaseThatMayForgetIsNamed(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	config := store.Config{URL: storetest.Postgres(t) + "&synchronous_commit=off", Log: slog.New(slog.NewTextHandler(&log, nil))}
	opened, err := store.Open(t.Context(), config, storetest.Dialects()...)
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	require.Contains(t, log.String(), "may lose acknowledged writes")
	require.Contains(t, log.String(), "synchronous_commit=off")
}
