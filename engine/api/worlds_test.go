package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// The ids of the records in both worlds.
const (
	theirs    = "00000000-0000-7000-8000-0000000000d1" // east, another's: amount is seen, margin is not
	mine      = "00000000-0000-7000-8000-0000000000d2" // west, one's own: margin is seen, amount is not
	invisible = "00000000-0000-7000-8000-0000000000d3" // west, another's
	extra     = "00000000-0000-7000-8000-0000000000d4" // as invisible, in one world only
	person    = "00000000-0000-7000-8000-0000000000e1"
	other     = "00000000-0000-7000-8000-0000000000e2"
	absent    = "00000000-0000-7000-8000-0000000000ff"
	seen      = "00000000-0000-7000-8000-0000000000a1"
	said      = "00000000-0000-7000-8000-0000000000c1" // a comment on the invisible record
	held      = "00000000-0000-7000-8000-0000000000f1" // a file in a hidden field of the record that is seen
	beside    = "00000000-0000-7000-8000-0000000000f2" // a file of the invisible record
	unseen    = "00000000-0000-7000-8000-0000000000a2"
	elsewhere = "00000000-0000-7000-8000-0000000000b1" // what waits in a pool of others, and that pool
)

// secrets are what differs between the worlds.
type secrets struct {
	margin, amount, note, account string
	phone                         string // of which only the middle differs
	extra                         bool
}

// A rule must hold whoever writes, so that it answers about fields its writer
// may not see: its name and its message, never a value. That is documented, and
// the attacks stay clear of it.

// overlapping are two roles that overlap: one sees the east without margins,
// the other sees what one owns without amounts. Together they show no cell
// that neither shows alone.
func overlapping() []any {
	text := func(kind string, more map[string]any) map[string]any {
		property := map[string]any{"field": kind}
		maps.Copy(property, more)
		return property
	}
	decimals := map[string]any{"decimals": 2, "index": true}
	return []any{
		map[string]any{"kind": "object", "name": "firm", "type": "object", "properties": map[string]any{
			"name": text("text", nil), "revenue": text("decimal", decimals), "open": text("boolean", nil),
		}},
		map[string]any{
			"kind": "object", "name": "deal", "type": "object", "display": "name",
			"properties": map[string]any{
				"name": text("text", map[string]any{"search": true}), "region": text("select", map[string]any{"oneOf": []any{map[string]any{"const": "east"}, map[string]any{"const": "west"}}}),
				"amount": text("decimal", decimals), "margin": text("decimal", decimals), "note": text("text", map[string]any{"search": true}),
				"firm": text("lookup", map[string]any{"target": "firm"}), "pool": text("lookup", map[string]any{"target": "pool"}), "salary": text("integer", map[string]any{"sensitive": true}), "paper": text("file", nil),
				"phone": text("phone", map[string]any{"search": true, "index": true}), "called": map[string]any{"field": "formula", "expression": "phone"},
			},
			"rules": []any{map[string]any{"name": "sane", "assert": "margin == null || amount == null || margin <= amount", "message": "The margin is above the amount.", "at": []string{"margin"}}},
			"behaviours": map[string]any{"pool": map[string]any{"field": "pool"}, "duplicates": []any{
				map[string]any{"action": "warn", "match": []any{map[string]any{"field": "margin", "by": "exact"}}},
				map[string]any{"action": "warn", "match": []any{map[string]any{"field": "name", "by": "similar"}}},
				map[string]any{"action": "warn", "match": []any{map[string]any{"field": "phone", "by": "exact"}}},
			}},
		},
		map[string]any{"kind": "form", "name": "deal_default", "object": "deal", "sections": []any{map[string]any{"fields": []any{"name", map[string]any{"field": "margin", "showIf": "amount > 5"}, "salary"}}}},
		map[string]any{"kind": "view", "name": "deal_rich", "object": "deal", "columns": []string{"name", "salary"}, "filter": "salary > 100"},
		reportOf("by_phone", "phone", "count", ""), metricOf("phoned", "count", "", "phone.contains(\"1380000\")", ""),
		metricOf("deals", "count", "", "", "created_at"), metricOf("margins", "sum", "margin", "", ""), metricOf("rich", "count", "", "salary > 100", ""),
		metricOf("thick", "count", "", "margin > 50", ""), metricOf("shadows", "count", "", `firm.name != null`, ""), metricOf("revenues", "count", "", "firm.revenue > 50", ""),
		map[string]any{"kind": "metric", "name": "mean", "formula": "margins / deals"},
		map[string]any{"kind": "metric", "name": "share", "formula": "rich / deals"},
		reportOf("by_margin", "margin", "count", ""), reportOf("by_region", "region", "sum", "amount"), reportOf("by_note", "note", "count", ""), reportOf("by_firm", "firm", "count_distinct", "amount"), reportOf("by_salary", "region", "max", "salary"),
		map[string]any{"kind": "dashboard", "name": "board", "cards": []any{
			map[string]any{"metric": "rich", "x": 0, "y": 0, "w": 3, "h": 2}, map[string]any{"metric": "deals", "x": 3, "y": 0, "w": 3, "h": 2}, map[string]any{"report": "by_salary", "x": 6, "y": 0, "w": 3, "h": 2},
		}},
		map[string]any{"kind": "dashboard", "name": "hidden_board", "cards": []any{map[string]any{"metric": "share", "x": 0, "y": 0, "w": 3, "h": 2}}},
		map[string]any{"kind": "app", "name": "boards", "items": []any{map[string]any{"dashboard": "board"}, map[string]any{"dashboard": "hidden_board"}}},
		map[string]any{"kind": "role", "name": "east", "abilities": []string{"import", "export"}, "grants": []any{
			map[string]any{"object": "deal", "actions": []string{"read", "update"}, "scope": map[string]any{"where": `region == "east"`}, "fields": map[string]any{"read": []string{"name", "region", "amount", "firm", "called"}, "update": []string{"name"}, "mask": []string{"phone"}}},
			map[string]any{"object": "firm", "actions": []string{"read"}, "scope": map[string]any{"where": "open"}, "fields": map[string]any{"read": []string{"name"}}},
		}},
		map[string]any{"kind": "role", "name": "holder", "abilities": []string{"claim"}, "grants": []any{
			map[string]any{"object": "deal", "actions": []string{"read"}, "scope": "pool", "fields": map[string]any{"read": []string{"name", "region", "pool"}}},
			map[string]any{"object": "deal", "actions": []string{"create", "read", "update", "delete"}, "scope": "own", "fields": map[string]any{"read": []string{"name", "region", "margin"}, "update": []string{"name", "region", "margin"}}},
		}},
	}
}

