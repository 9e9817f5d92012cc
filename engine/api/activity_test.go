package api_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
)

// calls are an object whose records are about others, of which some read only
// their own, and one without the time and the outcome.
func calls(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	grant := func(object, scope string, fields ...any) doc {
		g := doc{"object": object, "actions": []any{"read", "create", "update"}, "scope": scope}
		if fields != nil {
			g["fields"] = doc{"read": fields, "update": []any{}}
		}
		return g
	}
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
		doc{
			"kind": "object", "name": "firm", "type": "object",
			"properties": doc{"name": property("text"), "next": property("datetime"), "open": property("boolean")},
			"behaviours": doc{"due": doc{"at": "next", "while": "open"}},
		},
		doc{
			"kind": "object", "name": "call", "type": "object",
			"properties": doc{
				"name": property("text"), "about": property("link"), "at": property("datetime"), "outcome": property("text"), "next_at": property("datetime"),
			},
			"behaviours": doc{"activity": doc{"about": "about", "at": "at", "next": "next_at", "fields": []any{"outcome", "next_at"}}},
		},
		doc{"kind": "role", "name": "own", "grants": []any{grant("firm", "all"), grant("call", "own")}},
		doc{"kind": "role", "name": "blind", "grants": []any{grant("firm", "all"), grant("call", "all", "name", "about")}},
		doc{"kind": "role", "name": "alone", "grants": []any{grant("firm", "all"), grant("call", "all", "name", "at")}},
		doc{"kind": "role", "name": "looks", "grants": []any{
			doc{"object": "firm", "actions": []any{"read"}}, doc{"object": "call", "actions": []any{"read", "create"}},
		}},
	}}).Want(t, 200)
}

// activitiesTold are the names of the activities in a timeline, newest first, read in
// pages of a size.
func activitiesTold(t *testing.T, c *enginetest.Client, at string, size int) []string {
	t.Helper()
	names := []string{}
	for cursor := ""; ; {
		var page struct {
			Data []struct {
				Kind     string
				Activity struct {
					Object string
					Record map[string]any
				}
			}
			Page struct{ Next *string }
		}
		c.Get(t, fmt.Sprintf("%s/timeline?limit=%d&cursor=%s", at, size, cursor)).Want(t, 200).Into(t, &page)
		for _, entry := range page.Data {
			if entry.Kind == "activity" {
				require.Equal(t, "call", entry.Activity.Object)
				names = append(names, fmt.Sprint(entry.Activity.Record["name"]))
			}
		}
		if page.Page.Next == nil {
			return names
		}
		cursor = *page.Page.Next
	}
}

