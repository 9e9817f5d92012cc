package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/store"
)

// audited lists entries, oldest first, without those of reading the log.
func audited(t *testing.T, client *enginetest.Client, query string) []map[string]any {
	t.Helper()
	list := client.Get(t, "/audit?limit=200"+query).Want(t, 200).List(t)
	list = slices.DeleteFunc(list, func(entry map[string]any) bool { return entry["action"] == "audit_read" })
	slices.Reverse(list)
	return list
}

// TestWhatConcernsSecurityIsInTheAuditLog: who, through what, to what, and what
// was before and after.
func TestWhatConcernsSecurityIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		<-time.After(2 * time.Millisecond) // after the key was made that asks
		start := "&since=" + url.QueryEscape(i.Clock.Now().Add(-time.Millisecond).UTC().Format(time.RFC3339Nano))
		admin := i.Admin
		made := admin.Post(t, "/records/user", doc{"name": "Li Lei", "email": "li@example.com", "roles": []string{}}).Want(t, 201).Data(t)
		admin.Patch(t, fmt.Sprint("/records/user/", made["id"]), doc{"roles": []string{"admin"}}).Want(t, 200)
		admin.Patch(t, fmt.Sprint("/records/user/", made["id"]), doc{"timezone": "Asia/Tokyo"}).Want(t, 200)
		admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "seller", "grants": []any{doc{"object": "lead", "actions": []string{"read"}}}}}}).Want(t, 200)
		lead := fmt.Sprint(admin.Post(t, "/records/lead", doc{"name": "A", "company": "Yuntu"}).Want(t, 201).Data(t)["id"])
		admin.Post(t, "/records/lead/"+lead+"/shares", doc{"to": doc{"role": "seller"}, "access": "read"}).Want(t, 201)
		admin.Post(t, "/exports", doc{"object": "lead", "where": `name == "A"`}).Want(t, 202)
		admin.Delete(t, "/records/lead/"+lead).Want(t, 204)
		admin.Delete(t, "/bin/lead/"+lead).Want(t, 204)
		stranger := &enginetest.Client{URL: i.URL}
		stranger.Post(t, "/auth/login", doc{"email": enginetest.AdminEmail, "password": "wrong"}).Want(t, 401)
		stranger.Post(t, "/auth/login", doc{"email": "my secret password", "password": "wrong"}).Want(t, 401)
		stranger.Post(t, "/auth/login", doc{"email": enginetest.AdminEmail, "password": enginetest.Password}).Want(t, 200)

		var actions []any
		list := audited(t, admin, start)
		for _, entry := range list {
			actions = append(actions, entry["action"])
		}
		require.Equal(t, []any{
			"person_created", "person_changed", "definitions_changed", "share_created", "export", "record_erased", "login_failed", "login_failed", "login",
		}, actions)
		changed := list[1]
		require.Equal(t, doc{"before": doc{"roles": nil}, "after": doc{"roles": []any{"admin"}}}, changed["detail"])
		require.Equal(t, []any{admin.UserID, "key", "user", made["id"], "127.0.0.1"}, []any{changed["actor"], changed["via"], changed["object"], changed["subject"], changed["address"]})
		require.Equal(t, doc{"changes": []any{doc{"kind": "role", "name": "seller", "action": "create", "risk": "safe"}}}, list[2]["detail"])
		require.Equal(t, doc{"email": enginetest.AdminEmail}, list[6]["detail"])
		require.Equal(t, doc{}, list[7]["detail"], "what is no mail address may be a password")
		require.Len(t, audited(t, admin, start+"&action=person_changed"), 1)
		require.Len(t, audited(t, admin, start+"&object=lead&subject="+lead), 2)
		require.Empty(t, audited(t, admin, start+"&actor="+absent))
		require.Equal(t, doc{"action": "person_changed", "since": changedSince(start)}, admin.Get(t, "/audit?action=audit_read&limit=4").Want(t, 200).List(t)[3]["detail"])
	})
}

func changedSince(query string) string {
	values, _ := url.ParseQuery(query)
	return values.Get("since")
}

