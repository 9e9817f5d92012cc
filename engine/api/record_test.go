package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		lead := func(t *testing.T, values map[string]any) map[string]any {
			t.Helper()
			return i.Admin.Post(t, "/records/lead", values).Want(t, 201).Data(t)
		}
		path := func(record map[string]any) string { return fmt.Sprint("/records/lead/", record["id"]) }

		t.Run("is answered with every readable field, null when empty, and its version as ETag", func(t *testing.T) {
			answer := i.Admin.Post(t, "/records/lead", map[string]any{"name": "Zhang", "company": "Yuntu", "score": 7}).Want(t, 201)
			data := answer.Data(t)
			require.Equal(t, `"1"`, answer.Header.Get("ETag"))
			require.InDelta(t, 7, data["score"], 0)
			require.Nil(t, data["email"])
			require.Contains(t, data, "email")
			require.Equal(t, "new", data["status"], "the default")
			require.Equal(t, i.Admin.UserID, data["owner"], "the owner defaults to the actor")
			require.Equal(t, data, i.Admin.Get(t, path(data)).Want(t, 200).Data(t))
		})
		t.Run("refuses every wrong value with its pointer and writes nothing", func(t *testing.T) {
			before := i.Admin.Get(t, "/records/lead?count=exact&limit=1").Want(t, 200)
			answer := i.Admin.Post(t, "/records/lead", map[string]any{
				"name": "x", "score": "7", "email": "nobody", "status": "gone", "bogus": 1, "id": "1", "company": fmt.Sprintf("%0161d", 1),
				"owner": "00000000-0000-7000-8000-000000000009", "mobile": 5, "website": "javascript:alert(1)", "next_followup_at": "tomorrow",
			}).Want(t, 422)
			code, items := answer.Fault(t)
			require.Equal(t, "invalid_values", code)
			require.Equal(t, map[string]string{
				"/score": "wrong_type", "/email": "invalid_email", "/status": "unknown_option", "/bogus": "unknown_field", "/id": "read_only",
				"/company": "too_long", "/owner": "missing_record", "/mobile": "wrong_type", "/website": "invalid_url", "/next_followup_at": "invalid_datetime",
			}, items)
			require.Equal(t, before.Body, i.Admin.Get(t, "/records/lead?count=exact&limit=1").Body)
		})
		t.Run("keeps its rules", func(t *testing.T) {
			_, items := i.Admin.Post(t, "/records/lead", map[string]any{"name": "nobody can reach"}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/email": "rule_broken", "/mobile": "rule_broken"}, items)
		})
		t.Run("is changed by a merge patch that raises its version once", func(t *testing.T) {
			record := lead(t, map[string]any{"name": "a", "company": "b", "city": "Suzhou"})
			changed := i.Admin.Patch(t, path(record), map[string]any{"city": nil, "score": 3}).Want(t, 200).Data(t)
			require.Nil(t, changed["city"])
			require.InDelta(t, 2, changed["version"], 0)
			same := i.Admin.Patch(t, path(record), map[string]any{"score": 3}).Want(t, 200).Data(t)
			require.InDelta(t, 2, same["version"], 0, "a patch that changes nothing writes nothing")
		})
		t.Run("refuses a stale version and tells the current one", func(t *testing.T) {
			record := lead(t, map[string]any{"name": "a", "company": "b"})
			i.Admin.With("If-Match", `"1"`).Patch(t, path(record), map[string]any{"score": 1}).Want(t, 200)
			answer := i.Admin.With("If-Match", `"1"`).Patch(t, path(record), map[string]any{"score": 2}).Want(t, 412)
			require.Equal(t, `"2"`, answer.Header.Get("ETag"))
			i.Admin.With("If-Match", `"1"`).Delete(t, path(record)).Want(t, 412)
		})
		t.Run("is deleted into the recycle bin and restored from it", func(t *testing.T) {
			record := lead(t, map[string]any{"name": "a", "company": "b"})
			i.Admin.Delete(t, path(record)).Want(t, 204)
			i.Admin.Get(t, path(record)).Want(t, 404)
			i.Admin.Delete(t, path(record)).Want(t, 404)
			restored := i.Admin.Post(t, path(record)+"/restore", nil).Want(t, 200).Data(t)
			require.Equal(t, "a", restored["name"])
			code, _ := i.Admin.Post(t, path(record)+"/restore", nil).Want(t, 409).Fault(t)
			require.Equal(t, "not_deleted", code)
		})
		t.Run("remembers who changed what, before and after", func(t *testing.T) {
			record := lead(t, map[string]any{"name": "a", "company": "b"})
			i.Admin.Patch(t, path(record), map[string]any{"score": 9}).Want(t, 200)
			i.Admin.Delete(t, path(record)).Want(t, 204)
			entries := i.Admin.Get(t, path(record)+"/changes").Want(t, 200).List(t)
			require.Len(t, entries, 3)
			require.Equal(t, "delete", entries[0]["action"])
			require.Equal(t, map[string]any{"score": 0.0}, entries[1]["before"])
			require.Equal(t, map[string]any{"score": 9.0}, entries[1]["after"])
			require.Equal(t, i.Admin.UserID, entries[1]["by"])
			require.Nil(t, entries[2]["before"])
		})
		t.Run("is written once for one Idempotency-Key, however often it is sent at once", func(t *testing.T) {
			client := i.Admin.With("Idempotency-Key", "key-1")
			values := map[string]any{"name": "once", "company": "only once"}
			var group sync.WaitGroup
			answers := make([]*enginetest.Answer, 12)
			for n := range answers {
				group.Go(func() { answers[n], _ = client.Try(http.MethodPost, "/records/lead", values) })
			}
			group.Wait()
			for _, answer := range answers {
				require.Equal(t, string(answers[0].Want(t, 201).Body), string(answer.Want(t, 201).Body))
			}
			found := i.Admin.Post(t, "/records/lead/_query", map[string]any{"where": `company == "only once"`}).Want(t, 200).List(t)
			require.Len(t, found, 1)
			code, _ := client.Post(t, "/records/lead", map[string]any{"name": "other", "company": "x"}).Want(t, 422).Fault(t)
			require.Equal(t, "idempotency_mismatch", code)
		})
		t.Run("loses no update among writers that read, add one and try again", func(t *testing.T) {
			record := lead(t, map[string]any{"name": "counter", "company": "b"})
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					for done := 0; done < 5; {
						now := i.Admin.Get(t, path(record))
						data := now.Data(t)
						score, _ := data["score"].(float64)
						answer, err := i.Admin.With("If-Match", now.Header.Get("ETag")).Try(http.MethodPatch, path(record), map[string]any{"score": score + 1})
						if err == nil && answer.Status == 200 {
							done++
						}
					}
				})
			}
			group.Wait()
			require.InDelta(t, 40, i.Admin.Get(t, path(record)).Data(t)["score"], 0)
		})
	})
}

