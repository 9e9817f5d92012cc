package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// works is a calendar of Mondays to Fridays in Shanghai, with exceptions.
func works(exceptions ...any) doc {
	hours := []any{doc{"from": "09:00", "to": "18:00"}}
	return doc{
		"kind": "calendar", "name": "works", "title": "Works", "timezone": "Asia/Shanghai",
		"hours": doc{"mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours}, "exceptions": append([]any{}, exceptions...),
	}
}

// call is an object that tells whether somebody rang in working hours.
func call() doc {
	return doc{"kind": "object", "name": "call", "type": "object", "properties": doc{
		"name": doc{"field": "text", "title": "Name"}, "at": doc{"field": "datetime", "title": "At"},
		"served": doc{"field": "formula", "title": "Served", "expression": `inBusinessHours(at, "works")`, "as": "boolean"},
		"open":   doc{"field": "formula", "title": "Open", "expression": `inBusinessHours(at)`, "as": "boolean"},
	}}
}

// TestWorkingHoursAreAskedInEveryPlace: in formulas that are kept, in filters,
// and in rules; and what is kept is worked out again when a calendar changes.
func TestWorkingHoursAreAskedInEveryPlace(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		ruled := call()
		ruled["rules"] = []any{doc{"name": "by_day", "assert": `name != "strict" || inBusinessHours(at, "works")`, "message": "Ring by day."}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{works(), ruled}}).Want(t, 200)
		friday := i.Admin.Post(t, "/records/call", doc{"name": "friday", "at": "2026-10-02T10:00:00+08:00"}).Want(t, 201).Data(t)
		saturday := i.Admin.Post(t, "/records/call", doc{"name": "saturday", "at": "2026-10-10T10:00:00+08:00"}).Want(t, 201).Data(t)
		require.Equal(t, []any{true, true, false, false}, []any{friday["served"], friday["open"], saturday["served"], saturday["open"]})
		i.Admin.Post(t, "/records/call", doc{"name": "strict", "at": "2026-10-10T10:00:00+08:00"}).Want(t, 422)

		found := func(where string) []string {
			var names []string
			for _, record := range i.Admin.Get(t, "/records/call?sort=name&where="+url.QueryEscape(where)).Want(t, 200).List(t) {
				names = append(names, record["name"].(string))
			}
			return names
		}
		require.Equal(t, []string{"friday"}, found("inBusinessHours(at)"))
		require.Equal(t, []string{"saturday"}, found(`!inBusinessHours(at, "works")`))
		i.Admin.Get(t, "/records/call?where="+url.QueryEscape(`inBusinessHours(at, "moon")`)).Want(t, 400)

		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{works(
			doc{"from": "2026-10-01", "to": "2026-10-07", "type": "off", "title": "National Day"}, doc{"from": "2026-10-10", "type": "work"},
		)}}).Want(t, 200)
		require.Equal(t, []string{"saturday"}, found("served"), "it is worked out again")
		require.Equal(t, []string{"friday"}, found("open"), "that of another calendar is as it was")
		require.Equal(t, []string{"saturday"}, found(`inBusinessHours(at, "works")`))
	})
}

// TestACalendarIsKeptAsLongAsItIsUsed, by an expression or by the organisation,
// and who uses it is told.
func TestACalendarIsKeptAsLongAsItIsUsed(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		require.Equal(t, "weekdays", i.Admin.Get(t, "/me").Want(t, 200).Data(t)["organisation"].(map[string]any)["calendar"])
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{works(), call()}}).Want(t, 200)
		drop := func(name string) *enginetest.Answer {
			return i.Admin.Post(t, "/meta/_apply", doc{"delete": []any{doc{"kind": "calendar", "name": name}}, "allow": []any{"destructive"}})
		}
		code, items := drop("works").Want(t, 409).Fault(t)
		require.Equal(t, "in_use", code)
		require.Equal(t, map[string]string{"/object/call/properties/served/expression": "unknown_calendar"}, items)
		code, items = drop("weekdays").Want(t, 409).Fault(t)
		require.Equal(t, "in_use", code)
		require.Contains(t, items, "/object/call/properties/open/expression")
		users := i.Admin.Get(t, "/meta/calendar/weekdays/users").Want(t, 200).List(t)
		require.Equal(t, []any{"object", "call", "organisation", "calendar"}, []any{users[0]["kind"], users[0]["name"], users[1]["kind"], users[1]["name"]})

		i.Admin.Post(t, "/meta/_apply", doc{"delete": []any{doc{"kind": "object", "name": "call"}}, "allow": []any{"destructive"}}).Want(t, 200)
		drop("works").Want(t, 200)
		drop("cn_office").Want(t, 200)
		_, items = drop("weekdays").Want(t, 409).Fault(t)
		require.Equal(t, map[string]string{"/organisation/calendar": "dangling_reference"}, items)
		_, items = i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{call()}}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/definitions/0/properties/served/expression": "unknown_calendar"}, items)
	})
}

