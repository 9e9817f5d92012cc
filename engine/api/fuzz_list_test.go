package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// longest is how much of a text is tried, so that the address is not refused
// for its length.
const longest = 1_000

// leads gives an installation with some records to list.
func leads(f *testing.F) *enginetest.Installation {
	f.Helper()
	i := enginetest.NewSQLite(f)
	for n := range 5 {
		i.Admin.Post(f, "/records/lead", doc{"name": fmt.Sprint("李雷 ", n), "company": "Acme", "score": n}).Want(f, 201)
	}
	return i
}

// FuzzList: whatever is asked of a list, it is answered or refused by name, and
// in the same words whether it stands in the address or in a body.
func FuzzList(f *testing.F) {
	seeds := []struct{ where, sort, fields, expand, limit, offset, count, search string }{
		{where: `score > 2 && name.startsWith("李")`, sort: "-score,name", fields: "name,score", limit: "2", count: "exact"},
		{where: `owner.name == me.name`, expand: "owner", offset: "3", count: "estimate", search: "lilei"},
		{where: `pinyin(name).contains("LEI") || (`, sort: "name,name,-name", fields: "*", limit: "-1", offset: "10001", count: "some"},
		{where: "true\x00", sort: "-", fields: ",,", expand: "owner.owner.owner", limit: "1e3", offset: "0x10"},
		{where: "\xff", sort: "--id", fields: "password", expand: "\ufeff", limit: "99999999999999999999", search: `"%_*'`},
		{sort: strings.Repeat("name,", 100), fields: "id,version,created_at", limit: "1000", search: " "},
	}
	for _, s := range seeds {
		f.Add(s.where, s.sort, s.fields, s.expand, s.limit, s.offset, s.count, s.search)
	}
	i := leads(f)
	f.Fuzz(func(t *testing.T, where, sort, fields, expand, limit, offset, count, search string) {
		texts := map[string]string{"where": where, "sort": sort, "fields": fields, "expand": expand, "count": count, "q": search}
		address, body, speakable := url.Values{}, doc{}, true
		for name, text := range texts {
			if text == "" {
				continue
			}
			text = text[:min(len(text), longest/len(texts))]
			address.Set(name, text)
			body[name] = text
			speakable = speakable && utf8.ValidString(text)
		}
		for name, text := range map[string]string{"limit": limit, "offset": offset} {
			if text == "" {
				continue
			}
			address.Set(name, text[:min(len(text), 100)])
			number, err := strconv.Atoi(text)
			body[name], speakable = number, speakable && err == nil
		}
		asked := i.Admin.Get(t, "/records/lead?"+address.Encode())
		answered(t, asked)
		if speakable {
			told := i.Admin.Post(t, "/records/lead/_query", body)
			require.Equal(t, asked.Status, told.Status, "%s", told.Body)
			require.Equal(t, unnamed(t, asked), unnamed(t, told))
		}
	})
}

// answered sees that a list was given, or refused by name.
func answered(t *testing.T, a *enginetest.Answer) {
	t.Helper()
	require.Contains(t, []int{200, 400}, a.Status, "%s", a.Body)
	require.True(t, json.Valid(a.Body))
	if a.Status == 400 {
		code, items := a.Fault(t)
		require.NotEmpty(t, code)
		require.NotEmpty(t, items)
	}
}

// unnamed is an answer without the name that each request has.
func unnamed(t *testing.T, a *enginetest.Answer) doc {
	t.Helper()
	var body doc
	a.Into(t, &body)
	delete(body, "request_id")
	return body
}