func metricOf(name, function, field, where, date string) map[string]any {
	measure := map[string]any{"function": function}
	metric := map[string]any{"kind": "metric", "name": name, "object": "deal", "measure": measure}
	for key, text := range map[string]string{"where": where, "date": date} {
		if text != "" {
			metric[key] = text
		}
	}
	if field != "" {
		measure["field"] = field
	}
	return metric
}

func reportOf(name, group, function, field string) map[string]any {
	measure := map[string]any{"name": "n", "function": function}
	if field != "" {
		measure["field"] = field
	}
	return map[string]any{"kind": "report", "name": name, "object": "deal", "groups": []any{map[string]any{"field": group}}, "measures": []any{measure}}
}

// evaluations ask each metric and each report, with and without a filter.
func evaluations(what string, names ...string) []attack {
	var list []attack
	for _, name := range names {
		for _, filter := range []string{`{}`, `{"owner":"` + other + `"}`, `{"department":"` + absent + `"}`, `{"period":"this_year"}`, `{"from":"2020-01-01","to":"2099-01-01"}`, `{"owner":"x' OR 1"}`} {
			list = append(list, post("/"+what+"/"+name+"/_evaluate", filter))
		}
	}
	return list
}

// world is an installation whose records are the same but for the secrets.
func world(t *testing.T, i *enginetest.Installation, s secrets) *enginetest.Client {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": overlapping()}).Want(t, 200)
	create := func(object, id string, values map[string]any) {
		err := i.Records.Transact(context.Background(), access.System(), store.Interactive, func(ctx context.Context, w *record.Work) error {
			w.Confirmed = true
			_, err := w.CreateAs(ctx, object, id, values)
			return err
		})
		require.NoError(t, err, "%s %s", object, id)
	}
	create("user", person, map[string]any{"name": "Wang", "email": "wang@example.com", "roles": []any{"east", "holder"}})
	create("user", other, map[string]any{"name": "Li", "email": "li@example.com"})
	create("firm", seen, map[string]any{"name": "Open", "open": true, "revenue": s.amount})
	create("firm", unseen, map[string]any{"name": s.account, "open": false})
	deal := func(id, name, region, owner string, more map[string]any) {
		values := map[string]any{"name": name, "region": region, "owner": owner}
		maps.Copy(values, more)
		create("deal", id, values)
	}
	deal(theirs, "D1", "east", other, map[string]any{"amount": "900", "margin": s.margin, "note": s.note, "firm": seen, "phone": s.phone})
	deal(mine, "D2", "west", person, map[string]any{"amount": s.amount, "margin": "7", "note": s.note, "firm": unseen})
	deal(invisible, s.note, "west", other, map[string]any{"amount": s.amount, "margin": s.margin})
	if s.extra {
		deal(extra, "D4", "west", other, map[string]any{"amount": "1"})
	}
	create("pool", elsewhere, map[string]any{"name": "Elsewhere", "code": "elsewhere", "object": "deal", "people": []any{other}})
	create("deal", elsewhere, map[string]any{"name": s.note, "region": "west", "owner": nil, "pool": elsewhere, "amount": s.amount, "margin": s.margin})
	wang := i.Client(t, "wang@example.com")
	wang.Put(t, "/records/deal/"+theirs+"/follow", nil).Want(t, 204)
	// A change of what is hidden in a record that is seen.
	i.Admin.Patch(t, "/records/deal/"+theirs, map[string]any{"salary": len(s.note)}).Want(t, 200)
	made := i.Admin.Post(t, "/records/deal/"+invisible+"/comments", map[string]any{"text": s.note}).Want(t, 201).Data(t)["id"]
	require.NoError(t, i.Store.Write(context.Background(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE sys_comment SET id = ? WHERE id = ?", said, made)
		return err
	}))
	paper := i.Admin.Send(t, "/files", s.note+".txt", []byte(s.note)).Want(t, 201).Data(t)["id"]
	i.Admin.Patch(t, "/records/deal/"+theirs, map[string]any{"paper": paper}).Want(t, 200)
	attached := i.Admin.Send(t, "/records/deal/"+invisible+"/files", s.note+".txt", []byte(s.note)).Want(t, 201).Data(t)["id"]
	require.NoError(t, i.Store.Write(context.Background(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		for was, is := range map[any]string{paper: held, attached: beside} {
			if _, err := tx.Exec(ctx, "UPDATE sys_file SET id = ? WHERE id = ?", is, was); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE "deal" SET "paper" = ? WHERE "id" = ?`, fmt.Sprintf(`[{"id":%q,"name":"x","size":1,"type":"text/plain"}]`, held), theirs)
		return err
	}))
	i.Admin.Post(t, "/records/deal/"+theirs+"/comments", map[string]any{"text": "Seen."}).Want(t, 201)
	return wang
}

// attacks are the requests on each route that try to learn the secrets. A
// route without an entry fails the test.
func attacks() map[string][]attack {
	var lists []attack
	for _, where := range []string{
		"margin > 50", "margin == null", "amount > 50", "amount == null", `note.contains("s")`, "note != null", "salary > 4", "firm.revenue > 50", "firm.name != null",
		`firm.name == "Shadow"`, "firm == null", "owner.name == \"Li\"", `phone.contains("0000")`, `phone == "+8613800005678"`, "phone != null", `called.contains("0000")`, "margin < amount", "coalesce(margin, 0) > 50", "(margin > 50) == (amount > 50)", "!(margin > 50)", "version > 1",
	} {
		lists = append(lists, get("/records/deal?count=exact&where="+url.QueryEscape(where)))
	}
	for _, query := range []string{
		"sort=phone", "sort=called", "q=13800005678", "q=0000", "fields=phone", "fields=phone,name&sort=name", "fields=called", "sort=margin", "sort=-amount,name", "sort=note", "sort=salary", "sort=firm", "sort=-owner", "q=secret", "q=D", "fields=*", "fields=margin,amount", "fields=note", "fields=firm&expand=firm,owner",
		"limit=1", "limit=1&count=exact&sort=margin", "offset=1&count=exact", "view=deal_rich", "fields=margin%00", "fields=MARGIN", "where=deal.margin%3E1", "where=margin%20%3E", "lookup=1", "count=estimate",
	} {
		lists = append(lists, get("/records/deal?"+query))
	}
	lists = append(lists, get("/records/firm?count=exact&sort=name"), get("/records/user?count=exact&fields=id,name&sort=name"), get("/records/user?where="+url.QueryEscape(`"admin" in roles`)), get("/records/nothing"), get("/records/sys_password"))
	var figures []attack
	for _, ask := range []string{
		`{"measures":[{"as":"n","function":"count"}]}`, `{"measures":[{"as":"n","function":"count","field":"margin"},{"as":"s","function":"sum","field":"margin"},{"as":"m","function":"max","field":"amount"}]}`,
		`{"groups":[{"field":"margin"}],"measures":[{"as":"n","function":"count"}]}`, `{"groups":[{"field":"amount"}],"measures":[{"as":"n","function":"count"}],"having":"n > 1"}`,
		`{"groups":[{"field":"firm"}],"measures":[{"as":"d","function":"count_distinct","field":"amount"}]}`, `{"groups":[{"field":"note"}],"measures":[{"as":"n","function":"count"}]}`,
		`{"groups":[{"field":"phone"}],"measures":[{"as":"n","function":"count"}]}`, `{"measures":[{"as":"m","function":"max","field":"phone"},{"as":"d","function":"count_distinct","field":"phone"}]}`,
		`{"measures":[{"as":"s","function":"sum","field":"salary"}]}`, `{"where":"margin > 50","groups":[{"field":"owner"}],"measures":[{"as":"n","function":"avg","field":"margin"}]}`,
	} {
		figures = append(figures, post("/records/deal/_aggregate", ask))
	}
	each := func(method, suffix, body string) []attack {
		var list []attack
		for _, id := range []string{theirs, mine, invisible, absent, extra} {
			list = append(list, attack{method, "/records/deal/" + id + suffix, body})
		}
		return list
	}
	patches := slices.Concat(
		each(http.MethodPatch, "", `{"margin":"5"}`), each(http.MethodPatch, "", `{"salary":1}`), each(http.MethodPatch, "", `{"phone":"+8613800005678"}`), each(http.MethodPatch, "", `{"note":"x"}`),
		each(http.MethodPatch, "", `{"amount":"1"}`), each(http.MethodPatch, "", `{"owner":"`+person+`"}`), each(http.MethodPatch, "", `{"firm":"`+unseen+`"}`),
	)
	changing := []attack{post("/records/deal", `{"name":"n","region":"east","owner":"`+other+`"}`), post("/records/deal", `{"name":"n","firm":"`+unseen+`"}`), post("/records/deal", `{"name":"n","firm":"`+absent+`"}`), post("/records/deal", `{"salary":3}`)}
	layers := func(filter string) []attack {
		var list []attack
		for _, view := range []string{"deal/_all", "deal/deal_rich", "deal/nothing", "nothing/_all", "deal/" + absent} {
			list = append(list, attack{http.MethodPut, "/me/views/" + view, `{"filter":"` + filter + `","title":"","columns":["name"]}`})
		}
		return append(list, attack{http.MethodPut, "/me/views/deal/" + absent, `{"title":"Mine","view":"deal_rich"}`}, attack{http.MethodPut, "/me/views/deal/_all", `{"group":"salary","widths":{"salary":90}}`}, attack{http.MethodPut, "/me/views/deal/_all", `{"sort":["salary"]}`})
	}
	batch := func(how string) attack {
		return post("/records/deal/_batch", `{`+how+`,"operations":[{"op":"update","id":"`+invisible+`","values":{"name":"x"}},{"op":"update","id":"`+absent+`","values":{"name":"x"}},{"op":"upsert","match":["amount"],"values":{"amount":"66","name":"u"}},{"op":"upsert","match":["phone"],"values":{"phone":"+8613800005678","name":"u"}},{"op":"upsert","match":["note"],"values":{"note":"secret one","name":"u"}},{"op":"delete","id":"`+theirs+`"}]}`)
	}
	return map[string][]attack{
		"GET /healthz": {root("/healthz")}, "GET /readyz": {root("/readyz")}, "POST /test/clock": nil,
		"GET /api/v1/setup": {get("/setup")}, "POST /api/v1/setup": {post("/setup", `{}`)},
		"POST /api/v1/auth/login":    {post("/auth/login", `{"email":"li@example.com","password":"x"}`), post("/auth/login", `{"email":"nobody@example.com","password":"x"}`)},
		"POST /api/v1/auth/logout":   nil,
		"POST /api/v1/auth/password": {post("/auth/password", `{"current":"a","new":"b"}`)},
		"POST /api/v1/auth/totp":     {post("/auth/totp", `{"code":"123456"}`)}, "GET /api/v1/auth/totp": {get("/auth/totp")}, "POST /api/v1/auth/totp/enrol": {post("/auth/totp/enrol", `{"password":"x"}`)},
		"POST /api/v1/auth/totp/confirm": {post("/auth/totp/confirm", `{"code":"123456"}`)}, "POST /api/v1/auth/totp/recovery_codes": {post("/auth/totp/recovery_codes", `{"password":"x"}`)}, "POST /api/v1/auth/totp/off": {post("/auth/totp/off", `{"password":"x"}`)},
		"GET /api/v1/auth/ways": {get("/auth/ways")}, "GET /api/v1/auth/oidc/:provider/start": {get("/auth/oidc/acme/start?next=/o/deal")}, "GET /api/v1/auth/oidc/:provider/callback": {get("/auth/oidc/acme/callback?state=x&code=y")},
		"POST /api/v1/auth/passkey/options": {post("/auth/passkey/options", `{"for":"sign_in"}`), post("/auth/passkey/options", `{"for":"confirm"}`)}, "POST /api/v1/auth/passkey": {post("/auth/passkey", `{"credential":{}}`)}, "GET /api/v1/auth/passkeys": {get("/auth/passkeys")},
		"POST /api/v1/auth/passkeys/enrol": {post("/auth/passkeys/enrol", `{"password":"x"}`)}, "POST /api/v1/auth/passkeys": {post("/auth/passkeys", `{"name":"x","credential":{}}`)}, "POST /api/v1/auth/passkeys/:id/remove": {post("/auth/passkeys/"+absent+"/remove", `{"password":"x"}`)},
		"GET /api/v1/second_factor": {get("/second_factor")}, "PUT /api/v1/second_factor": {{http.MethodPut, "/second_factor", `{"required_of":"nobody","days":7}`}},
		"GET /api/v1/single_sign_on": {get("/single_sign_on")}, "PUT /api/v1/single_sign_on": {{http.MethodPut, "/single_sign_on", `{"only":true,"emergency":["` + other + `"]}`}}, "GET /api/v1/single_sign_on/providers": {get("/single_sign_on/providers")}, "POST /api/v1/single_sign_on/providers": {post("/single_sign_on/providers", `{"name":"evil"}`)},
		"GET /api/v1/brand": {get("/brand")}, "GET /api/v1/brand/logo/:name": {get("/brand/logo/" + absent), get("/brand/logo/")}, "POST /api/v1/organisation/logo": {post("/organisation/logo", `{}`)}, "DELETE /api/v1/organisation/logo": {{http.MethodDelete, "/organisation/logo", ""}},
		"GET /api/v1/organisation": {get("/organisation")}, "PATCH /api/v1/organisation": {{http.MethodPatch, "/organisation", `{"name":"evil"}`}, {http.MethodPatch, "/organisation", `{"currency":"USD"}`}},
		"GET /api/v1/single_sign_on/providers/:name": {get("/single_sign_on/providers/acme")}, "PATCH /api/v1/single_sign_on/providers/:name": {{http.MethodPatch, "/single_sign_on/providers/acme", `{"roles":["east"]}`}}, "DELETE /api/v1/single_sign_on/providers/:name": {{http.MethodDelete, "/single_sign_on/providers/acme", ""}},
		"POST /api/v1/single_sign_on/providers/:name/test": {post("/single_sign_on/providers/acme/test", "")}, "POST /api/v1/single_sign_on/providers/:name/connect": {post("/single_sign_on/providers/acme/connect", `{"password":"x"}`)},
		"GET /api/v1/invitations": {get("/invitations")}, "POST /api/v1/invitations": {post("/invitations", `{"email":"x@example.com"}`), post("/invitations", `{"email":"li@example.com","roles":["admin"]}`)}, "POST /api/v1/invitations/:id/resend": {post("/invitations/"+absent+"/resend", "")}, "DELETE /api/v1/invitations/:id": {{http.MethodDelete, "/invitations/" + absent, ""}},
		"POST /api/v1/auth/invitation": {post("/auth/invitation", `{"token":"x"}`)}, "POST /api/v1/auth/invitation/accept": {post("/auth/invitation/accept", `{"token":"x","name":"n","password":"a much longer passphrase"}`)},
		"GET /api/v1/people/:id/records": {get("/people/" + other + "/records"), get("/people/" + absent + "/records")}, "GET /api/v1/handovers": {get("/handovers")}, "POST /api/v1/handovers/:id/undo": {post("/handovers/"+absent+"/undo", "")},
		"GET /api/v1/delegations":  {get("/delegations"), get("/delegations?current=true"), get("/delegations?person=" + other), get("/delegations?person=" + absent)},
		"POST /api/v1/delegations": {post("/delegations", `{"to":"`+other+`","person":"`+other+`","until":"2030-01-01T00:00:00Z"}`), post("/delegations", `{"to":"`+absent+`","until":"2030-01-01T00:00:00Z"}`)}, "DELETE /api/v1/delegations/:id": {{http.MethodDelete, "/delegations/" + absent, ""}},
		"POST /api/v1/people/:id/handovers":     {post("/people/"+other+"/handovers", `{"to":"`+absent+`","objects":["deal"],"disable":true}`)},
		"POST /api/v1/people/:id/password_link": {post("/people/"+other+"/password_link", ""), post("/people/"+absent+"/password_link", "")}, "POST /api/v1/auth/reset": {post("/auth/reset", `{"token":"x"}`)}, "POST /api/v1/auth/reset/password": {post("/auth/reset/password", `{"token":"x","password":"a much longer passphrase"}`)},
		"GET /api/v1/people/tokens": {get("/people/tokens"), get("/people/tokens?cursor=" + absent)}, "DELETE /api/v1/people/tokens/:id": {{http.MethodDelete, "/people/tokens/" + absent, ""}},
		"DELETE /api/v1/people/:id/tokens": {{http.MethodDelete, "/people/" + other + "/tokens", ""}, {http.MethodDelete, "/people/" + absent + "/tokens", ""}},
		"GET /api/v1/people":               {get("/people?ids=" + other), get("/people?ids=" + absent)}, "DELETE /api/v1/people/:id/totp": {{http.MethodDelete, "/people/" + other + "/totp", ""}, {http.MethodDelete, "/people/" + absent + "/totp", ""}},
		"POST /api/v1/session/view_as": {post("/session/view_as", `{"user":"`+other+`"}`), post("/session/view_as", `{"user":"`+absent+`"}`)}, "DELETE /api/v1/session/view_as": {{http.MethodDelete, "/session/view_as", ""}},
		"GET /api/v1/session": {get("/session")}, "GET /api/v1/sessions": {get("/sessions")}, "DELETE /api/v1/sessions": {{http.MethodDelete, "/sessions", ""}}, "DELETE /api/v1/people/:id/sessions": {{http.MethodDelete, "/people/" + other + "/sessions", ""}, {http.MethodDelete, "/people/" + absent + "/sessions", ""}}, "DELETE /api/v1/sessions/:id": {{http.MethodDelete, "/sessions/" + absent, ""}},
		"GET /api/v1/me": {get("/me")}, "PATCH /api/v1/me": {{http.MethodPatch, "/me", `{"roles":["admin"]}`}}, "GET /api/v1/tokens": nil, "POST /api/v1/tokens": {post("/tokens", `{"name":"k"}`)}, "DELETE /api/v1/tokens/:id": {{http.MethodDelete, "/tokens/" + absent, ""}},
		"GET /api/v1/records/:object": lists, "POST /api/v1/records/:object": changing, "POST /api/v1/records/:object/_query": {post("/records/deal/_query", `{"where":"margin > 50","count":"exact"}`), post("/records/deal/_query", `{"where":"salary > 5"}`)},
		"GET /api/v1/me/views/:object":       {get("/me/views/deal"), get("/me/views/firm"), get("/me/views/nothing"), get("/me/views/sys_layer")},
		"PUT /api/v1/me/views/:object/:view": slices.Concat(layers("margin > 50"), layers("salary > 5"), layers(`firm.revenue > 1`)), "DELETE /api/v1/me/views/:object/:view": {{http.MethodDelete, "/me/views/deal/deal_rich", ""}, {http.MethodDelete, "/me/views/deal/_all", ""}, {http.MethodDelete, "/me/views/nothing/_all", ""}},
		"POST /api/v1/records/:object/_aggregate": figures,
		"POST /api/v1/metrics/:name/_evaluate":    evaluations("metrics", "deals", "margins", "rich", "thick", "shadows", "revenues", "mean", "share", "phoned", "nothing"),
		"POST /api/v1/reports/:name/_evaluate":    evaluations("reports", "by_margin", "by_region", "by_note", "by_firm", "by_salary", "by_phone", "nothing"),
		"POST /api/v1/records/:object/_batch":     {batch(`"dry_run":true`), batch(`"dry_run":true,"atomic":true`), batch(`"atomic":false`)},
		"GET /api/v1/records/:object/:id":         slices.Concat(each(http.MethodGet, "", ""), each(http.MethodGet, "?fields=note", ""), each(http.MethodGet, "?expand=firm,owner", "")),
		"PATCH /api/v1/records/:object/:id":       patches, "DELETE /api/v1/records/:object/:id": {{http.MethodDelete, "/records/deal/" + theirs, ""}, {http.MethodDelete, "/records/deal/" + invisible, ""}, {http.MethodDelete, "/records/deal/" + extra, ""}},
		"POST /api/v1/records/:object/:id/restore": each(http.MethodPost, "/restore", ""), "GET /api/v1/records/:object/:id/changes": each(http.MethodGet, "/changes", ""),
		"GET /api/v1/meta": {get("/meta")}, "POST /api/v1/meta/_plan": {post("/meta/_plan", `{}`)}, "POST /api/v1/meta/_apply": {post("/meta/_apply", `{}`)}, "GET /api/v1/meta/_revisions": {get("/meta/_revisions")},
		"GET /api/v1/meta/_jobs/:id": {get("/meta/_jobs/1")}, "POST /api/v1/meta/_jobs/:id/cancel": {post("/meta/_jobs/1/cancel", "")},
		"POST /api/v1/meta/_revisions/:revision/restore": {post("/meta/_revisions/1/restore", "")}, "GET /api/v1/meta/object/:name/schema": {get("/meta/object/deal/schema"), get("/meta/object/firm/schema")},
		"GET /api/v1/meta/:kind": {get("/meta/object"), get("/meta/role"), get("/meta/view"), get("/meta/metric"), get("/meta/report"), get("/meta/dashboard"), get("/meta/app")}, "GET /api/v1/meta/:kind/:name": {get("/meta/object/deal"), get("/meta/role/east"), get("/meta/role/east?revision=2"), get("/meta/object/deal?revision=2"), get("/meta/view/deal_rich"), get("/meta/form/deal_default")},
		"GET /api/v1/meta/_drafts": {get("/meta/_drafts")}, "GET /api/v1/meta/_drafts/:id": {get("/meta/_drafts/" + absent)},
		"PUT /api/v1/meta/_drafts/:id": {{http.MethodPut, "/meta/_drafts/" + absent, `{"title":"x"}`}}, "DELETE /api/v1/meta/_drafts/:id": {{http.MethodDelete, "/meta/_drafts/" + absent, ""}},
		"GET /api/v1/meta/translation/:name/missing": {get("/meta/translation/zh-CN/missing")},
		"GET /api/v1/meta/:kind/:name/users":         {get("/meta/object/deal/users"), get("/meta/object/deal/users?at=/properties/margin")},
		"PUT /api/v1/meta/:kind/:name":               {{http.MethodPut, "/meta/view/x", `{}`}}, "DELETE /api/v1/meta/:kind/:name": {{http.MethodDelete, "/meta/view/deal_rich", ""}},
		"POST /api/v1/calendars/holidays":   {post("/calendars/holidays", `{"text":"x"}`)},
		"POST /api/v1/expressions/check":    {post("/expressions/check", `{"object":"deal","expression":"salary > 1"}`), post("/expressions/check", `{"object":"deal","expression":"margin > 1"}`)},
		"POST /api/v1/expressions/evaluate": {post("/expressions/evaluate", `{"object":"deal","expression":"margin","record":"`+theirs+`"}`), post("/expressions/evaluate", `{"object":"deal","expression":"firm.name","record":"`+mine+`"}`), post("/expressions/evaluate", `{"object":"deal","expression":"amount","record":"`+invisible+`"}`)},
		"GET /api/v1/imports":               {get("/imports")}, "POST /api/v1/imports": {post("/imports", `{}`)}, "GET /api/v1/imports/:id": {get("/imports/" + absent)}, "PATCH /api/v1/imports/:id": {{http.MethodPatch, "/imports/" + absent, `{}`}}, "DELETE /api/v1/imports/:id": {{http.MethodDelete, "/imports/" + absent, ""}},
		"POST /api/v1/imports/:id/plan": {post("/imports/"+absent+"/plan", "")}, "POST /api/v1/imports/:id/run": {post("/imports/"+absent+"/run", "")}, "POST /api/v1/imports/:id/undo": {post("/imports/"+absent+"/undo", "")},
		"POST /api/v1/imports/:id/cancel": {post("/imports/"+absent+"/cancel", "")}, "GET /api/v1/imports/:id/recipes": {get("/imports/" + absent + "/recipes")}, "POST /api/v1/imports/:id/recipes": {post("/imports/"+absent+"/recipes", `{"name":"x"}`)}, "DELETE /api/v1/recipes/:id": {{http.MethodDelete, "/recipes/" + absent, ""}}, "POST /api/v1/imports/:id/pause": {post("/imports/"+absent+"/pause", "")}, "POST /api/v1/imports/:id/resume": {post("/imports/"+absent+"/resume", "")}, "PATCH /api/v1/imports/:id/rows": {{http.MethodPatch, "/imports/" + absent + "/rows", `{}`}},
		"GET /api/v1/imports/:id/rows": {get("/imports/" + absent + "/rows")}, "GET /api/v1/imports/:id/errors.csv": {get("/imports/" + absent + "/errors.csv")}, "GET /api/v1/imports/:id/report.xlsx": {get("/imports/" + absent + "/report.xlsx")},
		"POST /api/v1/exports": {post("/exports", `{"object":"deal","where":"salary > 1"}`), post("/exports", `{"object":"deal","fields":["note"]}`), post("/exports", `{"object":"deal","q":"Deal"}`), post("/exports", `{"object":"deal","fields":["phone"]}`)}, "GET /api/v1/exports/:id": {get("/exports/" + absent)}, "GET /api/v1/exports/:id/file": {get("/exports/" + absent + "/file")},
		"GET /api/v1/changes":                    {get("/changes"), get("/changes?limit=1"), get("/changes?object=deal"), get("/changes?object=deal&limit=2"), get("/changes?object=firm,deal"), get("/changes?object=sys_change"), get("/changes?since=now"), get("/changes?since=MTIz")},
		"GET /api/v1/records/:object/:id/access": slices.Concat(each(http.MethodGet, "/access", ""), each(http.MethodGet, "/access?user="+person, ""), each(http.MethodGet, "/access?user="+other, ""), each(http.MethodGet, "/access?user="+absent, ""), each(http.MethodGet, "/access?user=x&y=z", "")),
		"GET /api/v1/records/:object/:id/shares": each(http.MethodGet, "/shares", ""), "DELETE /api/v1/records/:object/:id/shares/:share": each(http.MethodDelete, "/shares/"+absent, ""),
		"POST /api/v1/records/:object/:id/shares":  slices.Concat(each(http.MethodPost, "/shares", `{"to":{"user":"`+person+`"},"access":"read"}`), each(http.MethodPost, "/shares", `{"to":{"user":"`+absent+`"},"access":"update"}`), each(http.MethodPost, "/shares", `{"to":{"role":"holder"},"access":"update"}`), each(http.MethodPost, "/shares", `{"to":{"role":"admin"},"access":"delete"}`)),
		"GET /api/v1/records/:object/:id/timeline": each(http.MethodGet, "/timeline", ""), "GET /api/v1/records/:object/:id/comments": each(http.MethodGet, "/comments", ""),
		"POST /api/v1/records/:object/:id/comments":           slices.Concat(each(http.MethodPost, "/comments", `{"text":"@[`+other+`] look"}`), each(http.MethodPost, "/comments", `{"text":"x","mentions":["`+person+`"]}`), each(http.MethodPost, "/comments", `{"text":"x","mentions":["`+absent+`"]}`)),
		"PATCH /api/v1/records/:object/:id/comments/:comment": each(http.MethodPatch, "/comments/"+said, `{"text":"y"}`), "DELETE /api/v1/records/:object/:id/comments/:comment": each(http.MethodDelete, "/comments/"+said, ""),
		"GET /api/v1/records/:object/:id/comments/:comment/edits": each(http.MethodGet, "/comments/"+said+"/edits", ""),
		"POST /api/v1/files": {post("/files", `{}`)}, "GET /api/v1/files/:id": {get("/files/" + held), get("/files/" + beside), get("/files/" + absent)}, "GET /api/v1/files/:id/thumbnail": {get("/files/" + held + "/thumbnail"), get("/files/" + beside + "/thumbnail"), get("/files/" + absent + "/thumbnail")},
		"DELETE /api/v1/files/:id":              {{http.MethodDelete, "/files/" + held, ""}, {http.MethodDelete, "/files/" + beside, ""}, {http.MethodDelete, "/files/" + absent, ""}},
		"GET /api/v1/records/:object/:id/files": each(http.MethodGet, "/files", ""), "POST /api/v1/records/:object/:id/files": each(http.MethodPost, "/files", `{}`),
		"DELETE /api/v1/records/:object/:id/files/:file": slices.Concat(each(http.MethodDelete, "/files/"+beside, ""), each(http.MethodDelete, "/files/"+held, "")),
		"GET /api/v1/events":                             {get("/events"), get("/events?object=nothing"), get("/events?object=sys_change"), get("/events?record=deal/x"), get("/events?record=nothing/" + absent), get("/events?object=deal&since=x"), get("/events?notifications=x"), get("/events?notifications=true&record=nothing/" + absent)},
		"GET /api/v1/openapi.json":                       {get("/openapi.json")}, "GET /api/v1/kinds": {get("/kinds")},
		"GET /api/v1/duplicates": {get("/duplicates?object=deal"), get("/duplicates?object=nothing"), get("/duplicates")}, "GET /api/v1/duplicates/:object/scan": {get("/duplicates/deal/scan"), get("/duplicates/nothing/scan")}, "POST /api/v1/duplicates/:object/_dismiss": {post("/duplicates/deal/_dismiss", `{"records":["`+mine+`","`+invisible+`"]}`), post("/duplicates/deal/_dismiss", `{"records":["`+mine+`","`+absent+`"]}`), post("/duplicates/deal/_dismiss", `{"records":["`+mine+`"]}`), post("/duplicates/nothing/_dismiss", `{"records":[]}`)}, "POST /api/v1/duplicates/:object/_scan": {post("/duplicates/deal/_scan", "")}, "POST /api/v1/duplicates/:id/dismiss": {post("/duplicates/"+absent+"/dismiss", "")},
		"POST /api/v1/records/:object/_read_cells": {
			post("/records/deal/_read_cells", `{"columns":["firm","owner","margin"],"rows":[["`+unseen+`","`+other+`","66"],["`+absent+`","`+absent+`","x"],["Shadow","nobody",""],["Open","Li","7"]]}`),
			post("/records/deal/_read_cells", `{"columns":["salary"],"rows":[["1"]]}`), post("/records/nothing/_read_cells", `{"columns":[],"rows":[]}`),
		},
		"POST /api/v1/records/:object/_duplicates": {
			post("/records/deal/_duplicates", `{"values":{"note":"secret one"}}`), post("/records/deal/_duplicates", `{"values":{"name":"secret one"}}`), post("/records/deal/_duplicates", `{"values":{"phone":"+8613800005678"}}`), post("/records/deal/_duplicates", `{"id":"`+theirs+`","values":{"phone":"+8613800005678"}}`), post("/records/deal/_duplicates", `{"values":{"margin":"66","name":"D9"}}`),
			post("/records/deal/_duplicates", `{"values":{"region":"east","margin":"66"}}`), post("/records/deal/_duplicates", `{"id":"`+invisible+`","values":{}}`), post("/records/deal/_duplicates", `{"id":"`+theirs+`","values":{"margin":"7"}}`),
		},
		"POST /api/v1/records/:object/:id/actions/merge":         slices.Concat(each(http.MethodPost, "/actions/merge", `{"with":"`+invisible+`"}`), each(http.MethodPost, "/actions/merge", `{"with":"`+absent+`"}`), each(http.MethodPost, "/actions/merge", `{"with":"`+theirs+`"}`)),
		"POST /api/v1/records/:object/:id/actions/merge/preview": slices.Concat(each(http.MethodPost, "/actions/merge/preview", `{"with":"`+invisible+`"}`), each(http.MethodPost, "/actions/merge/preview", `{"with":"`+theirs+`","values":{"name":"x"}}`), each(http.MethodPost, "/actions/merge/preview", `{"with":"`+mine+`"}`)),
		"POST /api/v1/records/:object/:id/actions/undo_merge":    slices.Concat(each(http.MethodPost, "/actions/undo_merge", `{}`), each(http.MethodPost, "/actions/undo_merge", `{"merge":"`+absent+`"}`)),
		"GET /api/v1/roles": {get("/roles")}, "POST /api/v1/roles/impact": {post("/roles/impact", `{"definitions":[{"kind":"role","name":"holder"}]}`)}, "POST /api/v1/roles/prospect": {post("/roles/prospect", `{"user":"`+other+`"}`), post("/roles/prospect", `{"user":"`+absent+`"}`)},
		"GET /api/v1/audit": {get("/audit"), get("/audit?object=deal&subject=" + theirs)}, "GET /api/v1/audit/verify": {get("/audit/verify")}, "GET /api/v1/audit/file": {get("/audit/file")},
		"GET /api/v1/bin": {get("/bin"), get("/bin?object=deal"), get("/bin?object=nothing"), get("/bin?q=secret"), get("/bin?limit=1")}, "DELETE /api/v1/bin/:object/:id": {{http.MethodDelete, "/bin/deal/" + theirs, ""}, {http.MethodDelete, "/bin/deal/" + absent, ""}},
		"GET /api/v1/bin/files": {get("/bin/files"), get("/bin/files?limit=1")}, "POST /api/v1/bin/files/:id/restore": {post("/bin/files/"+held+"/restore", ""), post("/bin/files/"+beside+"/restore", ""), post("/bin/files/"+absent+"/restore", "")},
		"GET /api/v1/bin/definitions": {get("/bin/definitions")}, "POST /api/v1/bin/definitions/restore": {post("/bin/definitions/restore", `{"definitions":[]}`)},
		"GET /api/v1/bin/retention": {get("/bin/retention")}, "PUT /api/v1/bin/retention": {{http.MethodPut, "/bin/retention", `{"days":1}`}},
		"GET /api/v1/records/:object/:id/merges":                each(http.MethodGet, "/merges", ""),
		"GET /api/v1/records/:object/:id/conversion":            each(http.MethodGet, "/conversion", ""),
		"POST /api/v1/records/:object/:id/actions/convert":      each(http.MethodPost, "/actions/convert", `{"targets":{"firm":{"use":"`+unseen+`"}}}`),
		"POST /api/v1/records/:object/:id/actions/undo_convert": each(http.MethodPost, "/actions/undo_convert", ""),
		"GET /api/v1/pools":                                     slices.Concat([]attack{get("/pools?object=deal"), get("/pools?object=firm"), get("/pools?object=nothing"), get("/pools?object=user"), get("/pools")}),
		"POST /api/v1/records/:object/:id/actions/claim":        slices.Concat(each(http.MethodPost, "/actions/claim", ""), []attack{post("/records/deal/"+elsewhere+"/actions/claim", "")}),
		"POST /api/v1/records/:object/:id/actions/release":      slices.Concat(each(http.MethodPost, "/actions/release", `{"pool":"`+elsewhere+`"}`), each(http.MethodPost, "/actions/release", `{"pool":"`+absent+`","reason":"x"}`), []attack{post("/records/deal/"+elsewhere+"/actions/release", "")}),
		"POST /api/v1/records/:object/:id/actions/assign":       slices.Concat(each(http.MethodPost, "/actions/assign", `{"user":"`+other+`"}`), each(http.MethodPost, "/actions/assign", `{"user":"`+absent+`"}`), []attack{post("/records/deal/"+elsewhere+"/actions/assign", `{"user":"`+person+`"}`)}),
		"POST /api/v1/records/:object/_claim":                   {post("/records/deal/_claim", `{"ids":["`+invisible+`","`+absent+`","`+extra+`","`+elsewhere+`","`+theirs+`"]}`), post("/records/nothing/_claim", `{"ids":[]}`)},
		"POST /api/v1/records/:object/_release":                 {post("/records/deal/_release", `{"ids":["`+invisible+`","`+absent+`","`+extra+`","`+elsewhere+`"]}`), post("/records/nothing/_release", `{"ids":[]}`)},
		"POST /api/v1/records/:object/_assign":                  {post("/records/deal/_assign", `{"ids":["`+invisible+`","`+absent+`","`+extra+`","`+elsewhere+`"],"user":"`+person+`"}`), post("/records/nothing/_assign", `{"ids":[],"user":"x"}`)},
		"GET /api/v1/notifications": {
			get("/notifications"), get("/notifications?unread=true&group=watching"), get("/notifications?group=nothing"), get("/notifications?limit=1"), get("/notifications?cursor=MTIz"), get("/notifications?unread=1"),
		},
		"POST /api/v1/notifications/_read":          {post("/notifications/_read", `{}`), post("/notifications/_read", `{"ids":["x"]}`), post("/notifications/_read", `{"ids":["`+absent+`"]}`), post("/notifications/_read", `{"all":true,"group":"x"}`)},
		"POST /api/v1/notifications/:id/read":       {post("/notifications/"+absent+"/read", ""), post("/notifications/x/read", "")},
		"POST /api/v1/notifications/:id/unread":     {post("/notifications/"+absent+"/unread", "")},
		"GET /api/v1/records/:object/:id/follow":    each(http.MethodGet, "/follow", ""),
		"PUT /api/v1/records/:object/:id/follow":    slices.Concat(each(http.MethodPut, "/follow", ""), []attack{{http.MethodPut, "/records/sys_change/" + absent + "/follow", ""}}),
		"DELETE /api/v1/records/:object/:id/follow": each(http.MethodDelete, "/follow", ""),
		"GET /api/v1/samples":                       {get("/samples")}, "DELETE /api/v1/samples": {{http.MethodDelete, "/samples", ""}},
		"GET /api/v1/search": {get("/search?q=secret"), get("/search?q=secret%20one"), get("/search?q=another"), get("/search?q=D"), get("/search?q=shadow"), get("/search?q=13800005678"), get("/search?q=0000"), get("/search?q=5678"), get("/search?q=s&objects=firm,deal"), get("/search?q=a&limit=1"), get("/search?q=d&objects=sys_token"), get("/search?q=li&objects=user")},
	}
}

type attack struct{ method, path, body string }

func get(path string) attack        { return attack{http.MethodGet, path, ""} }
func root(path string) attack       { return attack{http.MethodGet, "/" + path, ""} }
func post(path, body string) attack { return attack{http.MethodPost, path, body} }

// varying is what differs between any two answers.
var varying = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z|"request_id":"[^"]*"|Reference [-0-9a-f]+|"token":"[^"]*"|"next":"[^"]*"|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

func normal(body []byte) string {
	return varying.ReplaceAllStringFunc(string(body), func(found string) string {
		if strings.HasPrefix(found, "00000000-0000-7000") {
			return found
		}
		return "…"
	})
}

// TestTwoWorlds makes two worlds that differ only in what one person may not
// see, and makes the same attack on every route of both: the answers are equal
// to the byte, and a refused request leaves nothing behind.
func TestTwoWorlds(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, first *enginetest.Installation) {
		second := first.Twin(t)
		one := world(t, first, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", phone: "+8613800005678"})
		two := world(t, second, secrets{margin: "11", amount: "44", note: "another", account: "Umbra", phone: "+8613811115678", extra: true})
		table := attacks()
		for _, route := range first.Server.Routes() {
			name := route.Method + " " + route.Path
			list, ok := table[name]
			require.True(t, ok, "the route %s has no entry in the table of attacks", name)
			for _, a := range list {
				before := fingerprint(t, first)
				answer := one.Do(t, a.method, a.path, []byte(a.body))
				twin := two.Do(t, a.method, a.path, []byte(a.body))
				require.Equal(t, answer.Status, twin.Status, "%s %s %s\n%s\n%s", a.method, a.path, a.body, answer.Body, twin.Body)
				require.Equal(t, normal(answer.Body), normal(twin.Body), "%s %s %s", a.method, a.path, a.body)
				require.Less(t, answer.Status, 500, "%s %s: %s", a.method, a.path, answer.Body)
				if answer.Status >= 400 {
					require.Equal(t, before, fingerprint(t, first), "%s %s %s was refused with %d and left a trace", a.method, a.path, a.body, answer.Status)
				}
			}
		}
	})
}

// TestExactUnion states what the two roles show together, cell by cell.
func TestExactUnion(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow", extra: true})
		var body struct {
			Data     []map[string]any
			Page     struct{ Total int }
			Included map[string]map[string]any
		}
		wang.Get(t, "/records/deal?count=exact&sort=name").Want(t, 200).Into(t, &body)
		require.Equal(t, 2, body.Page.Total)
		require.Equal(t, "D1", body.Data[0]["name"])
		require.Equal(t, "900", body.Data[0]["amount"])
		require.NotContains(t, body.Data[0], "margin", "not in the grant that covers this row")
		require.Equal(t, "7", body.Data[1]["margin"])
		require.NotContains(t, body.Data[1], "amount")
		require.NotContains(t, body.Data[1], "firm")
		for _, row := range body.Data {
			require.NotContains(t, row, "note")
			require.NotContains(t, row, "salary")
		}
		require.Contains(t, body.Included["firm"], seen)
		require.NotContains(t, body.Included["firm"], unseen)

		code, _ := wang.Get(t, "/records/deal?where="+url.QueryEscape("salary > 1")).Want(t, 400).Fault(t)
		require.Equal(t, "unknown_field", code)
		wang.Get(t, "/records/deal/"+invisible).Want(t, 404)
		wang.Patch(t, "/records/deal/"+theirs, map[string]any{"margin": "1"}).Want(t, 422)
		wang.Patch(t, "/records/deal/"+theirs, map[string]any{"name": "D1b"}).Want(t, 200)
		wang.Patch(t, "/records/deal/"+mine, map[string]any{"margin": "8"}).Want(t, 200)
		wang.Delete(t, "/records/deal/"+theirs).Want(t, 403)
		wang.Delete(t, "/records/deal/"+mine).Want(t, 204)
		wang.Post(t, "/records/deal", map[string]any{"name": "new", "region": "west", "margin": "3"}).Want(t, 201)
	})
}

// rest waits until nothing more comes of the requests that were answered: what
// the job of one writes is no trace of the next.
func rest(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	for {
		var due int
		row := i.Store.QueryRow(context.Background(), "SELECT count(*) FROM sys_job WHERE state IN ('ready', 'running') OR state = 'waiting' AND run_at <= ?", i.Clock.Now().UnixMilli())
		require.NoError(t, row.Scan(&due))
		if due == 0 {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
}

// fingerprint is a hash of everything that a refused request must not change.
func fingerprint(t *testing.T, i *enginetest.Installation) string {
	t.Helper()
	rest(t, i)
	sum := sha256.New()
	shape, err := store.Introspect(context.Background(), i.Store)
	require.NoError(t, err)
	for _, table := range slices.Concat(shape.Objects, shape.System) {
		if slices.Contains([]string{"sys_audit", "sys_audit_end", "sys_login_attempt", "sys_token", "sys_session", "sys_challenge", "sys_job", "sys_schedule"}, table.Name) {
			continue
		}
		rows, err := i.Store.Query(context.Background(), "SELECT * FROM "+i.Store.Dialect().Quote(table.Name)+" ORDER BY 1, 2")
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for n := range values {
			dest[n] = &values[n]
		}
		for rows.Next() {
			require.NoError(t, rows.Scan(dest...))
			_, err := fmt.Fprintln(sum, table.Name, values)
			require.NoError(t, err)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return hex.EncodeToString(sum.Sum(nil))
}
