package api_test

import (
	"bytes"
	"image/png"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestTheOrganisationIsChanged as a whole or in parts: everybody works by it at
// once, and the audit log has what it was and what it is.
func TestTheOrganisationIsChanged(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		first := i.Admin.Get(t, "/organisation").Want(t, 200)
		require.Equal(t, `"1"`, first.Header.Get("ETag"))
		require.Equal(t, doc{
			"name": "Acme", "currency": "CNY", "timezone": "Asia/Shanghai", "locale": "en", "calendar": "weekdays",
			"languages": []any{"zh-CN", "en"}, "currencies": []any{}, "fiscal_year_start": 1.0, "brand": doc{"name": "", "accent": "", "logo": ""}, "version": 1.0,
		}, first.Data(t))
		changed := i.Admin.With("If-Match", `"1"`).Patch(t, "/organisation", doc{
			"name": " Yuntu 云图 ", "timezone": "Europe/Berlin", "languages": []any{"en", "zh-CN", "en"}, "currencies": []any{"USD", "CNY", "EUR", "USD"},
		}).Want(t, 200)
		require.Equal(t, `"2"`, changed.Header.Get("ETag"))
		after := doc{
			"name": "Yuntu 云图", "currency": "CNY", "timezone": "Europe/Berlin", "locale": "en", "calendar": "weekdays",
			"languages": []any{"zh-CN", "en"}, "currencies": []any{"CNY", "EUR", "USD"}, "fiscal_year_start": 1.0, "brand": doc{"name": "", "accent": "", "logo": ""}, "version": 2.0,
		}
		require.Equal(t, after, changed.Data(t))
		for _, client := range []*enginetest.Client{i.Admin, i.Person(t, "Kim", "sales_rep")} {
			require.Equal(t, after, client.Get(t, "/me").Want(t, 200).Data(t)["organisation"])
		}
		entry := i.Admin.Get(t, "/audit?action=setting_changed").Want(t, 200).List(t)[0]
		require.Equal(t, "organisation", entry["subject"])
		require.Equal(t, doc{
			"before": doc{"name": "Acme", "timezone": "Asia/Shanghai", "currencies": []any{}},
			"after":  doc{"name": "Yuntu 云图", "timezone": "Europe/Berlin", "currencies": []any{"CNY", "EUR", "USD"}},
		}, entry["detail"])
		revision := i.Admin.Get(t, "/meta/_revisions?limit=1").Want(t, 200).List(t)[0]
		require.Equal(t, "organisation", revision["note"])

		require.Equal(t, after, i.Admin.Patch(t, "/organisation", doc{"name": "Yuntu 云图"}).Want(t, 200).Data(t), "what changes nothing is no change")
		require.Equal(t, revision["revision"], i.Admin.Get(t, "/meta/_revisions?limit=1").Want(t, 200).List(t)[0]["revision"])
		again := i.Admin.Patch(t, "/organisation", `{"currencies":null,"languages":null}`).Want(t, 200).Data(t)
		require.Equal(t, []any{[]any{}, []any{"zh-CN", "en"}}, []any{again["currencies"], again["languages"]}, "null takes back what was said")
		i.Admin.Get(t, "/audit/verify").Want(t, 200)
	})
}

// TestAServerWritesByTheOrganisationOfAnother: what was changed at one of two
// servers on one database holds for the next write at the other.
func TestAServerWritesByTheOrganisationOfAnother(t *testing.T) {
	t.Parallel()
	url := enginetest.Database(t)
	one := enginetest.New(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	one.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "bid", "type": "object", "properties": doc{"price": doc{"field": "money"}}}}}).Want(t, 200)
	one.Admin.Post(t, "/records/exchange_rate", doc{"currency": "USD", "valid_from": "2020-01-01", "rate": "7"}).Want(t, 201)
	two := enginetest.Open(t, engine.Config{Directory: t.TempDir(), DatabaseURL: url})
	other := &enginetest.Client{URL: two.URL, Token: one.Admin.Token}
	other.Post(t, "/records/bid", doc{"price": dollars("1")}).Want(t, 201)
	one.Admin.Patch(t, "/organisation", doc{"currencies": []any{"CNY"}}).Want(t, 200)
	other.Post(t, "/records/bid", doc{"price": dollars("1")}).Want(t, 422)
	one.Admin.Patch(t, "/organisation", `{"currencies":null}`).Want(t, 200)
	other.Post(t, "/records/bid", doc{"price": dollars("1")}).Want(t, 201)
}

