package api_test

import (
	"net/netip"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// eachBehind serves every database behind proxies.
func eachBehind(t *testing.T, proxies []string, test func(t *testing.T, i *enginetest.Installation)) {
	t.Helper()
	var trusted []netip.Prefix
	for _, proxy := range proxies {
		trusted = append(trusted, netip.MustParsePrefix(proxy))
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, enginetest.New(t, engine.Config{Directory: t.TempDir(), TrustedProxies: trusted}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: enginetest.Database(t), TrustedProxies: trusted}))
	})
}

// guesses fails to sign in as often as one address may, and gives the last
// status.
func guesses(t *testing.T, i *enginetest.Installation, account string, chain func(n int) string) int {
	t.Helper()
	status := 0
	for n := range 11 {
		status = browser(i, "").With("X-Forwarded-For", chain(n)).
			Post(t, "/auth/login", map[string]any{"email": account, "password": "guess"}).Status
	}
	return status
}

func always(chain string) func(int) string { return func(int) string { return chain } }

func TestWithoutATrustedProxyNoHeaderSaysWhoSignsIn(t *testing.T) {
	t.Parallel()
	for name, proxies := range map[string][]string{"none": nil, "another": {"10.0.0.0/8", "2001:db8::/32"}} {
		t.Run(name, func(t *testing.T) {
			eachBehind(t, proxies, func(t *testing.T, i *enginetest.Installation) {
				require.Equal(t, 429, guesses(t, i, "a@example.com", func(n int) string { return "203.0.113." + strconv.Itoa(n) }))
			})
		})
	}
}

func TestBehindATrustedProxyEachSenderIsCountedByItself(t *testing.T) {
	t.Parallel()
	eachBehind(t, []string{"127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32"}, func(t *testing.T, i *enginetest.Installation) {
		require.Equal(t, 429, guesses(t, i, "a@example.com", always("203.0.113.1")))
		for _, other := range []string{"203.0.113.2", "203.0.113.1, 203.0.113.3", "2001:db9::1"} {
			browser(i, "").With("X-Forwarded-For", other).Post(t, "/auth/login", map[string]any{"email": "a@example.com", "password": "guess"}).Want(t, 401)
		}
		for promise, chain := range map[string]string{
			"what stands before the sender is his invention": "1.2.3.4, 203.0.113.1",
			"our own proxies are not the sender":             "203.0.113.1, 10.1.2.3, 2001:db8::5",
			"nor are they in another notation":               "203.0.113.1:4711, ::ffff:10.1.2.3, [2001:db8::5]:80",
			"spaces do not matter":                           "9.9.9.9,203.0.113.1 ,  10.0.0.1",
		} {
			require.Equal(t, 429, browser(i, "").With("X-Forwarded-For", chain).
				Post(t, "/auth/login", map[string]any{"email": "a@example.com", "password": "guess"}).Status, promise)
		}
	})
}

func TestASpoofedChainBypassesNoLimit(t *testing.T) {
	t.Parallel()
	eachBehind(t, []string{"127.0.0.1/32", "10.0.0.0/8"}, func(t *testing.T, i *enginetest.Installation) {
		for account, chain := range map[string]func(n int) string{
			"left":    func(n int) string { return "198.51.100." + strconv.Itoa(n) + ", 203.0.113.7" },
			"proxy":   func(n int) string { return "10.0.0." + strconv.Itoa(n) + ", 203.0.113.7" },
			"broken":  func(n int) string { return "198.51.100." + strconv.Itoa(n) + ", unknown" },
			"nothing": func(n int) string { return "198.51.100." + strconv.Itoa(n) + ", " },
			"escape":  func(n int) string { return "198.51.100." + strconv.Itoa(n) + ", 203.0.113.7%25eth" + strconv.Itoa(n) },
			"zone":    func(n int) string { return "fe80::1%" + strconv.Itoa(n) },
		} {
			require.Equal(t, 429, guesses(t, i, account+"@example.com", chain), account)
		}
	})
}

func TestNobodyTrustsEverybody(t *testing.T) {
	t.Parallel()
	for _, everybody := range []string{"0.0.0.0/0", "::/0"} {
		_, err := engine.New(t.Context(), engine.Config{Directory: t.TempDir(), TrustedProxies: []netip.Prefix{netip.MustParsePrefix(everybody)}})
		require.ErrorContains(t, err, everybody)
	}
}
