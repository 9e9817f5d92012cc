package outgoing_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/outgoing"
)

func ask(t *testing.T, client *http.Client, address string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	require.NoError(t, err)
	return client.Do(request)
}

// TestPrivateAddressesAreNotReached: unless the installation allows them, and
// whatever an address is written like.
func TestPrivateAddressesAreNotReached(t *testing.T) {
	t.Parallel()
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(server.Close)
	port := server.URL[len("http://127.0.0.1"):]
	client := outgoing.New(nil)
	for _, address := range []string{
		server.URL, "https://127.0.0.1" + port, "http://localhost" + port, "https://localhost" + port, "https://[::ffff:127.0.0.1]" + port, "https://[::1]" + port,
		"https://0.0.0.0" + port, "https://[::]" + port, "https://10.0.0.1", "https://192.168.1.1", "https://172.16.0.1", "https://169.254.169.254/latest/meta-data",
		"https://100.64.0.1", "https://[fd00::1]", "https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]", "https://224.0.0.1", "https://255.255.255.255", "http://93.184.216.34",
		"file:///etc/passwd", "gopher://127.0.0.1", "unix:///run/x.sock",
	} {
		answer, err := ask(t, client, address)
		if err == nil {
			_ = answer.Body.Close()
		}
		require.ErrorIs(t, err, outgoing.ErrPrivate, address)
	}
	require.False(t, asked)
}

// TestAllowedNetworksAreReached, and no others beside them.
func TestAllowedNetworksAreReached(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	t.Cleanup(server.Close)
	client := outgoing.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	answer, err := ask(t, client, server.URL)
	require.NoError(t, err)
	said, err := io.ReadAll(answer.Body)
	require.NoError(t, errors.Join(err, answer.Body.Close()))
	require.Equal(t, "here", string(said))
	answer, err = ask(t, outgoing.New([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}), server.URL)
	if err == nil {
		_ = answer.Body.Close()
	}
	require.ErrorIs(t, err, outgoing.ErrPrivate)
}

// TestAnswersAreBounded: no redirect is followed, nothing is unpacked, and what
// is too long is not read to its end.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write(make([]byte, 10<<20))
	require.NoError(t, errors.Join(err, writer.Close()))
	mux := http.NewServeMux()
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/secret", http.StatusFound) })
	mux.HandleFunc("/secret", func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	mux.HandleFunc("/packed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	})
	mux.HandleFunc("/whole", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) })
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) {
		for range 3 << 10 {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client := outgoing.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	read := func(path string) (int, int, error) {
		answer, err := ask(t, client, server.URL+path)
		require.NoError(t, err, path)
		said, err := io.ReadAll(answer.Body)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode, len(said), err
	}
	status, _, err := read("/elsewhere")
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, status)
	_, length, err := read("/packed")
	require.NoError(t, err)
	require.Equal(t, packed.Len(), length)
	_, length, err = read("/whole")
	require.NoError(t, err)
	require.Equal(t, 1<<20, length)
	_, _, err = read("/long")
	require.ErrorIs(t, err, outgoing.ErrTooLarge)
}