// TestAWrongOrganisationIsRefused, and nothing of it is kept.
func TestAWrongOrganisationIsRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		before := string(i.Admin.Get(t, "/organisation").Want(t, 200).Body)
		for name, c := range map[string]struct {
			patch any
			items map[string]string
		}{
			"no name":                    {doc{"name": "  "}, map[string]string{"/name": "required"}},
			"a name taken away":          {`{"name":null}`, map[string]string{"/name": "required"}},
			"a name of several lines":    {doc{"name": "a\nb"}, map[string]string{"/name": "invalid_text"}},
			"a long name":                {doc{"name": strings.Repeat("云", 301)}, map[string]string{"/name": "too_long"}},
			"no zone":                    {doc{"timezone": "Mars/Olympus"}, map[string]string{"/timezone": "unknown_timezone"}},
			"the machine's zone":         {doc{"timezone": "Local"}, map[string]string{"/timezone": "unknown_timezone"}},
			"an unknown language":        {doc{"languages": []any{"en", "fr"}}, map[string]string{"/languages": "unknown_option"}},
			"a default not offered":      {doc{"languages": []any{"zh-CN"}}, map[string]string{"/locale": "language_not_offered"}},
			"an unknown default":         {doc{"locale": "fr"}, map[string]string{"/locale": "unknown_option"}},
			"no currency":                {doc{"currency": "cny"}, map[string]string{"/currency": "unknown_currency"}},
			"an unknown currency":        {doc{"currencies": []any{"CNY", "QQQ"}}, map[string]string{"/currencies": "unknown_currency"}},
			"without its own currency":   {doc{"currencies": []any{"USD"}}, map[string]string{"/currencies": "own_currency"}},
			"a month that is none":       {doc{"fiscal_year_start": 13}, map[string]string{"/fiscal_year_start": "out_of_range"}},
			"a month before the first":   {doc{"fiscal_year_start": -1}, map[string]string{"/fiscal_year_start": "out_of_range"}},
			"no calendar":                {doc{"calendar": "lunar"}, map[string]string{"/calendar": "dangling_reference"}},
			"no colour":                  {doc{"brand": doc{"accent": "red"}}, map[string]string{"/brand/accent": "invalid_colour"}},
			"a colour that runs":         {doc{"brand": doc{"accent": "#fff;x:url(/a)"}}, map[string]string{"/brand/accent": "invalid_colour"}},
			"a long product name":        {doc{"brand": doc{"name": strings.Repeat("a", 41)}}, map[string]string{"/brand/name": "too_long"}},
			"a logo by its name":         {doc{"brand": doc{"logo": "abc"}}, map[string]string{"/brand/logo": "read_only"}},
			"another version":            {doc{"name": "b", "version": 7}, map[string]string{"/version": "read_only"}},
			"several at once":            {doc{"name": "", "locale": "fr", "timezone": ""}, map[string]string{"/name": "required", "/locale": "unknown_option", "/timezone": "unknown_timezone"}},
			"a good part beside a wrong": {doc{"name": "Good", "currency": "XXQ"}, map[string]string{"/currency": "unknown_currency"}},
		} {
			code, items := i.Admin.Patch(t, "/organisation", c.patch).Want(t, 422).Fault(t)
			require.Equal(t, "invalid_values", code, name)
			require.Equal(t, c.items, items, name)
		}
		for name, body := range map[string]string{
			"unknown": `{"colour":"red"}`, "a number": `{"name":7}`, "a part": `{"fiscal_year_start":1.5}`, "a text": `{"languages":"en"}`, "a list": `[]`, "twice": `{"name":"a","name":"b"}`, "torn": `{"name":`,
		} {
			i.Admin.Patch(t, "/organisation", body).Want(t, 400)
			require.NotEmpty(t, name)
		}
		code, _ := i.Admin.With("If-Match", `"7"`).Patch(t, "/organisation", doc{"name": "b"}).Want(t, 412).Fault(t)
		require.Equal(t, "stale", code)
		i.Admin.With("If-Match", "x").Patch(t, "/organisation", doc{"name": "b"}).Want(t, 400)
		require.Equal(t, before, string(i.Admin.Get(t, "/organisation").Want(t, 200).Body))
	})
}

