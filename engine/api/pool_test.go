package api_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// pooled is an installation with a pool, to which two people belong.
type pooled struct {
	*enginetest.Installation
	pool     string
	ren, sun *enginetest.Client
}

func somePool(t *testing.T, i *enginetest.Installation, rules doc) *pooled {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": pooledDefinitions()}).Want(t, 200)
	p := &pooled{Installation: i, ren: i.Person(t, "Ren", "taker"), sun: i.Person(t, "Sun", "taker")}
	values := doc{"name": "East", "code": "east", "object": "chance", "people": []string{p.ren.UserID, p.sun.UserID}}
	maps.Copy(values, rules)
	p.pool = made(t, i.Admin, "pool", values)
	return p
}

// waiting adds records that wait.
func (p *pooled) waiting(t *testing.T, n int) []string {
	t.Helper()
	ids := []string{}
	for k := range n {
		ids = append(ids, made(t, p.Admin, "chance", doc{"name": fmt.Sprint("C", k), "phone": "13812345678", "owner": nil, "pool": p.pool}))
	}
	return ids
}

// later lets time pass, after which everybody signs in anew.
func (p *pooled) later(t *testing.T, by time.Duration) {
	t.Helper()
	p.Clock.Shift(by)
	p.ren, p.sun, p.Admin = p.Client(t, "ren@example.com"), p.Client(t, "sun@example.com"), p.Client(t, "admin@example.com")
}

func act(id, action string) string { return "/records/chance/" + id + "/actions/" + action }

func actions(t *testing.T, c *enginetest.Client, id string) []string {
	t.Helper()
	var body struct{ Can struct{ Actions []string } }
	c.Get(t, "/records/chance/"+id).Want(t, 200).Into(t, &body)
	return body.Can.Actions
}

// TestOneOfFiftyClaimsWins: of fifty people who claim one record at once exactly
// one has it, and the others are told who; the history has one change.
func TestOneOfFiftyClaimsWins(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		p := somePool(t, i, nil)
		people, ids := []*enginetest.Client{}, []string{}
		for n := range 50 {
			person := i.Person(t, fmt.Sprint("Taker ", n), "taker")
			people, ids = append(people, person), append(ids, person.UserID)
		}
		i.Admin.Patch(t, "/records/pool/"+p.pool, doc{"people": ids}).Want(t, 200)
		for _, id := range p.waiting(t, enginetest.Times(2, 200)) {
			answers := make([]*enginetest.Answer, len(people))
			var group sync.WaitGroup
			for n, person := range people {
				group.Go(func() { answers[n], _ = person.Try("POST", act(id, "claim"), nil) })
			}
			group.Wait()
			owner := fmt.Sprint(i.Admin.Get(t, "/records/chance/"+id).Want(t, 200).Data(t)["owner"])
			winners := 0
			for n, answer := range answers {
				require.NotNil(t, answer)
				if answer.Status == 200 {
					winners++
					require.Equal(t, people[n].UserID, owner)
					continue
				}
				code, _ := answer.Want(t, 409).Fault(t)
				require.Equal(t, "already_taken_by", code)
				require.Contains(t, string(answer.Body), "Taker ")
			}
			require.Equal(t, 1, winners)
			require.Len(t, i.Admin.Get(t, "/records/chance/"+id+"/changes").Want(t, 200).List(t), 2, "made, and claimed once")
		}
	})
}

// TestWhatIsClaimedIsOnesOwn: what was masked is readable, in the answer too; it
// is in the history as a claim, and the right to it is told by the record.
func TestWhatIsClaimedIsOnesOwn(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		p := somePool(t, i, nil)
		id := p.waiting(t, 1)[0]
		require.Equal(t, []string{"claim"}, actions(t, p.ren, id))
		require.Equal(t, "+86138****5678", p.ren.Get(t, "/records/chance/"+id).Want(t, 200).Data(t)["phone"])
		claimed := p.ren.Post(t, act(id, "claim"), nil).Want(t, 200).Data(t)
		require.Equal(t, "+8613812345678", claimed["phone"])
		require.Equal(t, p.ren.UserID, claimed["owner"])
		require.NotNil(t, claimed["claimed_at"])
		require.Equal(t, []string{"release"}, actions(t, p.ren, id))
		changes := p.ren.Get(t, "/records/chance/"+id+"/changes").Want(t, 200).List(t)
		require.Equal(t, "claim", changes[0]["via"])
		p.sun.Get(t, "/records/chance/"+id).Want(t, 404)
		code, _ := p.sun.Post(t, act(id, "claim"), nil).Want(t, 409).Fault(t)
		require.Equal(t, "already_taken_by", code)
		stranger := i.Person(t, "Stranger", "taker")
		stranger.Post(t, act(id, "claim"), nil).Want(t, 404)
		code, _ = p.ren.Post(t, act(id, "claim"), nil).Want(t, 409).Fault(t)
		require.Equal(t, "already_taken_by", code, "twice")
		released := p.ren.Post(t, act(id, "release"), doc{"reason": "No budget"}).Want(t, 200).Data(t)
		require.Equal(t, "+86138****5678", released["phone"], "masked again")
		require.Nil(t, released["owner"])
		require.Equal(t, "No budget", released["return_reason"])
		require.Equal(t, p.ren.UserID, released["prev_owner"])
		require.Contains(t, string(p.sun.Get(t, "/records/chance/"+id+"/timeline").Want(t, 200).Body), "No budget")
		code, _ = i.Admin.Post(t, act(id, "release"), doc{}).Want(t, 409).Fault(t)
		require.Equal(t, "not_owned", code)
	})
}

