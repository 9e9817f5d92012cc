package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// TestPeopleCommentOnWhatTheyMayRead: each changes his own, and what it said
// before is kept.
func TestPeopleCommentOnWhatTheyMayRead(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow"})
		at := "/records/deal/" + theirs
		once := wang.With("Idempotency-Key", "one")
		comment := once.Post(t, at+"/comments", doc{"text": "  Call @[" + person + "]  "}).Want(t, 201).Data(t)
		require.Equal(t, comment, once.Post(t, at+"/comments", doc{"text": "  Call @[" + person + "]  "}).Want(t, 201).Data(t))
		require.Equal(t, "Call @["+person+"]", comment["text"])
		require.Equal(t, []any{person}, comment["mentions"])
		require.Len(t, wang.Get(t, at+"/comments").Want(t, 200).List(t), 2)

		its := fmt.Sprint(at, "/comments/", comment["id"])
		i.Admin.Patch(t, its, doc{"text": "mine"}).Want(t, 403)
		i.Admin.Delete(t, its).Want(t, 403)
		wang.With("If-Match", `"7"`).Patch(t, its, doc{"text": "Mail"}).Want(t, 412)
		edited := wang.With("If-Match", `"1"`).Patch(t, its, doc{"text": "Mail"}).Want(t, 200).Data(t)
		require.NotNil(t, edited["edited_at"])
		edits := i.Admin.Get(t, its+"/edits").Want(t, 200).List(t)
		require.Len(t, edits, 1)
		require.Equal(t, "Call @["+person+"]", edits[0]["text"])
		for _, wrong := range []doc{{}, {"text": " "}, {"text": strings.Repeat("长", 10_001)}, {"text": "a\x00b"}, {"text": "x", "mentions": []string{"nobody"}}} {
			wang.Post(t, at+"/comments", wrong).Want(t, 422)
		}
		wang.Post(t, at+"/comments", doc{"text": strings.Repeat("长", 10_000)}).Want(t, 201)
		for _, elsewhere := range []string{"/records/deal/" + mine, "/records/deal/" + invisible, "/records/firm/" + seen} {
			wang.Patch(t, fmt.Sprint(elsewhere, "/comments/", comment["id"]), doc{"text": "x"}).Want(t, 404)
		}
		wang.Delete(t, its).Want(t, 204)
		wang.Get(t, its+"/edits").Want(t, 404)

		i.Admin.Delete(t, at).Want(t, 204)
		i.Admin.Get(t, at+"/comments").Want(t, 404)
		wang.Post(t, at+"/comments", doc{"text": "x"}).Want(t, 404)
		for _, alike := range []string{invisible, elsewhere} { // which it would be a duplicate of
			i.Admin.Delete(t, "/records/deal/"+alike).Want(t, 204)
		}
		i.Admin.Post(t, at+"/restore", nil).Want(t, 200)
		require.Len(t, i.Admin.Get(t, at+"/comments").Want(t, 200).List(t), 2)
	})
}

// TestAMentionNeedsARightToTheRecord: somebody who may not read it is refused
// like somebody who does not exist.
func TestAMentionNeedsARightToTheRecord(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		wang := world(t, i, secrets{margin: "66", amount: "77", note: "secret one", account: "Shadow"})
		gone := i.Person(t, "Gone", "east")
		i.Admin.Patch(t, "/records/user/"+gone.UserID, doc{"active": false}).Want(t, 200)
		var told []string
		for _, id := range []string{other, absent, gone.UserID} {
			answer := wang.Post(t, "/records/deal/"+theirs+"/comments", doc{"text": "x", "mentions": []string{person, id}}).Want(t, 422)
			_, items := answer.Fault(t)
			require.Equal(t, map[string]string{"/mentions/1": "not_mentionable"}, items)
			told = append(told, normal(answer.Body))
			wang.Post(t, "/records/deal/"+theirs+"/comments", doc{"text": "@[" + id + "]"}).Want(t, 422)
		}
		require.Equal(t, told[0], told[1])
		require.Equal(t, told[0], told[2])
		kim := i.Person(t, "Kim", "east")
		wang.Post(t, "/records/deal/"+theirs+"/comments", doc{"text": "x", "mentions": []string{kim.UserID}}).Want(t, 201)
		wang.Post(t, "/records/deal/"+mine+"/comments", doc{"text": "x", "mentions": []string{kim.UserID}}).Want(t, 422)
	})
}

// TestTheTimelineIsOneOrderOfChangesAndComments, page by page, in the reader's
// rights; an object may do without comments, and a record takes its own along.
func TestTheTimelineIsOneOrderOfChangesAndComments(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		tool := doc{"kind": "object", "name": "tool", "type": "object", "behaviours": doc{"recycle": false}, "properties": doc{"name": property("text"), "price": property("integer")}}
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
			tool, doc{"kind": "role", "name": "smith", "grants": []any{doc{"object": "tool", "actions": []any{"read"}, "fields": doc{"read": []any{"name"}}}}},
		}}).Want(t, 200)
		kim := i.Person(t, "Kim", "smith")
		at := fmt.Sprint("/records/tool/", i.Admin.Post(t, "/records/tool", doc{"name": "0"}).Want(t, 201).Data(t)["id"])
		want := []string{"0"}
		for n := 1; n < 8; n++ {
			i.Admin.Patch(t, at, doc{"price": n}).Want(t, 200)
			i.Admin.Patch(t, at, doc{"name": fmt.Sprint(n)}).Want(t, 200)
			i.Admin.Post(t, "//test/clock", doc{"advance": "PT1S"}).Want(t, 200)
			kim.Post(t, at+"/comments", doc{"text": fmt.Sprint("c", n)}).Want(t, 201)
			want = append(want, fmt.Sprint(n), fmt.Sprint("c", n))
		}
		var got []string
		for cursor := ""; ; {
			var page struct {
				Data []struct {
					Kind    string
					Change  struct{ After map[string]any }
					Comment struct{ Text string }
				}
				Page struct{ Next *string }
			}
			kim.Get(t, at+"/timeline?limit=3&cursor="+cursor).Want(t, 200).Into(t, &page)
			for _, entry := range page.Data {
				text := entry.Comment.Text
				if entry.Kind == "change" {
					text = fmt.Sprint(entry.Change.After["name"])
					require.NotContains(t, entry.Change.After, "price")
				}
				got = append([]string{text}, got...)
			}
			if page.Page.Next == nil {
				break
			}
			cursor = *page.Page.Next
		}
		require.Equal(t, want, got)
		kim.Get(t, at+"/timeline?cursor=x").Want(t, 400)

		tool["behaviours"] = doc{"recycle": false, "comments": false}
		i.Admin.Put(t, "/meta/object/tool", tool).Want(t, 200)
		kim.Get(t, at+"/comments").Want(t, 404)
		kim.Post(t, at+"/comments", doc{"text": "x"}).Want(t, 404)
		require.NotContains(t, string(kim.Get(t, at+"/timeline").Want(t, 200).Body), `"comment"`)
		i.Admin.Delete(t, at).Want(t, 204)
		var left int
		require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_comment").Scan(&left))
		require.Zero(t, left)
	})
}