// TestWhatIsAboutARecordStandsInItsTimeline: in the order of when it was, page
// by page without gaps or repeats, and not when it is deleted.
func TestWhatIsAboutARecordStandsInItsTimeline(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		calls(t, i)
		firm := fmt.Sprint(i.Admin.Post(t, "/records/firm", doc{"name": "F"}).Want(t, 201).Data(t)["id"])
		at, link := "/records/firm/"+firm, doc{"object": "firm", "id": firm}
		now := fmt.Sprint(i.Admin.Get(t, at).Want(t, 200).Data(t)["created_at"])
		var gone string
		for n := range 4 { // at the same moment, of which the ids tell the order
			made := i.Admin.Post(t, "/records/call", doc{"name": fmt.Sprint("same", n), "about": link, "at": now}).Want(t, 201).Data(t)
			if n == 1 {
				gone = fmt.Sprint(made["id"])
			}
			i.Admin.Post(t, at+"/comments", doc{"text": "said"}).Want(t, 201)
		}
		i.Admin.Post(t, "/records/call", doc{"name": "unsaid", "about": link}).Want(t, 201)
		i.Admin.Post(t, "/records/call", doc{"name": "early", "about": link, "at": "1969-12-31T23:00:00Z"}).Want(t, 201)
		i.Admin.Post(t, "/records/call", doc{"name": "planned", "about": link, "at": "2199-01-01T00:00:00Z"}).Want(t, 201)
		i.Admin.Post(t, "/records/call", doc{"name": "elsewhere"}).Want(t, 201)
		want := []string{"planned", "unsaid", "same3", "same2", "same1", "same0", "early"}
		for _, size := range []int{200, 3, 2, 1} {
			require.ElementsMatch(t, want, activitiesTold(t, i.Admin, at, size), "pages of %d", size)
		}
		require.Equal(t, activitiesTold(t, i.Admin, at, 200), activitiesTold(t, i.Admin, at, 1))
		require.Equal(t, "planned", activitiesTold(t, i.Admin, at, 1)[0])
		require.Equal(t, "early", activitiesTold(t, i.Admin, at, 1)[6])

		require.Len(t, i.Admin.Get(t, at+"/timeline?kinds=comment,file").Want(t, 200).List(t), 4)
		require.Len(t, i.Admin.Get(t, at+"/timeline?kinds=activity&limit=3").Want(t, 200).List(t), 3)
		i.Admin.Get(t, at+"/timeline?kinds=wish").Want(t, 400)

		i.Admin.Delete(t, "/records/call/"+gone).Want(t, 204)
		require.NotContains(t, activitiesTold(t, i.Admin, at, 2), "same1")
		i.Admin.Post(t, "/records/call/"+gone+"/restore", nil).Want(t, 200)
		require.Contains(t, activitiesTold(t, i.Admin, at, 2), "same1")
		for _, wrong := range []string{`{"a":9007199254740993000}`, `{"a":-9007199254740992}`, `{"a":1,"i":"x"}`} {
			i.Admin.Get(t, at+"/timeline?cursor="+base64.RawURLEncoding.EncodeToString([]byte(wrong))).Want(t, 400)
		}
	})
}

// TestATimelineShowsOfActivitiesWhatItsReaderMayRead: not those of others to who
// reads his own, not hidden fields, whose order tells nothing, and nothing to
// whom what it is about is hidden.
func TestATimelineShowsOfActivitiesWhatItsReaderMayRead(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		calls(t, i)
		own, blind, alone := i.Person(t, "Own", "own"), i.Person(t, "Blind", "blind"), i.Person(t, "Alone", "alone")
		firm := fmt.Sprint(i.Admin.Post(t, "/records/firm", doc{"name": "F"}).Want(t, 201).Data(t)["id"])
		at, link := "/records/firm/"+firm, doc{"object": "firm", "id": firm}
		call := func(c *enginetest.Client, name, when string) {
			c.Post(t, "/records/call", doc{"name": name, "about": link, "at": when, "outcome": "secret"}).Want(t, 201)
		}
		call(i.Admin, "first", "2020-01-02T00:00:00Z")
		i.Admin.Post(t, "//test/clock", doc{"advance": "PT1S"}).Want(t, 200)
		call(i.Admin, "second", "2020-01-01T00:00:00Z")
		call(own, "his", "2020-01-03T00:00:00Z")

		require.Equal(t, []string{"his", "first", "second"}, activitiesTold(t, i.Admin, at, 1))
		require.Equal(t, []string{"his"}, activitiesTold(t, own, at, 1))
		require.Equal(t, []string{"his", "second", "first"}, activitiesTold(t, blind, at, 1))
		require.Empty(t, activitiesTold(t, alone, at, 1))
		body := string(blind.Get(t, at+"/timeline").Want(t, 200).Body)
		require.NotContains(t, body, "secret")
		require.NotContains(t, body, "2020-01")

		object := blind.Get(t, "/meta/object/call").Want(t, 200).Data(t)
		require.Equal(t, doc{"activity": doc{"about": "about", "fields": []any{}}}, object["behaviours"])
		require.Empty(t, alone.Get(t, "/meta/object/call").Want(t, 200).Data(t)["behaviours"])
	})
}