// TestTwoChangesOfTheOrganisationAtOnce: of those who saw the same one changes
// it, and the others learn of it.
func TestTwoChangesOfTheOrganisationAtOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		var done, stale atomic.Int64
		var group sync.WaitGroup
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			group.Go(func() {
				answer, err := i.Admin.With("If-Match", `"1"`).Try("PATCH", "/organisation", doc{"name": name})
				switch {
				case err != nil:
				case answer.Status == 200:
					done.Add(1)
				case answer.Status == 412:
					stale.Add(1)
				}
			})
		}
		group.Wait()
		require.Equal(t, []int64{1, 5}, []int64{done.Load(), stale.Load()})
		require.InDelta(t, 2, i.Admin.Get(t, "/organisation").Want(t, 200).Data(t)["version"], 0)
	})
}

// TestOnlyWhoMayChangesTheOrganisation: an ability of its own, which
// administrators have.
func TestOnlyWhoMayChangesTheOrganisation(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "role", "name": "office", "abilities": []string{"manage_organisation"}},
			doc{"kind": "role", "name": "rest", "abilities": []string{"manage_users", "manage_roles", "design", "read_audit"}},
		}}).Want(t, 200)
		i.Person(t, "Olga", "office").Patch(t, "/organisation", doc{"name": "Olga’s"}).Want(t, 200)
		rest := i.Person(t, "Rita", "rest")
		rest.Get(t, "/organisation").Want(t, 403)
		rest.Patch(t, "/organisation", doc{"name": "Rita’s"}).Want(t, 403)
		require.Equal(t, "Olga’s", i.Admin.Get(t, "/organisation").Want(t, 200).Data(t)["name"])
	})
}

// TestTheCurrencyStaysWhileAmountsAreKept: what they are worth in it would be
// wrong. The refusal says which objects hold them.
func TestTheCurrencyStaysWhileAmountsAreKept(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{
			"kind": "object", "name": "bid", "type": "object", "plural": "Bids",
			"properties": doc{"name": doc{"field": "text"}, "price": doc{"field": "money"}},
		}}}).Want(t, 200)
		empty := i.Admin.Post(t, "/records/bid", doc{"name": "no price"}).Want(t, 201).Data(t)["id"].(string)
		i.Admin.Patch(t, "/organisation", doc{"currency": "USD"}).Want(t, 200)
		bid := i.Admin.Post(t, "/records/bid", doc{"price": "10"}).Want(t, 201).Data(t)
		require.Equal(t, dollars("10.00"), bid["price"])

		refused := i.Admin.Patch(t, "/organisation", doc{"currency": "CNY"}).Want(t, 422)
		_, items := refused.Fault(t)
		require.Equal(t, map[string]string{"/currency": "currency_held"}, items)
		require.Contains(t, string(refused.Body), "Bids (1)")
		chinese := i.Admin.With("Accept-Language", "zh-CN").Patch(t, "/organisation", doc{"currency": "CNY"}).Want(t, 422)
		require.Contains(t, string(chinese.Body), "不能再更改本位币")
		path := "/records/bid/" + bid["id"].(string)
		i.Admin.Delete(t, path).Want(t, 204)
		i.Admin.Patch(t, "/organisation", doc{"currency": "CNY"}).Want(t, 422)
		i.Admin.Delete(t, "/bin/bid/"+bid["id"].(string)).Want(t, 204)
		i.Admin.Post(t, "/records/exchange_rate", doc{"currency": "EUR", "valid_from": "2020-01-01", "rate": "1.1"}).Want(t, 201)
		require.Contains(t, string(i.Admin.Patch(t, "/organisation", doc{"currency": "CNY"}).Want(t, 422).Body), "Exchange rates (1)")
		require.Equal(t, "USD", i.Admin.Get(t, "/organisation").Want(t, 200).Data(t)["currency"])
		i.Admin.Patch(t, "/organisation", doc{"name": "Other things still change"}).Want(t, 200)
		i.Admin.Patch(t, "/records/bid/"+empty, doc{"price": "3"}).Want(t, 200)
	})
}

// TestADefaultThatACurrencyCannotHold keeps the organisation from it.
func TestADefaultThatACurrencyCannotHold(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{
			"kind": "object", "name": "bid", "type": "object", "properties": doc{"price": doc{"field": "money", "default": "1.50"}},
		}}}).Want(t, 200)
		_, items := i.Admin.Patch(t, "/organisation", doc{"currency": "JPY"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/currency": "currency_unfit"}, items)
	})
}