// TestTheAuditLogIsForWhoMayReadIt, and tells nothing of what was refused.
func TestTheAuditLogIsForWhoMayReadIt(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		li := i.Person(t, "Li Lei")
		before := len(audited(t, i.Admin, ""))
		for _, path := range []string{"/audit", "/audit/verify"} {
			li.Get(t, path).Want(t, 403)
		}
		li.Patch(t, "/records/user/"+li.UserID, doc{"roles": []string{"admin"}}).Want(t, 403)
		li.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "more"}}}).Want(t, 403)
		require.Len(t, audited(t, i.Admin, ""), before)
		i.Admin.Get(t, "/audit/file?limit=5").Want(t, 400)
		for query, status := range map[string]int{"?action=nothing": 400, "?actor=x": 400, "?since=yesterday": 400, "?limit=201": 400, "?limit=x": 400, "?cursor=x": 400, "?cursor=-1": 400, "?other=1": 400, "?subject=%27%20OR%201=1": 200} {
			require.Equal(t, status, i.Admin.Get(t, "/audit"+query).Status, query)
		}
	})
}

// errUndone ends a write of which nothing is to be kept.
var errUndone = errors.New("undone")

// TestTheAuditLogShowsWhereItWasTamperedWith: an entry that was edited, removed
// or exchanged, and an end that was cut off.
func TestTheAuditLogShowsWhereItWasTamperedWith(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for n := range 4 {
			i.Person(t, fmt.Sprint("Person ", n))
		}
		require.NoError(t, i.Audit.Head(t.Context()))
		verdict, err := i.Audit.Verify(t.Context())
		require.NoError(t, err)
		require.Empty(t, verdict.Problem)
		last := verdict.Last
		require.Equal(t, verdict.Entries, last)
		for name, c := range map[string]struct {
			statements []string
			problem    string
			at         int64
		}{
			"edited":                 {[]string{"UPDATE sys_audit SET detail = '{}' WHERE seq = 3"}, "edited", 3},
			"its time edited":        {[]string{"UPDATE sys_audit SET at = at + 1 WHERE seq = 2"}, "edited", 2},
			"removed":                {[]string{"DELETE FROM sys_audit WHERE seq = 2"}, "missing", 2},
			"the first removed":      {[]string{"DELETE FROM sys_audit WHERE seq = 1"}, "missing", 1},
			"exchanged":              {[]string{"UPDATE sys_audit SET seq = -2 WHERE seq = 2", "UPDATE sys_audit SET seq = 2 WHERE seq = 3", "UPDATE sys_audit SET seq = 3 WHERE seq = -2"}, "edited", 2},
			"cut off":                {[]string{fmt.Sprint("DELETE FROM sys_audit WHERE seq >= ", last-1)}, "truncated", last - 1},
			"cut off with its end":   {[]string{fmt.Sprint("DELETE FROM sys_audit WHERE seq = ", last), fmt.Sprint("UPDATE sys_audit_end SET last_seq = ", last-1, ", last_hash = (SELECT hash FROM sys_audit WHERE seq = ", last-1, ")")}, "truncated", last},
			"all removed":            {[]string{"DELETE FROM sys_audit"}, "truncated", 1},
			"its beginning cut off":  {[]string{fmt.Sprint("UPDATE sys_audit_end SET first_seq = ", last, ", first_hash = last_hash"), "DELETE FROM sys_audit"}, "missing", last},
			"begun anew in the past": {[]string{"DELETE FROM sys_audit", "UPDATE sys_audit_end SET last_seq = 0, last_hash = first_hash"}, "truncated", 1},
		} {
			var found any
			err := i.Store.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
				for _, statement := range c.statements {
					if _, err := tx.Exec(ctx, statement); err != nil {
						return err
					}
				}
				verdict, err := i.Audit.VerifyIn(ctx, tx)
				require.NoError(t, err, name)
				found = []any{verdict.Problem, verdict.At}
				return errUndone
			})
			require.ErrorIs(t, err, errUndone)
			require.Equal(t, []any{c.problem, c.at}, found, name)
		}
	})
}

// TestTheAuditLogHasOneOrder for all that happens at once.
func TestTheAuditLogHasOneOrder(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		var group sync.WaitGroup
		for n := range 12 {
			group.Go(func() {
				i.Admin.Post(t, "/records/user", doc{"name": "Somebody", "email": fmt.Sprint("p", n, "@example.com")}).Want(t, 201)
			})
		}
		group.Wait()
		verdict := i.Admin.Get(t, "/audit/verify").Want(t, 200).Data(t)
		require.NotContains(t, verdict, "problem")
		require.Len(t, audited(t, i.Admin, "&action=person_created&actor="+i.Admin.UserID), 12)
	})
}
