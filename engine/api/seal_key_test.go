package api_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/schemas"
)

// TestTheKeyOfSecretsMayLieOutside of the database: they are sealed anew with it,
// and from then on the database opens with that key only.
func TestTheKeyOfSecretsMayLieOutside(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return enginetest.Database(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := engine.Config{Directory: t.TempDir(), DatabaseURL: url()}
			i := enginetest.New(t, config)
			a, _ := withFactor(t, i, browser(i, enter(t, i, enginetest.AdminEmail)))
			session(t, i, i.Admin.UserID).Post(t, "/single_sign_on/providers", doc{
				"name": "acme", "title": doc{"en": "Acme", "zh-CN": "公司"}, "issuer": "https://127.0.0.1:1", "client_id": "c", "secret": "a secret of the provider",
			}).Want(t, 201)

			folder := t.TempDir()
			key := func(name, content string, mode os.FileMode) engine.Config {
				path := filepath.Join(folder, name)
				require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
				require.NoError(t, os.Chmod(path, mode))
				other := config
				other.Files, other.SealKeyFile = schemas.Files, path
				return other
			}
			refused := func(other engine.Config, why string) {
				t.Helper()
				_, err := engine.New(t.Context(), other)
				require.ErrorContains(t, err, why)
			}
			outside := key("key", "one key of thirty-two bytes or more\n", 0o600)
			refused(key("open", "one key of thirty-two bytes or more", 0o644), "others can read")
			refused(key("short", "too short", 0o600), "shorter than 32 bytes")
			missing := outside
			missing.SealKeyFile = filepath.Join(folder, "missing")
			refused(missing, "no such file")

			var before, after []byte
			require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT secret FROM sys_totp").Scan(&before))
			j := enginetest.Open(t, outside)
			require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT secret FROM sys_totp").Scan(&after))
			require.NotEqual(t, before, after)
			j.Admin = i.Admin
			a.i = j
			half(t, j, enginetest.AdminEmail).Post(t, "/auth/totp", doc{"code": a.code(t)}).Want(t, 200)
			again, err := engine.New(t.Context(), outside)
			require.NoError(t, err)
			require.NoError(t, again.Close())
			inside := outside
			inside.SealKeyFile = ""
			refused(inside, "give its file with --seal-key-file")
			refused(key("other", "another key of thirty-two bytes or more", 0o600), "another key than that of --seal-key-file")
			told := audited(t, i.Admin, "&action=setting_changed")
			require.Equal(t, []any{"seal", "command"}, []any{told[len(told)-1]["subject"], told[len(told)-1]["via"]})
		})
	}
}
