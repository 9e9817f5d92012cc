package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/trellis-crm/trellis/engine/api"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// alive fails the test unless the server still answers.
func alive(t *testing.T, i *enginetest.Installation, after string) {
	t.Helper()
	require.Equal(t, 200, i.Admin.Get(t, "/me").Status, "the server no longer answers after %s", after)
}

// TestBodiesAreRefused: what is no JSON object of a reasonable size is refused
// by name, and nothing is written.
func TestBodiesAreRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		before := fingerprint(t, i)
		large := func(size int) string { return `{"name":"` + strings.Repeat("x", size) + `"}` }
		for _, c := range []struct {
			name, path, kind, body string
			status                 int
			code                   string
		}{
			{"nothing", "/records/lead", "", "", 400, "invalid_json"},
			{"half an object", "/records/lead", "", `{"name":"a"`, 400, "invalid_json"},
			{"a comma too many", "/records/lead", "", `{"name":"a",}`, 400, "invalid_json"},
			{"two objects", "/records/lead", "", `{"name":"a"}{"name":"b"}`, 400, "invalid_json"},
			{"single quotes", "/records/lead", "", `{'name':'a'}`, 400, "invalid_json"},
			{"a number that is none", "/records/lead", "", `{"score":NaN}`, 400, "invalid_json"},
			{"letters that are none", "/records/lead", "", "{\"name\":\"a\xff\"}", 400, "invalid_json"},
			{"a key twice", "/records/lead", "", `{"name":"a","name":"b"}`, 400, "duplicate_key"},
			{"a key twice, further in", "/records/lead/_batch", "", `{"operations":[{"op":"create","op":"delete"}]}`, 400, "duplicate_key"},
			{"a key twice, written differently", "/records/lead", "", `{"name":"a","n\u0061me":"b"}`, 400, "duplicate_key"},
			{"lists forty deep", "/records/lead", "", `{"name":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, 400, "too_deep"},
			{"objects forty deep", "/meta/_apply", "", strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat("}", 40), 400, "too_deep"},
			{"a hundred thousand brackets", "/records/lead/_batch", "", strings.Repeat("[", 100_000), 400, "too_deep"},
			{"text", "/records/lead", "text/plain", `{"name":"a"}`, 415, "unsupported_media_type"},
			{"a form", "/records/lead", "application/x-www-form-urlencoded", `name=a`, 415, "unsupported_media_type"},
			{"a page", "/auth/login", "text/html", `{"email":"a","password":"b"}`, 415, "unsupported_media_type"},
			{"an import without a file", "/imports", "application/json", `{}`, 415, "unsupported_media_type"},
			{"a file that is no form", "/files", "application/json", `{}`, 415, "unsupported_media_type"},
			{"a form without a file", "/files", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\nlead\r\n--x--\r\n", 400, "bad_request"},
			{"an import without its end", "/imports", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\nlead", 400, "bad_request"},
			{"two megabytes", "/records/lead", "", large(2 << 20), 413, "body_too_large"},
			{"a little too much", "/records/lead/_query", "", large(1 << 20), 413, "body_too_large"},
			{"33 megabytes for a batch", "/records/lead/_batch", "", large(33 << 20), 413, "body_too_large"},
			{"33 megabytes for an apply", "/meta/_apply", "", large(33 << 20), 413, "body_too_large"},
		} {
			client := i.Admin
			if c.kind != "" {
				client = client.With("Content-Type", c.kind)
			}
			answer, err := client.Try(http.MethodPost, c.path, c.body)
			require.NoError(t, err, c.name)
			code, _ := answer.Want(t, c.status).Fault(t)
			require.Equal(t, c.code, code, c.name)
			require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
			alive(t, i, c.name)
		}
		require.Equal(t, before, fingerprint(t, i))
	})
}

// TestCompressedBodiesAreRefused: a body is never inflated.
func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	var small bytes.Buffer
	writer := gzip.NewWriter(&small)
	_, err := io.WriteString(writer, `{"name":"`+strings.Repeat("x", 50<<20)+`"}`)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	for _, encoding := range []string{"gzip", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip"} {
		code, _ := i.Admin.With("Content-Encoding", encoding).Post(t, "/records/lead", small.Bytes()).Want(t, 415).Fault(t)
		require.Equal(t, "unsupported_media_type", code)
	}
	alive(t, i, "a compressed body")
}

// TestRawRequestsAreRefused: what is no request of HTTP, or announces more than
// a server takes, ends its own connection and nothing else.
func TestRawRequestsAreRefused(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	head := func(more string) string {
		return "POST /api/v1/records/lead HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + i.Admin.Token + "\r\n" + more + "\r\n"
	}
	for _, c := range []struct {
		name, request string
		statuses      []int // none: it may be cut without an answer
	}{
		{"a body of a hundred gigabytes", head("Content-Length: 99999999999\r\n") + strings.Repeat("x", 16<<10), []int{413}},
		{"a body of no number", head("Content-Length: many\r\n"), []int{400}},
		{"a body of less than nothing", head("Content-Length: -1\r\n"), []int{400}},
		{"two lengths", head("Content-Length: 2\r\nContent-Length: 30\r\n") + "{}", []int{400}},
		{"a length and chunks", head("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", []int{400}},
		{"chunks without end", head("Transfer-Encoding: chunked\r\n") + strings.Repeat("10000\r\n"+strings.Repeat("x", 0x10000)+"\r\n", 40), []int{400, 413}},
		{"a chunk of no number", head("Transfer-Encoding: chunked\r\n") + "zz\r\nxx\r\n", []int{400}},
		{"headers of 64 KB", head("Cookie: a=" + strings.Repeat("x", 64<<10) + "\r\n"), []int{400, 431}},
		{"two thousand headers", head(strings.Repeat("X-A: b\r\n", 2000)), []int{400, 431}},
		{"an address of 64 KB", "GET /api/v1/records/lead?where=" + strings.Repeat("x", 64<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", []int{400, 414, 431}},
		{"a version there is not", "GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n", nil},
		{"a greeting of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x00", 500) + "\r\n\r\n", nil},
		{"noise", strings.Repeat("\x00\xff\r\n", 5000) + "\r\n\r\n", nil},
	} {
		status := raw(t, i, c.request)
		if c.statuses != nil {
			require.Contains(t, c.statuses, status, c.name)
		} else {
			require.Less(t, status, 500, c.name)
		}
		alive(t, i, c.name)
	}
}

// TestPatience: a header comes at once, a body in the time that its length
// needs.
func TestPatience(t *testing.T) {
	t.Parallel()
	for length, wait := range map[int]time.Duration{0: 10 * time.Second, 1000: 10 * time.Second, 10 << 20: 170 * time.Second, 100 << 20: 5 * time.Minute, -1: 5 * time.Minute} {
		var header fasthttp.RequestHeader
		header.SetMethod(http.MethodPost)
		header.SetContentLength(length)
		require.Equal(t, wait, api.ForBody(&header), "%d bytes", length)
	}
}

// TestBodiesAreNeverRequests: what a route does not read of a body is never
// taken for the next request on its connection.
func TestBodiesAreNeverRequests(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t) // no database has a part in it
	hidden := "DELETE /api/v1/sessions/x HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, path := range []string{"POST /api/v1/records/lead", "POST /api/v1/nothing", "DELETE /api/v1/sessions/x", "GET /healthz", "GET /api/v1/me", "POST /", "PUT /api/v1/me", "POST /api/v1/imports", "POST /api/v1/auth/logout"} {
		for _, size := range []int{4 << 10, 8 << 10, 12 << 10, 80 << 10} {
			body := strings.Repeat("\r\n", size/2) + strings.Repeat(hidden, 3)
			whole := fmt.Sprintf("%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
			chunks := fmt.Sprintf("%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", path, len(body), body)
			for _, request := range []string{whole, chunks} {
				// The one request that follows says that the connection ends.
				answers := all(t, i, request+"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
				require.LessOrEqual(t, len(answers), 2, path)
				require.NotContains(t, answers[1:], 401, "%s with %d bytes: a part of the body was answered", path, size)
				require.NotContains(t, answers[1:], 400, "%s with %d bytes: a part of the body was answered", path, size)
			}
		}
	}
}

// all sends bytes and gives the statuses of all answers.
func all(t *testing.T, i *enginetest.Installation, requests string) []int {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(i.URL, "http://"))
	require.NoError(t, err)
	defer connection.Close() //nolint:errcheck // it was read to its end
	require.NoError(t, connection.SetDeadline(time.Now().Add(10*time.Second)))
	go func() { _, _ = io.WriteString(connection, requests) }() // the server may stop reading
	var statuses []int
	for reader := bufio.NewReader(connection); ; {
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			require.NotEmpty(t, statuses)
			return statuses
		}
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		statuses = append(statuses, answer.StatusCode)
	}
}

// raw sends bytes and gives the status of the answer, or 0 when there is none.
func raw(t *testing.T, i *enginetest.Installation, request string) int {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(i.URL, "http://"))
	require.NoError(t, err)
	defer connection.Close() //nolint:errcheck // it was read to its end
	require.NoError(t, connection.SetDeadline(time.Now().Add(10*time.Second)))
	go func() { _, _ = io.WriteString(connection, request) }() // the server may stop reading
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0
	}
	defer answer.Body.Close() //nolint:errcheck // only its status is of interest
	return answer.StatusCode
}

// TestAbsurdQueriesAreRefused: what would cost too much is refused by name and
// in no time.
func TestAbsurdQueriesAreRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for n := range 3 {
			i.Admin.Post(t, "/records/lead", doc{"name": fmt.Sprint(n), "company": "x"}).Want(t, 201)
		}
		repeat := func(part string, times int, between string) string {
			return strings.TrimSuffix(strings.Repeat(part+between, times), between)
		}
		for _, where := range []string{
			strings.Repeat("(", 10_000) + "true" + strings.Repeat(")", 10_000), strings.Repeat("(", 1900) + "true" + strings.Repeat(")", 1900), strings.Repeat("(", 3000),
			repeat(`name == "a"`, 5000, " || "), repeat("score==1", 390, "||"), "score in [" + repeat("1", 1500, ",") + "]", "score in " + strings.Repeat("[", 1900) + strings.Repeat("]", 1900),
			"score > " + strings.Repeat("9", 3000), "score > 1e999999999", `name == "` + strings.Repeat("x", 100_000) + `"`, "score > " + repeat("1", 1000, "+"),
			strings.Repeat("true ? ", 500) + "true" + strings.Repeat(" : false", 500), "owner" + strings.Repeat(".owner", 500) + " == null", strings.Repeat("lower(", 600) + "name" + strings.Repeat(")", 600) + ` == "a"`,
			"name == \"a\x00\"", "true; drop table lead", "[1,2].all(x, x > 0)",
		} {
			name := where[:min(len(where), 60)]
			answer := i.Admin.Post(t, "/records/lead/_query", doc{"where": where})
			require.Equal(t, 400, answer.Status, name)
			_, items := answer.Fault(t)
			require.Contains(t, items, "/where", name)
			require.Less(t, len(answer.Body), 4<<10, "%s: the refusal repeats what was sent", name)
			alive(t, i, name)
		}
		for _, where := range []string{strings.Repeat("!", 3900) + "true", "score == " + strings.Repeat("-", 3900) + "0", "score + " + repeat("0", 50, "+") + " == 0", "true // and so on", strings.Repeat("(", 20) + "true" + strings.Repeat(")", 20)} {
			require.Len(t, i.Admin.Post(t, "/records/lead/_query", doc{"where": where}).Want(t, 200).List(t), 3, "odd, and harmless")
		}
		for pointer, queries := range map[string][]string{
			"/limit": {"limit=0x10", "limit=-1", "limit=1001", "limit=1e3", "limit=99999999999999999999"}, "/offset": {"offset=-1", "offset=10001", "offset=x"}, "/count": {"count=maybe"}, "/view": {"view=nothing"}, "/bogus": {"bogus=1"},
			"/sort": {"sort=" + repeat("name", 9, ","), "sort=demand", "sort=-", "sort=name%3Bdrop", "sort=NAME"}, "/fields": {"fields=nothing", "fields=" + repeat("x", 3000, ",")}, "/expand": {"expand=nothing", "expand=name"},
			"/where": {"where=name%20%3D%3D%20%22%ff%22", "where=%20"}, "/q": {"q=%00", "q=" + strings.Repeat("x", 5000)}, "/cursor": {"cursor=abc", "cursor=%00", "cursor=" + strings.Repeat("A", 4000)},
		} {
			for _, query := range queries {
				answer := i.Admin.Get(t, "/records/lead?"+query)
				require.Equal(t, 400, answer.Status, query)
				_, items := answer.Fault(t)
				require.Contains(t, items, pointer, query)
			}
		}
		for _, where := range []string{"true) || (true", "true // and so on", "false // or so"} {
			alone := i.Admin.Post(t, "/records/lead/_query", doc{"where": where})
			viewed := i.Admin.Post(t, "/records/lead/_query", doc{"where": where, "view": "lead_all"})
			require.Equal(t, alone.Status, viewed.Status, "a view changes what %q means", where)
		}
		many := url.Values{}
		for n := range 1000 {
			many.Set(fmt.Sprint("k", n), "1")
		}
		i.Admin.Get(t, "/records/lead?"+many.Encode()).Want(t, 400)
		for ask, pointer := range map[string]string{
			`{}`: "/measures", `{"measures":[]}`: "/measures", `{"measures":[` + repeat(`{"as":"n","function":"count"}`, 21, ",") + `]}`: "/measures", `{"measures":[{"as":"n","function":"median"}]}`: "/measures/0/field",
			`{"measures":[{"as":"n; --","function":"count"}]}`: "/measures/0/as", `{"measures":[{"as":"n","function":"sum","field":"name"}]}`: "/measures/0/function", `{"measures":[{"as":"n","function":"count"}],"limit":10001}`: "/limit",
			`{"measures":[{"as":"n","function":"count"}],"groups":[` + repeat(`{"field":"status"}`, 5, ",") + `]}`: "/groups", `{"measures":[{"as":"n","function":"count"}],"groups":[{"field":"status","by":"month"}]}`: "/groups/0/by",
			`{"measures":[{"as":"n","function":"count"}],"groups":[{"field":"created_at","by":"second"}]}`: "/groups/0/by", `{"measures":[{"as":"n","function":"count"}],"having":"m > 1"}`: "/having", `{"measures":[{"as":"n","function":"count"}],"sort":["m"]}`: "/sort/0",
		} {
			_, items := i.Admin.Post(t, "/records/lead/_aggregate", ask).Want(t, 400).Fault(t)
			require.Contains(t, items, pointer, ask)
		}
	})
}

// TestForgedCursorsAreRefused: a cursor belongs to its object, its order and
// its reader, and no byte of it can be changed.
func TestForgedCursorsAreRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for n := range 3 {
			i.Admin.Post(t, "/records/lead", doc{"name": fmt.Sprint(n), "company": "x"}).Want(t, 201)
			i.Person(t, fmt.Sprint("Person ", n))
		}
		other := i.Person(t, "Other", "admin")
		var page struct{ Page struct{ Next string } }
		i.Admin.Get(t, "/records/lead?limit=1&sort=name").Want(t, 200).Into(t, &page)
		cursor := page.Page.Next
		i.Admin.Get(t, "/records/lead?limit=1&sort=name&cursor="+cursor).Want(t, 200)
		refused := func(client *enginetest.Client, path, cursor string) {
			t.Helper()
			code, _ := client.Get(t, path+"&cursor="+url.QueryEscape(cursor)).Want(t, 400).Fault(t)
			require.Equal(t, "invalid_cursor", code)
		}
		refused(i.Admin, "/records/lead?sort=-name", cursor)
		refused(i.Admin, "/records/lead?sort=name,company", cursor)
		refused(i.Admin, "/records/user?sort=name", cursor)
		refused(other, "/records/lead?sort=name", cursor)
		refused(i.Twin(t).Admin, "/records/lead?sort=name", cursor)
		refused(i.Admin, "/records/lead?sort=name", cursor+"AAAA")
		refused(i.Admin, "/records/lead?sort=name", cursor[:len(cursor)/2])
		for n := range cursor {
			forged := []byte(cursor)
			forged[n] = "AB"[slices.Index([]bool{false, true}, forged[n] == 'A')]
			answer := i.Admin.Get(t, "/records/lead?sort=name&cursor="+string(forged))
			require.Contains(t, []int{200, 400}, answer.Status)
			if answer.Status == 200 { // the last letter has bits that mean nothing
				require.Equal(t, len(cursor)-1, n)
			}
		}
	})
}

// sampleBodies is a good body for each route that reads one, for mutation; the
// routes whose body is nobody's business have an empty one.
func sampleBodies(lead string) map[string]string {
	return map[string]string{
		"POST /test/clock": `{"now":5,"advance":"x"}`, "POST /api/v1/setup": `{"locale":"en"}`,
		"POST /api/v1/auth/login": `{"email":"a@example.com","password":"x"}`, "POST /api/v1/auth/logout": "", "POST /api/v1/session/view_as": `{"user":"x"}`, "POST /api/v1/auth/password": `{"current":"x","new":"y"}`,
		"PATCH /api/v1/me": `{"name":"Ada Admin","locale":"en","timezone":"UTC"}`, "POST /api/v1/tokens": `{"name":"x","expires_in_days":1}`,
		"POST /api/v1/records/:object":            `{"name":"a","company":"b","score":1,"email":"a@example.com","next_followup_at":"2026-01-01T00:00:00Z","do_not_call":true,"status":"new","owner":null}`,
		"POST /api/v1/records/:object/_query":     `{"where":"true","sort":["name"],"fields":["name"],"expand":["owner"],"limit":1,"offset":0,"cursor":"","count":"exact","view":"lead_open","q":"x"}`,
		"POST /api/v1/records/:object/_aggregate": `{"where":"true","groups":[{"field":"created_at","by":"month"}],"measures":[{"as":"n","function":"sum","field":"score"}],"having":"n > 1","sort":["-n"],"limit":1,"view":""}`,
		"POST /api/v1/metrics/:name/_evaluate":    `{"period":"this_month","owner":"` + lead + `","department":"` + lead + `"}`,
		"POST /api/v1/reports/:name/_evaluate":    `{"from":"2026-01-01","to":"2026-02-01","owner":"` + lead + `"}`,
		"POST /api/v1/records/:object/_batch":     `{"atomic":false,"dry_run":true,"operations":[{"op":"update","id":"` + lead + `","version":1,"values":{"name":"x"}},{"op":"upsert","match":["name"],"values":{"name":"x"}}]}`,
		"PATCH /api/v1/records/:object/:id":       `{"name":"a","score":1,"website":"https://example.com","industry":"other"}`, "POST /api/v1/records/:object/:id/restore": `{"values":{"name":"a"}}`, "PUT /api/v1/bin/retention": `{"days":90}`,
		"POST /api/v1/bin/files/:id/restore": "", "POST /api/v1/bin/definitions/restore": `{"definitions":[{"kind":"view","name":"x","field":""}]}`,
		"POST /api/v1/meta/_plan":                        `{"definitions":[{"kind":"object","name":"thing","type":"object","required":["a"],"properties":{"a":{"field":"text","maxLength":5},"b":{"field":"select","oneOf":[{"const":"x"}]},"c":{"field":"decimal","minimum":1}},"rules":[{"name":"r","assert":"a != null","message":"m"}],"index":[["a"]]},{"kind":"role","name":"r","inherits":["member"],"grants":[{"object":"lead","actions":["read"],"scope":{"where":"true"},"fields":{"read":["*"]}}]}],"delete":[{"kind":"view","name":"lead_open"}],"allow":["destructive"],"base":1}`,
		"POST /api/v1/roles/impact":                      `{"definitions":[{"kind":"role","name":"r","inherits":["member"],"abilities":["import"],"grants":[{"object":"lead","actions":["read"],"scope":"own","fields":{"read":["*"]}}],"restrict":[{"object":"lead","actions":["read"],"where":"score > 5"}]}],"delete":[{"kind":"role","name":"marketing"}],"base":1}`,
		"POST /api/v1/roles/prospect":                    `{"definitions":[{"kind":"role","name":"r","inherits":["member"],"abilities":["import"],"grants":[{"object":"lead","actions":["read"],"scope":"own","fields":{"read":["*"]}}],"restrict":[{"object":"lead","actions":["read"],"where":"score > 5"}]}],"delete":[{"kind":"role","name":"marketing"}],"base":1,"user":"` + lead + `"}`,
		"POST /api/v1/meta/_apply":                       `{"definitions":[{"kind":"view","name":"v","object":"lead","columns":["name",{"field":"company","width":100}],"filter":"true","sort":["name"]},{"kind":"app","name":"a","items":[{"object":"lead"}]}],"delete":[],"allow":[],"base":1,"note":"x"}`,
		"POST /api/v1/meta/_revisions/:revision/restore": "", "POST /api/v1/meta/_jobs/:id/cancel": "", "PUT /api/v1/meta/:kind/:name": `{"kind":"object","name":"lead"}`,
		"PUT /api/v1/meta/_drafts/:id":    `{"title":"x","base":1,"definitions":[{"kind":"view"}],"delete":[{"kind":"view","name":"x"}]}`,
		"POST /api/v1/calendars/holidays": `{"text":"BEGIN:VCALENDAR\nEND:VCALENDAR\n"}`,
		"POST /api/v1/expressions/check":  `{"object":"lead","expression":"name","use":"filter"}`, "POST /api/v1/expressions/evaluate": `{"object":"lead","expression":"name","record":"` + lead + `"}`,
		"PUT /api/v1/me/views/:object/:view": `{"view":"lead_open","title":"","filter":"true","sort":["name"],"columns":["name"],"widths":{"name":100},"group":"created_at:month","density":"compact"}`,
		"POST /api/v1/files":                 `{}`, "POST /api/v1/records/:object/:id/files": `{}`,
		"POST /api/v1/imports": `{}`, "PATCH /api/v1/imports/:id": `{"encoding":"UTF-8","separator":",","sheet":"","header":true,"columns":[{"index":0,"field":"name","on_existing":"overwrite","values":{"a":"b"}}],"match":["name"]}`,
		"POST /api/v1/records/:object/:id/shares":   `{"to":{"user":"` + lead + `"},"access":"read","until":"2099-01-01T00:00:00Z"}`,
		"POST /api/v1/records/:object/:id/comments": `{"text":"x","mentions":["` + lead + `"]}`, "PATCH /api/v1/records/:object/:id/comments/:comment": `{"text":"x","mentions":["` + lead + `"]}`,
		"POST /api/v1/records/:object/_duplicates":               `{"id":"` + lead + `","values":{"name":"a","company":"b","email":"a@example.com"}}`,
		"POST /api/v1/records/:object/_read_cells":               `{"columns":["name","owner"],"rows":[["a","Ada Admin"]]}`,
		"POST /api/v1/records/:object/:id/actions/merge":         `{"with":"` + lead + `","values":{"name":"a"}}`,
		"POST /api/v1/records/:object/:id/actions/merge/preview": `{"with":"` + lead + `","values":{"name":"a"}}`, "POST /api/v1/records/:object/:id/actions/undo_merge": `{"merge":"` + lead + `"}`,
		"POST /api/v1/records/:object/:id/actions/claim": "", "POST /api/v1/records/:object/:id/actions/release": `{"pool":"` + lead + `","reason":"x"}`, "POST /api/v1/records/:object/:id/actions/assign": `{"user":"` + lead + `"}`,
		"POST /api/v1/records/:object/_claim": `{"ids":["` + lead + `"]}`, "POST /api/v1/records/:object/_release": `{"ids":["` + lead + `"],"pool":"` + lead + `","reason":"x"}`, "POST /api/v1/records/:object/_assign": `{"ids":["` + lead + `"],"user":"` + lead + `"}`,
		"POST /api/v1/records/:object/:id/actions/convert": `{"targets":{"account":{"use":"` + lead + `","skip":false,"values":{"name":"a"}}}}`, "POST /api/v1/records/:object/:id/actions/undo_convert": "",
		"POST /api/v1/notifications/_read": `{"ids":["` + lead + `"],"all":true,"group":"me","until":"2026-01-01T00:00:00Z"}`, "POST /api/v1/notifications/:id/read": "", "POST /api/v1/notifications/:id/unread": "",
		"POST /api/v1/auth/totp": `{"code":"123456"}`, "POST /api/v1/auth/totp/enrol": `{"password":"x"}`, "POST /api/v1/auth/totp/confirm": `{"code":"123456"}`,
		"POST /api/v1/invitations": `{"email":"new@example.com","name":"n","roles":["sales_rep"],"department":"` + lead + `","manager":"` + lead + `","teams":["` + lead + `"],"expires_in_days":3}`, "POST /api/v1/invitations/:id/resend": "",
		"POST /api/v1/auth/invitation": `{"token":"x"}`, "POST /api/v1/auth/invitation/accept": `{"token":"x","name":"n","password":"x"}`,
		"POST /api/v1/people/:id/handovers": `{"to":"` + lead + `","objects":["lead"],"disable":true}`, "POST /api/v1/handovers/:id/undo": "",
		"POST /api/v1/delegations":              `{"person":"` + lead + `","to":"` + lead + `","from":"2026-01-01T00:00:00Z","until":"2026-02-01T00:00:00Z"}`,
		"POST /api/v1/people/:id/password_link": "", "POST /api/v1/auth/reset": `{"token":"x"}`, "POST /api/v1/auth/reset/password": `{"token":"x","password":"x"}`,
		"PATCH /api/v1/organisation": `{"name":"n","timezone":"UTC","locale":"en","languages":["en"],"currency":"CNY","currencies":["CNY"],"calendar":"","fiscal_year_start":4,"brand":{"name":"n","accent":"#112233","logo":""},"version":1}`, "POST /api/v1/organisation/logo": `{}`,
		"POST /api/v1/auth/passkey/options": `{"for":"sign_in"}`, "POST /api/v1/auth/passkey": `{"credential":{"id":"x"}}`, "POST /api/v1/auth/passkeys/enrol": `{"password":"x"}`,
		"POST /api/v1/auth/passkeys": `{"name":"x","credential":{"id":"x"}}`, "POST /api/v1/auth/passkeys/:id/remove": `{"password":"x","credential":{"id":"x"}}`,
		"PUT /api/v1/second_factor": `{"required_of":"everybody","days":7}`, "PUT /api/v1/single_sign_on": `{"only":true,"emergency":["` + lead + `"]}`, "POST /api/v1/single_sign_on/providers/:name/test": "", "POST /api/v1/single_sign_on/providers/:name/connect": `{"password":"x"}`,
		"POST /api/v1/single_sign_on/providers":        `{"name":"acme","title":{"en":"a","zh-CN":"b"},"issuer":"https://a.example.com","client_id":"c","secret":"s","enabled":true,"adds_people":true,"domains":["example.com"],"roles":["sales_rep"]}`,
		"PATCH /api/v1/single_sign_on/providers/:name": `{"title":{"en":"a","zh-CN":"b"},"issuer":"https://a.example.com","client_id":"c","secret":"s","enabled":true,"adds_people":true,"domains":["example.com"],"roles":["sales_rep"]}`,
		"POST /api/v1/auth/totp/recovery_codes":        `{"password":"x"}`, "POST /api/v1/auth/totp/off": `{"password":"x"}`,
		"PUT /api/v1/records/:object/:id/follow": "", "POST /api/v1/duplicates/:object/_scan": "", "POST /api/v1/duplicates/:object/_dismiss": `{"records":["` + lead + `"]}`, "POST /api/v1/duplicates/:id/dismiss": "",
		"POST /api/v1/imports/:id/plan": "", "POST /api/v1/imports/:id/run": "", "POST /api/v1/imports/:id/undo": "", "POST /api/v1/imports/:id/cancel": "", "POST /api/v1/imports/:id/recipes": `{"name":"x","shared":false}`, "POST /api/v1/imports/:id/pause": "", "POST /api/v1/imports/:id/resume": "",
		"PATCH /api/v1/imports/:id/rows": `{"rows":[{"row":1,"values":{"name":"x"},"left_out":true}],"replace":[{"field":"name","value":"a","with":"b"}]}`,
		"POST /api/v1/exports":           `{"object":"lead","where":"true","q":"a","sort":["name"],"fields":["name"],"view":"lead_open","format":"csv"}`,
	}
}

// TestEveryRouteRefusesWrongTypes sends, to each route, values of every wrong
// type for its body and for each member of it: never an internal error.
func TestEveryRouteRefusesWrongTypes(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		lead := i.Admin.Post(t, "/records/lead", doc{"name": "a", "company": "b"}).Want(t, 201).Data(t)["id"].(string)
		imported := i.Admin.Upload(t, "lead", "a.csv", []byte("Name,Company\na,b\n")).Want(t, 201).Data(t)["id"].(string)
		samples := sampleBodies(lead)
		for _, route := range i.Server.Routes() {
			paths := []string{}
			for _, id := range []string{lead, imported, "nothing", "%00", "%ff", strings.Repeat("z", 36)} {
				path := strings.NewReplacer(":object", "lead", ":kind", "object", ":name", "lead", ":view", "lead_open", ":revision", "1", ":id", id).Replace(route.Path)
				if !slices.Contains(paths, path) && (id != lead || route.Method != http.MethodDelete) {
					paths = append(paths, path)
				}
			}
			if strings.HasSuffix(route.Path, ":revision/restore") || route.Method == http.MethodDelete && strings.Contains(route.Path, "/meta/") {
				continue // those change what the others need, and read no body
			}
			sample, ok := samples[route.Method+" "+route.Path]
			reads := route.Method == http.MethodPost || route.Method == http.MethodPut || route.Method == http.MethodPatch
			require.True(t, ok || !reads, "%s %s has no sample of its body", route.Method, route.Path)
			for _, path := range paths {
				for _, body := range []string{"[]", "5", `"x"`, "null", "true", "", `{"\u0000":null}`} {
					answer := i.Admin.Do(t, route.Method, "/"+path, []byte(body))
					require.Less(t, answer.Status, 500, "%s %s %s: %s", route.Method, path, body, answer.Body)
					if sample != "" {
						require.GreaterOrEqual(t, answer.Status, 400, "%s %s takes %s", route.Method, path, body)
					}
				}
			}
			if sample == "" {
				continue
			}
			var good any
			require.NoError(t, json.Unmarshal([]byte(sample), &good))
			for _, wrong := range []any{nil, true, 1e300, "\x00", []any{[]any{nil}}, doc{"a": 1}} {
				mutate(good, wrong, func() {
					raw, err := json.Marshal(good)
					require.NoError(t, err)
					answer := i.Admin.Do(t, route.Method, "/"+paths[0], raw)
					require.Less(t, answer.Status, 500, "%s %s %s: %s", route.Method, paths[0], raw, answer.Body)
				})
			}
		}
		alive(t, i, "all of this")
	})
}

// mutate calls try with each member of a value replaced by a wrong one, in
// turn.
func mutate(value, wrong any, try func()) {
	switch v := value.(type) {
	case map[string]any:
		for key, old := range v {
			v[key] = wrong
			try()
			v[key] = old
			mutate(old, wrong, try)
		}
	case []any:
		for n, old := range v {
			v[n] = wrong
			try()
			v[n] = old
			mutate(old, wrong, try)
		}
	}
}
