package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

// logged starts the server with its log kept.
func (v *victim) logged(t *testing.T) *safeBuffer {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	log := &safeBuffer{}
	v.process = exec.CommandContext(context.WithoutCancel(t.Context()), v.binary, "--data", v.folder, "--database-url", v.url, "serve", "--listen", address)
	v.process.Stderr, v.process.Stdout = log, log
	require.NoError(t, v.process.Start())
	v.client.URL = "http://" + address
	v.answers(t)
	return log
}

// safeBuffer is a text in memory that a process writes and a test reads.
type safeBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write appends.
func (b *safeBuffer) Write(part []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(part)
}

func (b *safeBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}

// TestAServerThatIsToldToStopCutsNoAnswer: told to stop amid many requests, it
// answers those that it has read and takes no more; it ends in time and without
// an error, also with streams open, and what it acknowledged is there.
func TestAServerThatIsToldToStopCutsNoAnswer(t *testing.T) {
	t.Parallel()
	binary := executable(t)
	storetest.EachConfig(t, func(t *testing.T, config store.Config) {
		v := install(t, binary, config)
		for range enginetest.Times(2, 20) {
			log := v.logged(t)
			before := total(t, v.client, "lead")
			var created, cut atomic.Int64
			var group sync.WaitGroup
			for worker := range 8 {
				group.Go(func() {
					for n := 0; ; n++ {
						answer, err := v.client.Try(http.MethodPost, "/records/lead", doc{"name": fmt.Sprint(worker, ".", n), "company": "x"})
						switch {
						case err == nil && answer.Status == http.StatusCreated:
							created.Add(1)
						case err == nil && answer.Status == http.StatusServiceUnavailable:
							return
						case err == nil:
							t.Errorf("a writer got %d: %s", answer.Status, answer.Body)
							return
						default:
							if !strings.Contains(err.Error(), "connection refused") {
								cut.Add(1)
							}
							return
						}
					}
				})
			}
			group.Go(func() { _, _ = v.client.Try(http.MethodGet, "/events?object=lead", nil) }) // ends with the server
			<-time.After(300 * time.Millisecond)
			require.NoError(t, v.process.Process.Signal(syscall.SIGTERM))
			ended := make(chan error, 1)
			go func() { ended <- v.process.Wait() }()
			select {
			case err := <-ended:
				require.NoError(t, err, "%s", log)
			case <-time.After(25 * time.Second):
				v.kill(t)
				t.Fatalf("the server did not end: %s", log)
			}
			group.Wait()
			require.Positive(t, created.Load())
			require.NotContains(t, log.String(), "level=ERROR")
			v.start(t)
			require.EqualValues(t, int64(before)+created.Load(), total(t, v.client, "lead"), "%d answers were cut", cut.Load())
			v.kill(t)
		}
	})
}

// TestTheLogKnowsNoSecrets: a session in which every kind of secret is used, and
// every kind of failure met, leaves none of them in the server's log.
func TestTheLogKnowsNoSecrets(t *testing.T) {
	t.Parallel()
	binary := executable(t)
	v := install(t, binary, store.Config{})
	log := v.logged(t)
	secrets := []string{enginetest.Password, v.client.Token}
	stranger := &enginetest.Client{URL: v.client.URL}
	for _, password := range []string{"wrong but secret 1", "wrong but secret 2"} {
		secrets = append(secrets, password)
		stranger.Post(t, "/auth/login", doc{"email": enginetest.AdminEmail, "password": password}).Want(t, 401)
		stranger.Post(t, "/auth/login", doc{"email": "nobody@example.com", "password": password}).Want(t, 401)
	}
	login := stranger.Post(t, "/auth/login", doc{"email": enginetest.AdminEmail, "password": enginetest.Password}).Want(t, 200)
	cookie, _, _ := strings.Cut(login.Header.Get("Set-Cookie"), ";")
	_, session, _ := strings.Cut(cookie, "=")
	secrets = append(secrets, session)
	signedIn := stranger.With("Cookie", cookie)
	token := signedIn.Post(t, "/tokens", doc{"name": "k"}).Want(t, 201).Data(t)["token"].(string)
	secrets = append(secrets, token)
	(&enginetest.Client{URL: v.client.URL, Token: token}).Get(t, "/me").Want(t, 200)
	forged := token[:len(token)-6] + "AAAAAA"
	secrets = append(secrets, forged)
	(&enginetest.Client{URL: v.client.URL, Token: forged}).Get(t, "/me").Want(t, 401)
	stranger.With("Cookie", cookie+"x").Get(t, "/me").Want(t, 401)
	stranger.Get(t, "/me?access_token="+token).Want(t, 401)
	const next = "another horse, another battery"
	secrets = append(secrets, next)
	signedIn.Post(t, "/auth/password", doc{"current": "wrong but secret 3", "new": next})
	signedIn.Post(t, "/auth/password", doc{"current": enginetest.Password, "new": next}).Want(t, 204)
	v.client.Post(t, "/records/lead", doc{"name": "a customer's secret 4711", "company": 5}).Want(t, 422)
	v.client.Post(t, "/records/lead", `{"name": "a customer's secret 4711`).Want(t, 400)
	secrets = append(secrets, "secret 3", "secret 4711")
	require.NoError(t, v.process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, v.process.Wait())
	require.Contains(t, log.String(), "msg=serving")
	for _, secret := range secrets {
		require.NotContains(t, log.String(), secret)
	}
}