// TestCurrenciesInUse: new amounts are in one of them; what was in another stays,
// and may be corrected.
func TestCurrenciesInUse(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{
			"kind": "object", "name": "bid", "type": "object", "properties": doc{"name": doc{"field": "text"}, "price": doc{"field": "money"}},
		}}}).Want(t, 200)
		for _, currency := range []string{"USD", "EUR"} {
			i.Admin.Post(t, "/records/exchange_rate", doc{"currency": currency, "valid_from": "2020-01-01", "rate": "7"}).Want(t, 201)
		}
		old := "/records/bid/" + i.Admin.Post(t, "/records/bid", doc{"price": dollars("10")}).Want(t, 201).Data(t)["id"].(string)
		i.Admin.Patch(t, "/organisation", doc{"currencies": []any{"CNY", "EUR"}}).Want(t, 200)

		for _, ask := range []*enginetest.Answer{
			i.Admin.Post(t, "/records/bid", doc{"price": dollars("1")}),
			i.Admin.Patch(t, "/records/bid/"+i.Admin.Post(t, "/records/bid", doc{"price": yuan("1")}).Want(t, 201).Data(t)["id"].(string), doc{"price": dollars("1")}),
		} {
			_, items := ask.Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/price": "currency_not_used"}, items)
		}
		i.Admin.Post(t, "/records/bid", doc{"price": doc{"amount": "1", "currency": "EUR"}}).Want(t, 201)
		require.Equal(t, dollars("10.00"), i.Admin.Patch(t, old, doc{"name": "renamed"}).Want(t, 200).Data(t)["price"])
		require.Equal(t, dollars("12.00"), i.Admin.Patch(t, old, doc{"price": dollars("12")}).Want(t, 200).Data(t)["price"])
		i.Admin.Delete(t, old).Want(t, 204)
		i.Admin.Post(t, old+"/restore", nil).Want(t, 200)
		i.Admin.Patch(t, old, doc{"price": yuan("80")}).Want(t, 200)
		i.Admin.Patch(t, old, doc{"price": dollars("12")}).Want(t, 422)
	})
}

// TestLanguagesOffered: who prefers another gets the organisation's, and nobody
// may choose one that is not offered.
func TestLanguagesOffered(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		kim := i.Person(t, "Kim", "sales_rep")
		kim.Patch(t, "/me", doc{"locale": "en"}).Want(t, 200)
		says := func(client *enginetest.Client) string {
			var problem struct{ Detail string }
			client.Get(t, "/records/nothing").Want(t, 404).Into(t, &problem)
			return problem.Detail
		}
		english, chinese := says(kim), says(i.Admin.With("Accept-Language", "zh-CN"))
		require.NotEqual(t, english, chinese)
		i.Admin.Patch(t, "/organisation", doc{"locale": "zh-CN", "languages": []any{"zh-CN"}}).Want(t, 200)
		require.Equal(t, chinese, says(kim))
		require.Equal(t, chinese, says(i.Admin.With("Accept-Language", "en")))
		require.Empty(t, kim.Get(t, "/me").Want(t, 200).Data(t)["locale"])
		_, items := kim.Patch(t, "/me", doc{"locale": "en"}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/locale": "unknown_option"}, items)
		i.Admin.Patch(t, "/organisation", doc{"languages": []any{"zh-CN", "en"}}).Want(t, 200)
		require.Equal(t, english, says(kim), "his own choice counts again")
		require.Equal(t, chinese, says(i.Admin.With("Accept-Language", "fr")), "who prefers none gets the organisation's")
	})
}

// TestDaysFollowTheZoneOfTheOrganisation: what is computed from a day and kept is
// worked out again when days begin elsewhere.
func TestDaysFollowTheZoneOfTheOrganisation(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			doc{"kind": "object", "name": "call", "type": "object", "properties": doc{
				"at":  doc{"field": "datetime"},
				"day": doc{"field": "formula", "expression": "date(at)", "index": true},
				"due": doc{"field": "formula", "expression": "addDays(day, 1)"},
			}},
		}}).Want(t, 200)
		path := "/records/call/" + i.Admin.Post(t, "/records/call", doc{"at": "2026-03-01T20:00:00Z"}).Want(t, 201).Data(t)["id"].(string)
		days := func() []any {
			record := i.Admin.Get(t, path).Want(t, 200).Data(t)
			return []any{record["day"], record["due"], record["version"]}
		}
		before := days()
		require.Equal(t, []any{"2026-03-02", "2026-03-03"}, before[:2])
		i.Admin.Patch(t, "/organisation", doc{"timezone": "UTC"}).Want(t, 200)
		require.Equal(t, []any{"2026-03-01", "2026-03-02", before[2]}, days())
		require.Len(t, i.Admin.Get(t, "/records/call?where=day+%3D%3D+date(%222026-03-01%22)").Want(t, 200).List(t), 1)
	})
}

