package limit_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/cmd/trellis-bench/limit"
	"github.com/trellis-crm/trellis/engine/store/storetest"
)

const owner = "01936f0a-0000-7000-8000-000000000001"

// TestTheLimitDoesTheJob sees that what the product is measured against really
// stores, finds and changes leads, on both databases.
func TestTheLimitDoesTheJob(t *testing.T) {
	t.Parallel()

	for name, database := range map[string]string{
		"sqlite":   filepath.Join(t.TempDir(), "limit.db"),
		"postgres": storetest.EmptyPostgres(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, stop, err := limit.New(t.Context(), database)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, stop()) })

			created := lead(t, ask(t, app, http.MethodPost, "/leads", newLead(`Li "Lei" 雷`, "new", 40), http.StatusCreated))
			id, _ := created["id"].(string)
			require.Equal(t, `Li "Lei" 雷`, created["name"])
			require.InEpsilon(t, 1, created["version"], 0)
			require.Equal(t, created, lead(t, ask(t, app, http.MethodGet, "/leads/"+id, "", http.StatusOK)))
			ask(t, app, http.MethodGet, "/leads/"+owner, "", http.StatusNotFound)

			changed := lead(t, ask(t, app, http.MethodPatch, "/leads/"+id, `{"score": 70}`, http.StatusOK))
			require.InEpsilon(t, 70, changed["score"], 0)
			require.InEpsilon(t, 2, changed["version"], 0)

			var batch []string
			for i := range 450 {
				batch = append(batch, newLead(fmt.Sprintf("lead %d", i), "working", i%100))
			}
			body := ask(t, app, http.MethodPost, "/leads/_batch", "["+strings.Join(batch, ",")+"]", http.StatusOK)
			require.Len(t, body["data"], 450)

			require.Len(t, ask(t, app, http.MethodGet, "/leads?status=new&min_score=50", "", http.StatusOK)["data"], 1)
			require.Empty(t, ask(t, app, http.MethodGet, "/leads?status=new&min_score=80", "", http.StatusOK)["data"])
			counted := ask(t, app, http.MethodGet, "/leads?status=working&min_score=50&count=exact", "", http.StatusOK)
			require.Len(t, counted["data"], 50)
			require.Equal(t, map[string]any{"total": 200.0}, counted["page"])
			require.Len(t, ask(t, app, http.MethodGet, "/leads?q=lead%20449", "", http.StatusOK)["data"], 1)
			require.Len(t, ask(t, app, http.MethodGet, "/leads?offset=440", "", http.StatusOK)["data"], 11)
		})
	}
}

func newLead(name, status string, score int) string {
	text, _ := json.Marshal(map[string]any{"name": name, "company": "Kite", "email": "a@kite.example", "status": status, "score": score, "owner": owner})
	return string(text)
}

func ask(t *testing.T, app *fiber.App, method, path, body string, want int) map[string]any {
	t.Helper()
	answer, err := app.Test(httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)), -1)
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, want, answer.StatusCode, string(text))
	var parsed map[string]any
	if want < 300 {
		require.NoError(t, json.Unmarshal(text, &parsed), string(text))
	}
	return parsed
}

func lead(t *testing.T, body map[string]any) map[string]any {
	t.Helper()
	lead, ok := body["data"].(map[string]any)
	require.True(t, ok)
	return lead
}