// FuzzListBody: a body that asks for a list is answered or refused by name.
func FuzzListBody(f *testing.F) {
	for _, seed := range []string{
		`{"where":"score > 1","sort":["-score"],"limit":2,"count":"exact"}`, `{"sort":"name,-id","fields":[]}`, `{"limit":-1,"offset":1e9}`, `{"cursor":5}`,
		`{"sort":[["name"]]}`, `{"where":null,"sort":null}`, `{"q":["a"]}`, `{"limit":1.5}`, `[]`, `null`, `{"wher":"true"}`, `{"where":"true","where":"false"}`, `{"view":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	i := leads(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		a := i.Admin.Post(t, "/records/lead/_query", body)
		require.Contains(t, []int{200, 400, 413, 422}, a.Status, "%s", a.Body)
		require.True(t, json.Valid(a.Body))
	})
}

// FuzzCursor: a list goes on, and the feed does, from nowhere but where the
// server said.
func FuzzCursor(f *testing.F) {
	i := leads(f)
	const list, feed = "/records/lead?limit=2&sort=-score,name", "/changes?limit=2"
	given := map[string]string{}
	for path, parameter := range map[string]string{list: "&cursor=", feed: "&since="} {
		var answer struct{ Page struct{ Next string } }
		i.Admin.Get(f, path).Want(f, 200).Into(f, &answer)
		require.NotEmpty(f, answer.Page.Next)
		given[path+parameter] = answer.Page.Next
	}
	for cursor := range maps.Values(given) {
		for _, seed := range []string{cursor, cursor + "A", cursor[1:], cursor[:len(cursor)-1], strings.ToUpper(cursor), cursor + "\n" + cursor} {
			f.Add(seed)
		}
	}
	for _, seed := range []string{"e30", "....", "\x00", "\xff\xfe", strings.Repeat("A", 500), base64.RawURLEncoding.EncodeToString([]byte(`[{"t":"n","v":"1e999999999"}]`))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		cursor = cursor[:min(len(cursor), longest)]
		said, wrong := base64.RawURLEncoding.DecodeString(cursor)
		for path, good := range given {
			known, err := base64.RawURLEncoding.DecodeString(good)
			require.NoError(t, err)
			a := i.Admin.Get(t, path+url.QueryEscape(cursor))
			if cursor == "" || wrong == nil && string(said) == string(known) {
				a.Want(t, 200)
				continue
			}
			code, _ := a.Want(t, 400).Fault(t)
			require.Equal(t, "invalid_cursor", code)
		}
	})
}

// FuzzIdempotencyKey: any key that a header can hold names one write, or is
// refused and nothing is written.
func FuzzIdempotencyKey(f *testing.F) {
	for _, seed := range []string{"a", "0190b3c1-7d2e-7000-8000-00000000000a", "a b", `"quoted"`, "a\x00b", "键", "\xff", "*/0", "a\tb", "' or 1=1 --", strings.Repeat("k", 255), strings.Repeat("k", 256)} {
		f.Add(seed)
	}
	i := enginetest.NewSQLite(f)
	used := map[string]bool{}
	f.Fuzz(func(t *testing.T, key string) {
		key = strings.Trim(key, " \t") // as servers do with headers
		if used[key] || key == "" || len(key) > 4*longest {
			return
		}
		used[key] = true
		with, before := i.Admin.With("Idempotency-Key", key), count(t, i)
		first, err := with.Try("POST", "/records/lead", doc{"name": "Li", "company": "Acme"})
		if err != nil {
			return // no header can hold it
		}
		again := with.Post(t, "/records/lead", doc{"name": "Li", "company": "Acme"})
		if first.Status == 201 {
			require.Equal(t, string(first.Body), string(again.Want(t, 201).Body))
			require.Equal(t, before+1, count(t, i))
			code, _ := with.Post(t, "/records/lead", doc{"name": "Han", "company": "Acme"}).Want(t, 422).Fault(t)
			require.Equal(t, "idempotency_mismatch", code)
			return
		}
		first.Want(t, 400)
		again.Want(t, 400)
		require.Equal(t, before, count(t, i))
	})
}

// count is how many leads there are.
func count(t *testing.T, i *enginetest.Installation) int {
	t.Helper()
	var answer struct{ Page struct{ Total int } }
	i.Admin.Get(t, "/records/lead?limit=1&count=exact").Want(t, 200).Into(t, &answer)
	return answer.Page.Total
}
