package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
)

// operationSpec is an operation as the description tells it.
type operationSpec struct {
	method, path string
	parameters   []parameterSpec
	format       string // of the body; "" takes none
	body         any    // its schema
}

type parameterSpec struct {
	Name, In string
	Schema   any
}

// walker calls what a description describes, knowing nothing else of it.
type walker struct {
	*bodies
	i       *enginetest.Installation
	callers []*enginetest.Client // a stranger, somebody restricted, the administrator
	specs   []operationSpec
	codes   map[string]bool
	client  http.Client
	counts  map[string]int

	statements []string // that tell the extent of the tables as they are now
}

// describe reads the description that the administrator gets now.
func (w *walker) describe(t *testing.T) {
	t.Helper()
	var description struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Schemas map[string]any }
	}
	w.callers[2].Get(t, "/openapi.json").Want(t, 200).Into(t, &description)
	w.schemas, w.specs, w.codes = description.Components.Schemas, nil, map[string]bool{}
	for _, code := range w.resolve(map[string]any{"$ref": "#/components/schemas/Problem"})["properties"].(map[string]any)["code"].(map[string]any)["enum"].([]any) {
		w.codes[code.(string)] = true
	}
	for _, path := range sorted(description.Paths) {
		for _, method := range sorted(description.Paths[path]) {
			var told struct {
				Parameters  []parameterSpec
				RequestBody struct {
					Content map[string]struct{ Schema any }
				}
			}
			require.NoError(t, json.Unmarshal(description.Paths[path][method], &told))
			spec := operationSpec{method: strings.ToUpper(method), path: path, parameters: told.Parameters}
			for format, content := range told.RequestBody.Content {
				spec.format, spec.body = format, content.Schema
			}
			w.specs = append(w.specs, spec)
		}
	}
}

// step is one request of a walk.
type step struct {
	caller       int
	method, path string
	header       map[string]string
	body         []byte
}

// String is the step, shortened, as a failure shows it.
func (s step) String() string {
	return fmt.Sprintf("caller %d: %s %.300s %.200v %.600q", s.caller, s.method, s.path, s.header, s.body)
}

// A walk leaves out only what would end its own credentials: moving the clock,
// by which they expire, writes to the people who walk, and the ids of their keys.
func endsTheWalk(spec operationSpec) bool { return spec.path == "/test/clock" }