// TestANextDateIsHandedOnToWhatItIsAbout: a day to come is taken over, a day
// that has come is dealt with, in the rights of who says so.
func TestANextDateIsHandedOnToWhatItIsAbout(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		calls(t, i)
		firm := fmt.Sprint(i.Admin.Post(t, "/records/firm", doc{"name": "F", "next": "2020-01-01T00:00:00Z"}).Want(t, 201).Data(t)["id"])
		at, link := "/records/firm/"+firm, doc{"object": "firm", "id": firm}
		next := func() any { return i.Admin.Get(t, at).Want(t, 200).Data(t)["next"] }
		say := func(c *enginetest.Client, more doc) string {
			sent := doc{"name": "call", "about": link}
			maps.Copy(sent, more)
			return fmt.Sprint(c.Post(t, "/records/call", sent).Want(t, 201).Data(t)["id"])
		}
		looks := i.Person(t, "Looks", "looks")
		say(looks, doc{"next_at": "2198-01-01T00:00:00Z"})
		require.Equal(t, "2020-01-01T00:00:00.000Z", next())
		say(i.Admin, doc{"at": "2019-06-01T00:00:00Z", "next_at": "2019-07-01T00:00:00Z"})
		require.Equal(t, "2020-01-01T00:00:00.000Z", next(), "what was noted afterwards of before says nothing")
		call := say(i.Admin, nil)
		require.Nil(t, next())
		i.Admin.Patch(t, "/records/call/"+call, doc{"next_at": "2198-01-01T00:00:00Z"}).Want(t, 200)
		require.Equal(t, "2198-01-01T00:00:00.000Z", next())
		say(i.Admin, nil)
		require.Equal(t, "2198-01-01T00:00:00.000Z", next(), "a plan holds until its day")
		changes := i.Admin.Get(t, at+"/changes").Want(t, 200).List(t)
		require.Len(t, changes, 3)
	})
}

// TestADefinitionSaysWhatItsActivitiesAreAbout by fields that can.
func TestADefinitionSaysWhatItsActivitiesAreAbout(t *testing.T) {
	t.Parallel()
	i := enginetest.New(t, engine.Config{Directory: t.TempDir()})
	object := func(behaviours doc) doc {
		return doc{"kind": "object", "name": "call", "type": "object", "behaviours": behaviours, "properties": doc{
			"name": property("text"), "about": property("link"), "at": property("datetime"), "day": property("date"),
			"state": doc{"field": "select", "oneOf": []any{doc{"const": "done"}}},
		}}
	}
	for pointer, behaviours := range map[string]doc{
		"/behaviours/activity/about":    {"activity": doc{"about": "name"}},
		"/behaviours/activity/at":       {"activity": doc{"about": "about", "at": "day"}},
		"/behaviours/activity/next":     {"activity": doc{"about": "about", "next": "state"}},
		"/behaviours/activity/fields/0": {"activity": doc{"about": "about", "fields": []any{"absent"}}},
		"/behaviours/due/at":            {"due": doc{"at": "name"}},
		"/behaviours/due/while":         {"due": doc{"at": "at", "while": "absent"}},
		"/behaviours/due/done/state":    {"due": doc{"at": "at", "done": doc{"state": "absent"}}},
		"/behaviours/due/done/version":  {"due": doc{"at": "at", "done": doc{"version": 1}}},
	} {
		_, items := i.Admin.Put(t, "/meta/object/call", object(behaviours)).Want(t, 422).Fault(t)
		require.Contains(t, items, "/definitions/0"+pointer)
	}
	both := doc{"activity": doc{"about": "about", "next": "at"}, "due": doc{"at": "at"}}
	i.Admin.Put(t, "/meta/object/call", object(both)).Want(t, 422)
	i.Admin.Put(t, "/meta/object/call", object(doc{"due": doc{"at": "day", "done": doc{"state": "done"}}})).Want(t, 200)
}
