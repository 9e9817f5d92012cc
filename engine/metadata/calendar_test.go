package metadata_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/schemas"
)

// calendars compiles definitions.
func calendars(t *testing.T, organisation metadata.Organisation, texts ...string) (*metadata.Catalog, []metadata.Problem) {
	t.Helper()
	loaded, err := metadata.LoadSchemas(schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	var definitions []metadata.Definition
	for _, text := range texts {
		definition, err := loaded.Parse([]byte(text))
		require.NoError(t, err, text)
		definitions = append(definitions, definition)
	}
	return metadata.Compile(1, definitions, metadata.Environment{
		Schemas: loaded, Kinds: field.Registry(), Options: metadata.LoadOptionSets(schemas.Files), Organisation: organisation,
	})
}

func TestACalendarIsHoursAndExceptions(t *testing.T) {
	t.Parallel()
	catalog, problems := calendars(
		t, metadata.Organisation{Timezone: "Europe/Berlin", Calendar: "works"},
		`{"kind": "calendar", "name": "works", "title": "Works", "timezone": "Asia/Shanghai",
			"hours": {"mon": [{"from": "09:00", "to": "12:00"}, {"from": "12:00", "to": "18:00"}], "fri": [{"from": "20:00", "to": "24:00"}]},
			"exceptions": [
				{"from": "2026-11-21", "type": "work", "title": "Make-up"},
				{"from": "2026-11-27", "type": "work"},
				{"from": "2026-12-28", "to": "2027-01-04", "type": "off", "title": "Year's end"},
				{"from": "2026-11-22", "type": "work", "hours": [{"from": "10:00", "to": "11:30"}], "title": "Half"}]}`,
		`{"kind": "calendar", "name": "here", "hours": {"sun": [{"from": "00:00", "to": "24:00"}]}}`,
		`{"kind": "translation", "name": "zh-CN", "texts": {"calendar/works/title": "工厂", "calendar/works/exceptions/2026-12-28/title": "年末"}}`,
	)
	require.Empty(t, problems)
	require.Empty(t, catalog.Warnings(), "the texts of exceptions have places")
	works, ok := catalog.Calendar("works")
	require.True(t, ok)
	own, ok := catalog.Calendar("")
	require.True(t, ok)
	require.Same(t, works, own, "the organisation's")
	for when, open := range map[string]bool{
		"2026-11-16 12:00": true, "2026-11-16 08:59": false, "2026-11-17 10:00": false,
		"2026-11-21 09:00": true, "2026-11-21 18:00": false, // a Saturday, with the hours of Monday
		"2026-11-27 10:00": false, "2026-11-27 23:59": true, // a Friday, with its own
		"2026-11-22 11:29": true, "2026-11-22 11:30": false, // half a day
		"2026-12-28 10:00": false, "2027-01-04 10:00": false, "2027-01-11 10:00": true,
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", when, works.Zone())
		require.NoError(t, err)
		require.Equal(t, open, works.Open(at), when)
	}
	here, ok := catalog.Calendar("here")
	require.True(t, ok)
	require.Equal(t, "Europe/Berlin", here.Zone().String(), "the organisation's zone")
	found, ok := metadata.Find[*metadata.Calendar](catalog, metadata.KindCalendar, "works")
	require.True(t, ok)
	require.Equal(t, "工厂", found.Title.In("zh-CN"))
	users := catalog.Users(metadata.Key{Kind: metadata.KindCalendar, Name: "works"}, "")
	require.Contains(t, users, metadata.Use{Key: metadata.OrganisationCalendar(), What: metadata.UseOfDefinition})
	missing, _ := catalog.Missing("zh-CN")
	require.Contains(t, missing, metadata.Text{Key: "calendar/works/exceptions/2026-11-21/title", Text: "Make-up"})
}

func TestACalendarThatMakesNoSenseIsRefusedWhereItDoesNot(t *testing.T) {
	t.Parallel()
	const monday = `"hours": {"mon": [{"from": "09:00", "to": "18:00"}]}`
	for _, given := range []struct {
		text, pointer string
		code          fault.Code
	}{
		{`"hours": {}`, "/hours", fault.NeverOpen},
		{`"hours": {"mon": []}, "exceptions": [{"from": "2026-01-01", "type": "work", "hours": [{"from": "09:00", "to": "10:00"}]}]`, "/hours", fault.NeverOpen},
		{`"hours": {"tue": [{"from": "09:00", "to": "12:00"}, {"from": "11:59", "to": "18:00"}]}`, "/hours/tue/1", fault.HoursOutOfOrder},
		{`"hours": {"tue": [{"from": "13:00", "to": "18:00"}, {"from": "09:00", "to": "12:00"}]}`, "/hours/tue/1", fault.HoursOutOfOrder},
		{`"hours": {"mon": [{"from": "09:00", "to": "18:00"}], "sat": [{"from": "22:00", "to": "06:00"}]}`, "/hours/sat/0", fault.HoursOutOfOrder},
		{`"timezone": "Nowhere/Land", ` + monday, "/timezone", fault.UnknownTimezone},
		{`"timezone": "Local", ` + monday, "/timezone", fault.UnknownTimezone},
		{monday + `, "exceptions": [{"from": "2026-10-01", "to": "2026-10-07", "type": "off"}, {"from": "2026-10-07", "type": "work"}]`, "/exceptions/1/from", fault.DayTwice},
		{monday + `, "exceptions": [{"from": "2026-10-07", "to": "2026-10-01", "type": "off"}]`, "/exceptions/0/to", fault.OutOfRange},
		{monday + `, "exceptions": [{"from": "2026-10-07", "to": "2028-10-01", "type": "off"}]`, "/exceptions/0/to", fault.OutOfRange},
		{monday + `, "exceptions": [{"from": "2026-10-07", "type": "off", "hours": [{"from": "09:00", "to": "12:00"}]}]`, "/exceptions/0/hours", fault.NotAllowed},
		{monday + `, "exceptions": [{"from": "2026-10-07", "type": "work", "hours": [{"from": "12:00", "to": "12:00"}]}]`, "/exceptions/0/hours/0", fault.HoursOutOfOrder},
	} {
		_, problems := calendars(t, metadata.Organisation{}, `{"kind": "calendar", "name": "c", `+given.text+`}`)
		require.Len(t, problems, 1, given.text)
		require.Equal(t, []any{metadata.Key{Kind: "calendar", Name: "c"}, given.pointer, given.code}, []any{problems[0].Key, problems[0].Pointer, problems[0].Code}, given.text)
	}
	loaded, err := metadata.LoadSchemas(schemas.Files, metadata.DefinitionKinds())
	require.NoError(t, err)
	for text, pointer := range map[string]string{
		`"hours": {"mon": [{"from": "9:00", "to": "18:00"}]}`:                         "/hours/mon/0/from",
		`"hours": {"mon": [{"from": "24:00", "to": "24:00"}]}`:                        "/hours/mon/0/from",
		`"hours": {"mon": [{"from": "09:00"}]}`:                                       "/hours/mon/0/to",
		`"hours": {"someday": []}`:                                                    "/hours/someday",
		monday + `, "exceptions": [{"from": "2026-02-30", "type": "off"}]`:            "/exceptions/0/from",
		monday + `, "exceptions": [{"from": "9026-02-03", "type": "off"}]`:            "/exceptions/0/from",
		monday + `, "exceptions": [{"from": "2026-02-03", "type": "free"}]`:           "/exceptions/0/type",
		monday + `, "exceptions": [{"from": "2026-02-03"}]`:                           "/exceptions/0/type",
		monday + `, "exceptions": [{"from": "2026-02-03", "type": "off", "why": ""}]`: "/exceptions/0/why",
	} {
		_, err := loaded.Parse([]byte(`{"kind": "calendar", "name": "c", ` + text + `}`))
		f := fault.As(err)
		require.NotNil(t, f, text)
		require.Equal(t, pointer, f.Items[0].Pointer, text)
	}
}