func (w *walker) step() step {
	spec := w.specs[w.IntN(len(w.specs))]
	for endsTheWalk(spec) {
		spec = w.specs[w.IntN(len(w.specs))]
	}
	s := step{caller: []int{0, 1, 1, 1, 2, 2, 2, 2}[w.IntN(8)], method: spec.method, path: spec.path, header: map[string]string{}}
	var query []string
	for _, parameter := range spec.parameters {
		switch value := w.parameter(parameter, s.path); {
		case parameter.In == "path":
			s.path = strings.Replace(s.path, "{"+parameter.Name+"}", value, 1)
		case parameter.In == "query" && w.one(5):
			query = append(query, parameter.Name+"="+value)
		case parameter.In == "header" && w.one(4):
			s.header[parameter.Name] = headerText(value)
		}
	}
	if w.one(50) {
		query = append(query, url.QueryEscape(hostileText(w.Rand))+"="+url.QueryEscape(hostileText(w.Rand)))
	}
	if len(query) > 0 {
		s.path += "?" + strings.Join(query, "&")
	}
	if w.one(100) {
		s.method = []string{"PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "POST", "PATCH", "GET"}[w.IntN(8)]
	}
	if w.one(20) {
		s.header["Accept-Language"] = headerText(hostileText(w.Rand))
	}
	if spec.format != "" || w.one(50) {
		kind, body := w.body(spec)
		s.header["Content-Type"], s.body = kind, body
		if w.one(100) {
			s.header["Content-Type"] = []string{"text/plain", "", "application/json; charset=utf-16", "multipart/form-data", "application/x-www-form-urlencoded"}[w.IntN(5)]
		}
		if w.one(200) {
			s.header["Content-Encoding"] = []string{"gzip", "identity", "br"}[w.IntN(3)]
		}
	}
	return s
}

// headerText keeps what a client may send in a header at all.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// parameter is a value for a parameter, escaped for an address: mostly one that
// answers have shown, at its path or under its name.
func (w *walker) parameter(parameter parameterSpec, path string) string {
	before, _, _ := strings.Cut(path, "{")
	switch pools := [][]string{w.seen[before], w.seen[parameter.Name]}; {
	case parameter.In == "path" && w.one(16):
		return []string{"..%2f..%2fetc%2fpasswd", "..", "%2F", "a%2Fb", "%00", "%ff", "%25", ".", "%e7%95%8c", strings.Repeat("x", 3000), "x;y=z", "'%20or%201=1--", "%7Bid%7D", "00000000-0000-7000-8000-0000000000ff", "-1", "99999999999999999999", "a%0d%0aSet-Cookie:x", "\\"}[w.IntN(18)]
	case len(pools[0]) > 0 && parameter.In == "path" && !w.one(12):
		return url.PathEscape(pools[0][w.IntN(len(pools[0]))])
	case len(pools[1]) > 0 && !w.one(5):
		return url.PathEscape(pools[1][w.IntN(len(pools[1]))])
	case w.one(5):
		return url.QueryEscape(hostileText(w.Rand))
	default:
		return url.QueryEscape(fmt.Sprint(w.valid(parameter.Schema, 0)))
	}
}

// notes remembers what an answer shows, but for who walks.
func (w *walker) notes(path string, value any) {
	switch v := value.(type) {
	case []any:
		for _, member := range v {
			w.notes(path, member)
		}
	case map[string]any:
		for _, name := range sorted(v) {
			text, isText := v[name].(string)
			if isText && slices.ContainsFunc(w.callers, func(c *enginetest.Client) bool { return c.UserID == text }) {
				return
			}
			if isText && len(text) < 100 {
				w.note(name, text)
			}
			if name == "id" && isText {
				w.note(path+"/", text)
			}
			w.notes(path, v[name])
		}
	}
}

func (w *walker) note(name, text string) {
	list := w.seen[name]
	if slices.Contains(list, text) {
		return
	}
	if list = append(list, text); len(list) > 40 {
		list = list[1:]
	}
	w.seen[name] = list
}

// call makes a request as it is, whatever its path; what never ends is left
// after its header.
func (w *walker) call(t *testing.T, s step) (answer *enginetest.Answer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	address, err := url.Parse(w.i.URL)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(ctx, s.method, w.i.URL, bytes.NewReader(s.body))
	require.NoError(t, err)
	request.URL = &url.URL{Scheme: "http", Host: address.Host, Opaque: "//" + address.Host + strings.ReplaceAll(s.path, " ", "%20")}
	for name, value := range s.header {
		request.Header.Set(name, value)
	}
	if token := w.callers[s.caller].Token; token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := w.client.Do(request)
	if errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "connection reset") {
		return nil // cut with the bytes that are no request; the next one sees whether the server lives
	}
	require.NoError(t, err, "%s", s)
	defer response.Body.Close() //nolint:errcheck // it was read to its end, or has none
	if response.Header.Get("Content-Type") == "text/event-stream" {
		return &enginetest.Answer{Status: response.StatusCode, Header: response.Header}
	}
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err, "%s", s)
	return &enginetest.Answer{Status: response.StatusCode, Header: response.Header, Body: body}
}

// telling is what no refusal may show: SQL, paths, stacks, tables.
var telling = regexp.MustCompile(`(?i)SQLSTATE|sqlite|postgres|pgx|gorm|goroutine|panic|runtime error|\.go:\d|/root/|/tmp/|/home/|\bselect\s[\w"*,.() ]+\sfrom\s|insert into|syntax error at|constraint failed|\bsys_[a-z]|json: |cannot unmarshal|strconv\.`)

// judge holds an answer to what every answer keeps.
func (w *walker) judge(t *testing.T, s step, answer *enginetest.Answer) {
	t.Helper()
	require.Less(t, answer.Status, 500, "%s\n%s", s, answer.Body)
	require.Empty(t, answer.Header.Get("X-Powered-By")+answer.Header.Get("Server"), "%s", s)
	if answer.Status < 400 || s.method == http.MethodHead {
		return
	}
	require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"), "%s\n%d %.300s", s, answer.Status, answer.Body)
	var problem struct {
		Status int
		Code   string
		Errors []struct{ Code string }
	}
	require.NoError(t, json.Unmarshal(answer.Body, &problem), "%s\n%s", s, answer.Body)
	require.Equal(t, answer.Status, problem.Status, "%s\n%s", s, answer.Body)
	for _, item := range append(problem.Errors, struct{ Code string }{problem.Code}) {
		require.True(t, w.codes[item.Code], "%s: the code %q is not described", s, item.Code)
	}
	require.Less(t, len(answer.Body), 200<<10, "%s: a refusal of %d bytes", s, len(answer.Body))
	require.NotRegexp(t, telling, unsaid(string(answer.Body)), "%s", s)
	require.False(t, s.caller > 0 && problem.Code == "unauthorized", "%s: the walk lost its credentials", s)
}

