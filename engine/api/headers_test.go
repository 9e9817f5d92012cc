package api_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestEveryAnswerIsProtected, whatever it is: a page, data, a refusal, an
// address or a method that there is not. None opens itself to other sites, or
// tells which program gives it.
func TestEveryAnswerIsProtected(t *testing.T) {
	t.Parallel()
	i := enginetest.New(t, engine.Config{Directory: t.TempDir(), Web: fstest.MapFS{"index.html": {Data: []byte("the page")}}})
	for _, c := range []struct{ method, path string }{
		{"GET", "//"},
		{"GET", "//o/lead"},
		{"GET", "//healthz"},
		{"GET", "/session"},
		{"GET", "/records/lead"},
		{"GET", "/records/nothing"},
		{"GET", "/nothing"},
		{"POST", "/auth/login"},
		{"OPTIONS", "/records/lead"},
		{"PROPFIND", "/records/lead"},
		{"GET", "/openapi.json"},
	} {
		answer := i.Admin.With("Origin", "https://elsewhere.example").Do(t, c.method, c.path, nil)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "strict-origin-when-cross-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
		} {
			require.Equal(t, []string{want}, answer.Header.Values(name), "%s %s: %s", c.method, c.path, name)
		}
		policy := answer.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "frame-ancestors 'none'", c.path)
		require.NotContains(t, policy, "unsafe", c.path)
		for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Server", "X-Powered-By", "Strict-Transport-Security"} {
			require.Empty(t, answer.Header.Values(name), "%s %s: %s", c.method, c.path, name)
		}
		if c.path != "//" && c.path != "//o/lead" {
			require.Equal(t, "default-src 'none'; frame-ancestors 'none'; sandbox", policy, c.path)
			require.Contains(t, answer.Header.Get("Cache-Control"), "no-", c.path)
		}
	}
}
