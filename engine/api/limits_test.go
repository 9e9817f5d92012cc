package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// limit is a limit of requests: one at it is taken, one above is refused with a
// code, at a place, that tells the limit.
type limit struct {
	name    string
	ask     func(size int) attack
	at      int
	status  int // of the refusal
	code    string
	pointer string // "" is the whole
	says    string
}

func repeated(part string, times int, between string) string {
	return strings.TrimSuffix(strings.Repeat(part+between, times), between)
}

func asked(ask doc) attack { return post("/records/lead/_query", (&asker{}).json(ask)) }

func limits() []limit {
	lists := func(name string) func(int) attack {
		return func(n int) attack { return get(fmt.Sprintf("/records/lead?%s=%d", name, n)) }
	}
	count := doc{"as": "n", "function": "count"}
	figures := func(ask doc) attack { return post("/records/lead/_aggregate", (&asker{}).json(ask)) }
	return []limit{
		{"records of a page", lists("limit"), 1000, 400, "out_of_range", "/limit", "1000"},
		{"records before a page", lists("offset"), 10_000, 400, "out_of_range", "/offset", "10000"},
		{"sorts", func(n int) attack { return asked(doc{"sort": strings.Split(repeated("name", n, ","), ",")}) }, 8, 400, "out_of_range", "/sort", "8"},
		{"comparisons of a filter", func(n int) attack { return asked(doc{"where": repeated("score==1", n, "||")}) }, 200, 400, "too_costly", "/where", "200"},
		{"values of a list in a filter", func(n int) attack { return asked(doc{"where": "score in [" + repeated("1", n, ",") + "]"}) }, 1000, 400, "too_costly", "/where", "1000"},
		{"what is searched for", func(n int) attack { return asked(doc{"q": strings.Repeat("x", n)}) }, 1000, 400, "out_of_range", "/q", "1000"},
		{"figures", func(n int) attack {
			measures := make([]any, n)
			for i := range measures {
				measures[i] = doc{"as": fmt.Sprint("n", i), "function": "count"}
			}
			return figures(doc{"measures": measures})
		}, 20, 400, "out_of_range", "/measures", "20"},
		{"groups", func(n int) attack {
			groups := make([]any, n)
			for i, name := range []string{"status", "source", "name", "email", "company"}[:n] {
				groups[i] = doc{"field": name}
			}
			return figures(doc{"measures": []any{count}, "groups": groups})
		}, 4, 400, "out_of_range", "/groups", "4"},
		{"rows of figures", func(n int) attack { return figures(doc{"measures": []any{count}, "limit": n}) }, 10_000, 400, "out_of_range", "/limit", "10000"},
		{"operations of a batch", func(n int) attack {
			return post("/records/lead/_batch", `{"operations":[`+repeated(`{"op":"delete","id":"x"}`, n, ",")+`]}`)
		}, 10_000, 413, "too_many_operations", "", "10000"},
		{"levels of JSON", func(n int) attack {
			return post("/records/lead/_duplicates", `{"values":`+strings.Repeat("[", n-1)+"1"+strings.Repeat("]", n-1)+`}`)
		}, 32, 400, "too_deep", "", "32"},
		{"a body", func(n int) attack {
			return post("/records/lead/_query", `{"q":"a"}`+strings.Repeat(" ", n-9))
		}, 1 << 20, 413, "body_too_large", "", "1 MiB"},
		{"an address", func(n int) attack {
			path := "/records/lead?where=true"
			return get(path + strings.Repeat("%20", (n-len("/api/v1")-len(path))/3) + strings.Repeat("+", (n-len("/api/v1")-len(path))%3))
		}, 8 << 10, 414, "address_too_long", "", "8 KiB"},
	}
}

// TestLimitsAreNamed: what is at a limit is taken, and what is one above is
// refused by the limit's name, with the limit in it.
func TestLimitsAreNamed(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	for _, l := range limits() {
		t.Run(l.name, func(t *testing.T) {
			within := l.ask(l.at)
			answer := i.Admin.Do(t, within.method, within.path, []byte(within.body))
			code, items := "", map[string]string{}
			if answer.Status >= 400 {
				code, items = answer.Fault(t)
			}
			require.NotEqual(t, l.code, code, "at the limit: %.300s", answer.Body)
			require.NotEqual(t, l.code, items[l.pointer], "at the limit: %.300s", answer.Body)
			above := l.ask(l.at + 1)
			refused := i.Admin.Do(t, above.method, above.path, []byte(above.body)).Want(t, l.status)
			code, items = refused.Fault(t)
			if l.pointer != "" {
				code = items[l.pointer]
			}
			require.Equal(t, l.code, code, "%s", refused.Body)
			require.Contains(t, strings.ReplaceAll(string(refused.Body), ",000", "000"), l.says)
		})
	}
	t.Run("a header", func(t *testing.T) {
		i.Admin.With("X-Long", strings.Repeat("x", 12<<10)).Get(t, "/me").Want(t, 200)
		code, _ := i.Admin.With("X-Long", strings.Repeat("x", 16<<10)).Get(t, "/me").Want(t, 431).Fault(t)
		require.Equal(t, "header_too_large", code)
	})
	t.Run("streams of a person", func(t *testing.T) {
		open := func() *http.Response {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			t.Cleanup(cancel)
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, i.URL+"/api/v1/events?object=lead", nil)
			require.NoError(t, err)
			request.Header.Set("Authorization", "Bearer "+i.Admin.Token)
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			t.Cleanup(func() { _ = response.Body.Close() })
			return response
		}
		for range 20 {
			require.Equal(t, 200, open().StatusCode) //nolint:bodyclose // closed when the test ends
		}
		code, _ := i.Admin.Get(t, "/events?object=lead").Want(t, 429).Fault(t)
		require.Equal(t, "too_many_streams", code)
		query := url.Values{}
		for n := range 201 {
			query.Add("object", fmt.Sprint("o", n))
		}
		_, items := i.Admin.Get(t, "/events?"+query.Encode()).Want(t, 400).Fault(t)
		require.Equal(t, "out_of_range", items["/record"])
	})
}