// TestTheBrandIsSeenByStrangers: the name, the colour and the logo, and nothing
// else; the logo is a picture written anew, and is kept by who has seen it.
func TestTheBrandIsSeenByStrangers(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		stranger := &enginetest.Client{URL: i.URL}
		require.Equal(t, doc{
			"name": "Acme", "locale": "en", "languages": []any{"zh-CN", "en"}, "brand": doc{"name": "", "accent": "", "logo": ""},
		}, stranger.Get(t, "/brand").Want(t, 200).Data(t))
		i.Admin.Patch(t, "/organisation", doc{"brand": doc{"name": " Acme CRM ", "accent": "#AA3300"}}).Want(t, 200)
		raw := append(picture(t, 1024, 300), []byte("<script>alert(1)</script>")...)
		told := i.Admin.Send(t, "/organisation/logo", "logo.html", raw).Want(t, 200).Data(t)["brand"].(map[string]any)
		require.Equal(t, []any{"Acme CRM", "#aa3300"}, []any{told["name"], told["accent"]})
		require.Equal(t, told, stranger.Get(t, "/brand").Want(t, 200).Data(t)["brand"])
		path := "/brand/logo/" + told["logo"].(string)
		shown := stranger.Get(t, path).Want(t, 200)
		require.Equal(t, "image/png", shown.Header.Get("Content-Type"))
		require.Equal(t, "public, max-age=31536000, immutable", shown.Header.Get("Cache-Control"))
		require.Contains(t, shown.Header.Get("Content-Security-Policy"), "default-src 'none'")
		require.NotContains(t, string(shown.Body), "script")
		config, err := png.DecodeConfig(bytes.NewReader(shown.Body))
		require.NoError(t, err)
		require.Equal(t, []int{436, 128}, []int{config.Width, config.Height})

		again := i.Admin.Send(t, "/organisation/logo", "logo.png", raw).Want(t, 200).Data(t)["brand"].(map[string]any)
		require.Equal(t, told["logo"], again["logo"], "the same picture has the same name")
		i.Admin.Patch(t, "/organisation", `{"brand":{"accent":null}}`).Want(t, 200)
		require.Equal(t, told["logo"], stranger.Get(t, "/brand").Want(t, 200).Data(t)["brand"].(map[string]any)["logo"])
		gone := i.Admin.Delete(t, "/organisation/logo").Want(t, 200).Data(t)["brand"]
		require.Equal(t, doc{"name": "Acme CRM", "accent": "", "logo": ""}, gone)
		stranger.Get(t, path).Want(t, 404)
		entries := i.Admin.Get(t, "/audit?action=setting_changed").Want(t, 200).List(t)
		require.Len(t, entries, 4, "the same picture again is no change")
	})
}

// TestAWrongLogoIsRefused, and the one that there is stays.
func TestAWrongLogoIsRefused(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		before := i.Admin.Send(t, "/organisation/logo", "a.png", picture(t, 20, 20)).Want(t, 200).Data(t)
		for name, content := range map[string][]byte{
			"a drawing that runs": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
			"a page":              []byte("<!DOCTYPE html><script>alert(1)</script>"),
			"nothing":             {},
			"half a picture":      picture(t, 50, 50)[:60],
			"a bomb":              headerBomb(30_000),
			"a film":              []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		} {
			_, items := i.Admin.Send(t, "/organisation/logo", "a.png", content).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/file": "not_a_logo"}, items, name)
		}
		i.Admin.Send(t, "/organisation/logo", "a.png", append(picture(t, 20, 20), make([]byte, 512<<10)...)).Want(t, 413)
		i.Admin.Send(t, "/organisation/logo", "a.png", make([]byte, 3<<20)).Want(t, 413)
		i.Admin.With("Content-Type", "multipart/form-data; boundary=x").Post(t, "/organisation/logo", "--x--").Want(t, 400)
		i.Admin.With("If-Match", `"1"`).Delete(t, "/organisation/logo").Want(t, 412)
		i.Person(t, "Kim", "sales_rep").Send(t, "/organisation/logo", "a.png", picture(t, 9, 9)).Want(t, 403)
		require.Equal(t, before, i.Admin.Get(t, "/organisation").Want(t, 200).Data(t))
	})
}