func TestBatch(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		create := func(name, company string) map[string]any {
			return map[string]any{"op": "create", "values": map[string]any{"name": name, "company": company}}
		}
		count := func(where string) float64 {
			var body struct{ Page struct{ Total float64 } }
			i.Admin.Post(t, "/records/lead/_query", map[string]any{"where": where, "count": "exact", "limit": 1}).Want(t, 200).Into(t, &body)
			return body.Page.Total
		}
		t.Run("applies what can be applied, one outcome an operation in order", func(t *testing.T) {
			outcomes := i.Admin.Post(t, "/records/lead/_batch", map[string]any{"operations": []any{
				create("a", "loose"), map[string]any{"op": "create", "values": map[string]any{"name": ""}}, create("b", "loose"),
			}}).Want(t, 200).List(t)
			require.InDelta(t, 201, outcomes[0]["status"], 0)
			require.InDelta(t, 422, outcomes[1]["status"], 0)
			require.InDelta(t, 201, outcomes[2]["status"], 0)
			require.InDelta(t, 2, count(`company == "loose"`), 0)
		})
		t.Run("that is atomic applies all or nothing and points at what failed", func(t *testing.T) {
			_, items := i.Admin.Post(t, "/records/lead/_batch", map[string]any{"atomic": true, "operations": []any{
				create("a", "strict"), map[string]any{"op": "create", "values": map[string]any{"name": "b", "score": "x", "company": "strict"}},
			}}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/operations/1/values/score": "wrong_type"}, items)
			require.InDelta(t, 0, count(`company == "strict"`), 0)
		})
		t.Run("upserts by the match fields", func(t *testing.T) {
			upsert := map[string]any{"operations": []any{map[string]any{
				"op": "upsert", "match": []string{"email"}, "values": map[string]any{"email": "u@example.com", "name": "U", "company": "upsert"},
			}}}
			first := i.Admin.Post(t, "/records/lead/_batch", upsert).Want(t, 200).List(t)[0]
			again := i.Admin.Post(t, "/records/lead/_batch", upsert).Want(t, 200).List(t)[0]
			require.InDelta(t, 201, first["status"], 0)
			require.InDelta(t, 200, again["status"], 0)
			require.Equal(t, first["id"], again["id"])
		})
		t.Run("refuses more than 10,000 operations by name", func(t *testing.T) {
			operations := make([]map[string]any, 10_001)
			for n := range operations {
				operations[n] = create("x", "y")
			}
			code, _ := i.Admin.Post(t, "/records/lead/_batch", map[string]any{"operations": operations}).Want(t, 413).Fault(t)
			require.Equal(t, "too_many_operations", code)
		})
	})
}
