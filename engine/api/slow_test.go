package api_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestASlowRequestIsEnded: who sends a header or a body drop by drop, or sends
// nothing, is told so or cut off; nothing is written, and everybody else is
// served meanwhile.
func TestASlowRequestIsEnded(t *testing.T) {
	t.Parallel()
	i := enginetest.New(t, engine.Config{Directory: t.TempDir(), Patience: api.Patience{Header: 300 * time.Millisecond, Request: 600 * time.Millisecond}})
	head := func(path, more string) string {
		return "POST /api/v1" + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + i.Admin.Token + "\r\n" + more
	}
	const form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
	for _, c := range []struct {
		name, at, drop string // sent at once, and then again and again
		cut            bool   // without an answer
	}{
		{name: "nothing", cut: true},
		{name: "half a header", at: head("/records/lead", "")[:30], drop: "a"},
		{name: "a header without end", at: head("/records/lead", ""), drop: "X-A: b\r\n"},
		{name: "a body", at: head("/records/lead", "Content-Length: 60000\r\n\r\n") + `{"name":"`, drop: "a"},
		{name: "a large body", at: head("/records/lead/_batch", "Content-Length: 30000000\r\n\r\n") + `{"operations":"` + strings.Repeat("a", 100_000), drop: "a"},
		{name: "chunks without end", at: head("/records/lead", "Transfer-Encoding: chunked\r\n\r\n"), drop: "1\r\n \r\n"},
		{name: "a file", at: strings.Replace(head("/files", "Content-Length: 20000000\r\n\r\n"), "application/json", "multipart/form-data; boundary=x", 1) + form, drop: "a"},
		{name: "a table", at: strings.Replace(head("/imports?object=lead", "Content-Length: 20000000\r\n\r\n"), "application/json", "multipart/form-data; boundary=x", 1) + form, drop: "a,b\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(i.URL, "http://"))
			require.NoError(t, err)
			require.NoError(t, connection.SetReadDeadline(time.Now().Add(time.Minute))) // a server that waits for ever fails the test
			ended := make(chan struct{})
			defer func() { close(ended); _ = connection.Close() }()
			_, err = io.WriteString(connection, c.at)
			require.NoError(t, err)
			go func() {
				for c.drop != "" {
					select {
					case <-ended:
						return
					case <-time.After(20 * time.Millisecond):
						if _, err := io.WriteString(connection, c.drop); err != nil {
							return
						}
					}
				}
			}()
			i.Admin.Get(t, "/me").Want(t, 200)
			i.Admin.Get(t, "/records/lead").Want(t, 200)
			answer, err := io.ReadAll(connection)
			require.NoError(t, err, "the connection is ended")
			if c.cut && len(answer) == 0 {
				return
			}
			read, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(answer))), nil)
			require.NoError(t, err, "%s", answer)
			body, err := io.ReadAll(read.Body)
			require.NoError(t, err)
			require.NoError(t, read.Body.Close())
			code, _ := (&enginetest.Answer{Body: body}).Fault(t)
			require.Equal(t, http.StatusRequestTimeout, read.StatusCode, "%s", body)
			require.Equal(t, "too_slow", code)
			require.Empty(t, i.Admin.Get(t, "/records/lead").Want(t, 200).List(t))
		})
	}
}

// TestAMethodThatIsNotTakenIsRefusedByName: an address says which methods it
// takes; a method that the server does not know is refused in the same form.
func TestAMethodThatIsNotTakenIsRefusedByName(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	for _, c := range []struct {
		method, path, allow string
		status              int
	}{
		{"PROPFIND", "/records/lead", "GET, HEAD, POST, PUT, PATCH, DELETE", 405},
		{"BREW", "//", "GET, HEAD, POST, PUT, PATCH, DELETE", 405},
		{"PUT", "/records/lead", "GET, POST", 405},
		{"OPTIONS", "/search", "GET", 405},
		{"DELETE", "/me", "GET, PATCH", 405},
		{"TRACE", "/nowhere", "", 404},
		{"POST", "//leads", "", 404},
	} {
		answer := i.Admin.Do(t, c.method, c.path, nil)
		code, _ := answer.Want(t, c.status).Fault(t)
		require.Equal(t, map[int]string{405: "method_not_allowed", 404: "not_found"}[c.status], code)
		require.Equal(t, c.allow, answer.Header.Get("Allow"), "%s %s", c.method, c.path)
		require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
	}
	alive(t, i, "methods that are not taken")
}