// TestWhoMayClaimIsJudged: the ability, belonging to the pool, and a pool that is
// enabled are all needed.
func TestWhoMayClaimIsJudged(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		p := somePool(t, i, nil)
		id := p.waiting(t, 1)[0]
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "role", "name": "looker", "grants": []any{
			doc{"object": "chance", "actions": []string{"read"}, "scope": "all"},
		}}}}).Want(t, 200)
		looker := i.Person(t, "Looker", "looker")
		require.Empty(t, actions(t, looker, id))
		code, _ := looker.Post(t, act(id, "claim"), nil).Want(t, 403).Fault(t)
		require.Equal(t, "missing_ability", code)
		both := i.Person(t, "Both", "looker", "taker")
		require.Empty(t, actions(t, both, id))
		code, _ = both.Post(t, act(id, "claim"), nil).Want(t, 403).Fault(t)
		require.Equal(t, "forbidden", code, "not of the pool")
		both.Post(t, act(id, "assign"), doc{"user": both.UserID}).Want(t, 403)
		i.Admin.Patch(t, "/records/pool/"+p.pool, doc{"enabled": false}).Want(t, 200)
		p.ren.Post(t, act(id, "claim"), nil).Want(t, 404)
		code, _ = both.Post(t, act(id, "claim"), nil).Want(t, 409).Fault(t)
		require.Equal(t, "not_waiting", code)
		own := made(t, p.ren, "chance", doc{"name": "Own"})
		code, _ = p.ren.Post(t, act(own, "release"), nil).Want(t, 409).Fault(t)
		require.Equal(t, "no_pool", code)
		i.Admin.Post(t, "/records/team/"+made(t, i.Admin, "team", doc{"name": "T", "code": "t"})+"/actions/claim", nil).Want(t, 409)
	})
}

// TestQuotasHoldForWhoClaimsAtOnce: of many claims of one person at once as many
// succeed as his day and what he may hold allow; the next day counts anew, and
// what counts no longer makes room.
func TestQuotasHoldForWhoClaimsAtOnce(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		p := somePool(t, i, doc{"daily_quota": 3, "holding_cap": 5})
		ids := p.waiting(t, 12)
		claim := func(ids []string) map[string]int {
			t.Helper()
			answers := make([]*enginetest.Answer, len(ids))
			var group sync.WaitGroup
			for n, id := range ids {
				group.Go(func() { answers[n], _ = p.ren.Try("POST", act(id, "claim"), nil) })
			}
			group.Wait()
			told := map[string]int{}
			for _, answer := range answers {
				require.NotNil(t, answer)
				code := "ok"
				if answer.Status != 200 {
					code, _ = answer.Want(t, 409).Fault(t)
				}
				told[code]++
			}
			return told
		}
		waits := func() []string {
			return counted(t, p.sun, "/records/chance?sort=id&count=exact")
		}
		require.Equal(t, map[string]int{"ok": 3, "claim_quota": 5}, claim(ids[:8]))
		p.later(t, 24*time.Hour)
		require.Equal(t, map[string]int{"ok": 2, "holding_cap": 7}, claim(waits()))
		var mine struct{ Data []doc }
		p.ren.Get(t, "/pools?object=chance").Want(t, 200).Into(t, &mine)
		require.Len(t, mine.Data, 1)
		require.EqualValues(t, 7, mine.Data[0]["waiting"])
		require.EqualValues(t, 2, mine.Data[0]["claimed_today"])
		require.EqualValues(t, 5, mine.Data[0]["holding"])
		require.Equal(t, true, mine.Data[0]["can_claim"])
		require.Equal(t, false, mine.Data[0]["can_assign"])
		p.ren.Patch(t, "/records/chance/"+counted(t, p.ren, "/records/chance?where=owner%20%3D%3D%20me.id&sort=id&count=exact")[0], doc{"done": true}).Want(t, 200)
		require.Equal(t, map[string]int{"ok": 1, "claim_quota": 6}, claim(waits()))
		_, faults := i.Admin.Patch(t, "/records/chance/"+waits()[0], doc{"owner": p.ren.UserID}).Want(t, 409).Fault(t)
		require.Empty(t, faults)
		i.Admin.Patch(t, "/records/chance/"+waits()[0], doc{"owner": p.sun.UserID}).Want(t, 200)
	})
}