// unsaid leaves out of an answer what it repeats of its request.
func unsaid(answer string) string {
	for _, text := range hostileTexts() {
		if len(text) > 5 {
			answer = strings.ReplaceAll(answer, text, "")
		}
	}
	return answer
}

// counting are the statements that count the rows of each table that requests
// write into, and tell the last change.
func counting(t *testing.T, i *enginetest.Installation) (statements []string) {
	t.Helper()
	shape, err := store.Introspect(t.Context(), i.Store)
	require.NoError(t, err)
	var parts []string
	for _, table := range slices.Concat(shape.Objects, shape.System) {
		if !slices.Contains([]string{"sys_audit", "sys_audit_end", "sys_login_attempt", "sys_token", "sys_session", "sys_job", "sys_schedule"}, table.Name) {
			parts = append(parts, fmt.Sprintf("SELECT '%s' AS name, count(*) AS many FROM %s", table.Name, i.Store.Dialect().Quote(table.Name)))
		}
	}
	parts = append(parts, "SELECT 'last', coalesce(max(id), 0) FROM sys_change", "SELECT 'versions', coalesce(sum(version), 0) FROM sys_comment")
	for chunk := range slices.Chunk(parts, 60) {
		statements = append(statements, strings.Join(chunk, " UNION ALL "))
	}
	return statements
}

// extent is how much of everything there is.
func (w *walker) extent(t *testing.T) string {
	t.Helper()
	if w.statements == nil {
		w.statements = counting(t, w.i)
	}
	var all []string
	for _, statement := range w.statements {
		rows, err := w.i.Store.Query(t.Context(), statement)
		require.NoError(t, err)
		for rows.Next() {
			var name string
			var many int64
			require.NoError(t, rows.Scan(&name, &many))
			all = append(all, fmt.Sprint(name, " ", many))
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return strings.Join(all, "\n")
}

// idle waits until no job is left that could change anything.
func idle(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	require.Eventually(t, func() bool {
		var busy int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_job WHERE state = 'running' OR state = 'waiting' AND run_at <= ?", i.Clock.Now().UnixMilli()).Scan(&busy))
		return busy == 0
	}, time.Minute, 10*time.Millisecond)
}

// changesNothing sees that a refused request left everything as it was. What
// works beside it may have changed something meanwhile; then it is made again
// when nothing else works.
func (w *walker) changesNothing(t *testing.T, s step, before string) {
	t.Helper()
	if w.extent(t) == before {
		return
	}
	idle(t, w.i)
	before = w.extent(t)
	if answer := w.call(t, s); answer == nil || answer.Status < 400 {
		return
	}
	idle(t, w.i)
	require.Equal(t, before, w.extent(t), "%s was refused and left a trace", s)
}

// TestEveryRouteStandsWhatIsSentToIt walks over every route that the API's own
// description has, with good, wrong and hostile requests, as a stranger,
// somebody restricted and the administrator: nothing fails inside, no refusal
// tells what is inside, and none leaves a trace.
func TestEveryRouteStandsWhatIsSentToIt(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		random := enginetest.Random(t)
		world := equalWorld(t, i)
		w := &walker{
			bodies: &bodies{Rand: random, seen: map[string][]string{}}, i: i, counts: map[string]int{},
			callers: []*enginetest.Client{{URL: i.URL}, world[1], world[0]},
		}
		for asked := range enginetest.Times(1500, 100_000) {
			if asked%500 == 0 { // the walk may have taken away what it walks on
				i.Admin.Post(t, "/meta/_apply", doc{"definitions": equalDefinitions(), "allow": []any{"destructive"}}).Want(t, 200)
				w.describe(t)
				w.statements = nil
			}
			s := w.step()
			before := ""
			if asked%4 == 0 || s.method != http.MethodGet {
				before = w.extent(t)
			}
			answer := w.call(t, s)
			if answer == nil {
				require.Equal(t, 200, i.Admin.Get(t, "/me").Status, "the server is gone after %s", s)
				continue
			}
			w.judge(t, s, answer)
			w.counts[fmt.Sprint(answer.Status)]++
			switch {
			case answer.Status >= 400 && before != "":
				w.changesNothing(t, s, before)
			case answer.Status < 300:
				if s.method != http.MethodGet && strings.Contains(s.path, "/meta/") {
					w.statements = nil
				}
				var value any
				path, _, _ := strings.Cut(s.path, "?")
				if json.Unmarshal(answer.Body, &value) == nil && !strings.HasSuffix(path, "/tokens") {
					w.notes(strings.TrimSuffix(path, "/_query"), value)
				}
			}
		}
		t.Log(w.counts)
		require.Equal(t, 200, i.Admin.Get(t, "/me").Status)
	})
}