// TestTwoChangesOfACalendarDoNotGoOverOneAnother: who knew it as it was before
// is refused, and loses nothing.
func TestTwoChangesOfACalendarDoNotGoOverOneAnother(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		base := i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{works()}}).Want(t, 200).Data(t)["revision"]
		first := doc{"definitions": []any{works(doc{"from": "2026-10-10", "type": "work"})}, "base": base}
		second := doc{"definitions": []any{works(doc{"from": "2026-10-01", "type": "off"})}, "base": base}
		i.Admin.Post(t, "/meta/_apply", first).Want(t, 200)
		code, _ := i.Admin.Post(t, "/meta/_plan", second).Want(t, 409).Fault(t)
		require.Equal(t, "revision_conflict", code)
		i.Admin.Post(t, "/meta/_apply", second).Want(t, 409)
		exceptions := i.Admin.Get(t, "/meta/calendar/works?raw=true").Want(t, 200).Data(t)["exceptions"].([]any)
		require.Len(t, exceptions, 1)
		require.Equal(t, "2026-10-10", exceptions[0].(map[string]any)["from"])
	})
}

// TestCalendarsAreForWhoShapesTheProduct.
func TestCalendarsAreForWhoShapesTheProduct(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		member := i.Person(t, "Member", "member")
		member.Get(t, "/meta/calendar/weekdays").Want(t, 404)
		member.Post(t, "/meta/_apply", doc{"definitions": []any{works()}}).Want(t, 403)
		require.NotContains(t, string(member.Get(t, "/meta").Want(t, 200).Body), "cn_office")
		chinese := i.Admin.With("Accept-Language", "zh-CN").Get(t, "/meta/calendar/cn_office").Want(t, 200).Data(t)
		require.Equal(t, "中国办公日历", chinese["title"])
		require.Equal(t, "元旦", chinese["exceptions"].([]any)[0].(map[string]any)["title"])
	})
}

// TestAFileOfHolidaysIsReadAndChangesNothing.
func TestAFileOfHolidaysIsReadAndChangesNothing(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		before := i.Admin.Get(t, "/meta").Want(t, 200).Body
		file := "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261008\nSUMMARY:国庆节\nEND:VEVENT\nEND:VCALENDAR\n"
		read := i.Admin.Post(t, "/calendars/holidays", doc{"text": file}).Want(t, 200).Data(t)
		require.Equal(t, map[string]any{"skipped": 0.0, "days": []any{map[string]any{"from": "2026-10-01", "to": "2026-10-07", "type": "off", "title": "国庆节"}}}, read)
		for _, text := range []any{"", "no calendar", file[:len(file)-20]} {
			code, _ := i.Admin.Post(t, "/calendars/holidays", doc{"text": text}).Want(t, 422).Fault(t)
			require.Equal(t, "not_a_calendar", code)
		}
		i.Admin.Post(t, "/calendars/holidays", doc{"text": 5}).Want(t, 400)
		i.Admin.Post(t, "/calendars/holidays", doc{"text": strings.Repeat("x", 2<<20)}).Want(t, 413)
		i.Person(t, "Member", "member").Post(t, "/calendars/holidays", doc{"text": file}).Want(t, 403)
		require.Equal(t, string(before), string(i.Admin.Get(t, "/meta").Want(t, 200).Body))
	})
}