// TestWhoGaveARecordBackLeavesItToOthers for as many days as the pool says.
func TestWhoGaveARecordBackLeavesItToOthers(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		p := somePool(t, i, doc{"cooldown_days": 2})
		id := p.waiting(t, 1)[0]
		p.ren.Post(t, act(id, "claim"), nil).Want(t, 200)
		p.ren.Post(t, act(id, "release"), nil).Want(t, 200)
		code, _ := p.ren.Post(t, act(id, "claim"), nil).Want(t, 409).Fault(t)
		require.Equal(t, "claim_cooldown", code)
		p.sun.Post(t, act(id, "claim"), nil).Want(t, 200)
		p.sun.Post(t, act(id, "release"), nil).Want(t, 200)
		p.ren.Post(t, act(id, "claim"), nil).Want(t, 200)
		p.ren.Post(t, act(id, "release"), nil).Want(t, 200)
		p.later(t, 48*time.Hour)
		p.ren.Post(t, act(id, "claim"), nil).Want(t, 200)
	})
}

// TestARecordIsAssignedByWhoMay: by the administrators of its pool to who belongs
// to it, by who may change owners to anybody; to nobody who is not there.
func TestARecordIsAssignedByWhoMay(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		p := somePool(t, i, doc{"holding_cap": 1, "daily_quota": 0})
		keeper, other := i.Person(t, "Keeper", "taker"), i.Person(t, "Other", "taker")
		i.Admin.Patch(t, "/records/pool/"+p.pool, doc{"administrators": []string{keeper.UserID}}).Want(t, 200)
		ids := p.waiting(t, 4)
		require.Equal(t, []string{"claim", "assign"}, actions(t, keeper, ids[0]))
		p.ren.Post(t, act(ids[0], "assign"), doc{"user": p.sun.UserID}).Want(t, 403)
		for user, code := range map[string]string{"": "required", other.UserID: "not_of_pool", p.pool: "missing_record", "x": "missing_record"} {
			_, faults := keeper.Post(t, act(ids[0], "assign"), doc{"user": user}).Want(t, 422).Fault(t)
			require.Equal(t, map[string]string{"/user": code}, faults)
		}
		keeper.Post(t, act(ids[0], "assign"), doc{"user": p.sun.UserID}).Want(t, 200)
		require.Equal(t, p.sun.UserID, i.Admin.Get(t, "/records/chance/"+ids[0]).Want(t, 200).Data(t)["owner"])
		code, _ := keeper.Post(t, act(ids[1], "assign"), doc{"user": p.sun.UserID}).Want(t, 409).Fault(t)
		require.Equal(t, "holding_cap", code)
		code, _ = keeper.Post(t, act(ids[0], "assign"), doc{"user": p.ren.UserID}).Want(t, 409).Fault(t)
		require.Equal(t, "already_taken_by", code)
		i.Admin.Post(t, act(ids[1], "assign"), doc{"user": other.UserID}).Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+p.ren.UserID, doc{"active": false}).Want(t, 200)
		_, faults := i.Admin.Post(t, act(ids[2], "assign"), doc{"user": p.ren.UserID}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/user": "missing_record"}, faults)
		other.Get(t, "/records/chance/"+ids[1]).Want(t, 200)
		i.Admin.Post(t, act(ids[1], "release"), doc{"reason": strings.Repeat("x", 501)}).Want(t, 422)
		i.Admin.Post(t, act(ids[1], "release"), doc{"pool": other.UserID}).Want(t, 422)
		i.Admin.Post(t, act(ids[1], "release"), doc{"reason": "gone"}).Want(t, 200)
	})
}

// TestManyRecordsAreActedOnEachByItself: each that can be is, with a result for
// each in order; too many are refused, and sent again with its key the answer is
// the same.
func TestManyRecordsAreActedOnEachByItself(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		p := somePool(t, i, doc{"daily_quota": 2})
		ids := p.waiting(t, 4)
		p.sun.Post(t, act(ids[1], "claim"), nil).Want(t, 200)
		keyed := p.ren.With("Idempotency-Key", "once")
		ask := doc{"ids": []string{ids[0], ids[1], "x", ids[2], ids[3]}}
		first := keyed.Post(t, "/records/chance/_claim", ask).Want(t, 200)
		codes := []any{}
		for _, one := range first.List(t) {
			codes = append(codes, one["status"], one["code"])
		}
		require.Equal(t, []any{200.0, nil, 409.0, "already_taken_by", 404.0, "not_found", 200.0, nil, 409.0, "claim_quota"}, codes)
		require.Equal(t, string(first.Body), string(keyed.Post(t, "/records/chance/_claim", ask).Want(t, 200).Body))
		require.Len(t, p.ren.Post(t, "/records/chance/_release", doc{"ids": []string{ids[0], ids[2]}, "reason": "x"}).Want(t, 200).List(t), 2)
		require.Nil(t, i.Admin.Get(t, "/records/chance/"+ids[2]).Want(t, 200).Data(t)["owner"])
		many := make([]string, 201)
		code, _ := p.ren.Post(t, "/records/chance/_claim", doc{"ids": many}).Want(t, 413).Fault(t)
		require.Equal(t, "too_many_operations", code)
		i.Admin.Post(t, "/records/chance/_assign", doc{"ids": []string{ids[2]}, "user": p.sun.UserID}).Want(t, 200)
		p.ren.Post(t, "/records/nothing/_claim", doc{"ids": []string{}}).Want(t, 404)
	})
}
