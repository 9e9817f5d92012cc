package identity

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// credential is what a request shows to say who sent it: the secret of a
// session or of an API key.
type credential struct {
	via   string
	hash  []byte
	table string
	owner expr.Fragment // gives the person's id while the credential is good
}

// bySecret makes the actor of a credential; nil when it is not, or no longer,
// a good one. With remembered he may have a Standing: who works for him must
// see that it holds.
func (s *Service) bySecret(ctx context.Context, c credential, remembered bool) (*access.Actor, error) {
	now, key := s.clock.Now(), c.via+string(c.hash) // a key is no session, though it was used just now
	standing, alone := s.store.Standing()
	remembered = remembered || alone
	if remembered {
		actor := s.known.get(key, now)
		switch {
		case actor == nil:
		case !alone:
			return actor, nil
		case actor.Standing == standing:
			return actor.Settled(), nil
		}
	}
	if remembered && !alone {
		// It is read first: who changes in between is only read once more.
		if err := s.store.QueryRow(ctx, "SELECT standing FROM sys_catalog").Scan(&standing); err != nil {
			return nil, fmt.Errorf("read the standing: %w", err)
		}
	}
	actor, err := s.holder(ctx, c)
	if err != nil || actor == nil {
		return nil, err
	}
	if s.seen.due(key, now) {
		if err := s.wasSeen(ctx, c, now); err != nil {
			return nil, err
		}
	}
	if remembered && actor.Viewer == "" {
		s.known.put(key, now, actor, standing)
	}
	return actor, nil
}

// holder makes the actor of a credential; nil when it is not, or no longer, a
// good one. Fault: view_as_over.
func (s *Service) holder(ctx context.Context, c credential) (*access.Actor, error) {
	if c.via == viaKey {
		return s.keyHolder(ctx, c)
	}
	return s.sessionHolder(ctx, c)
}

// keyHolder makes the actor of a key, who may no more than it is limited to.
func (s *Service) keyHolder(ctx context.Context, c credential) (*access.Actor, error) {
	actor, err := s.actor(ctx, c.owner, c.via)
	if err != nil || actor == nil {
		return actor, err
	}
	row, err := store.First[tokenRow](ctx, s.store, "token_hash = ?", c.hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil // revoked just now
	}
	if err != nil {
		return nil, fmt.Errorf("read a key: %w", err)
	}
	actor.Limit, err = row.limit()
	return actor, err
}

// seenEvery is how exactly it is known when a credential was used last.
const seenEvery = time.Minute

// seenPatience is how long a request waits until it is noted: who reads does not
// wait for a database that is busy with one long write.
const seenPatience = 200 * time.Millisecond

// wasSeen notes that a credential was used.
func (s *Service) wasSeen(ctx context.Context, c credential, now time.Time) error {
	noted := make(chan error, 1)
	go func() {
		noted <- s.store.Write(context.WithoutCancel(ctx), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			text := "UPDATE sys_token SET seen_at = ? WHERE token_hash = ?"
			if c.table == "sys_session" {
				text = "UPDATE sys_session SET seen_at = ? WHERE token_hash = ?"
			}
			_, err := tx.Exec(ctx, text, milliseconds(now), c.hash)
			return err
		})
	}()
	select {
	case <-time.After(seenPatience):
		return nil
	case err := <-noted:
		if err != nil {
			return fmt.Errorf("note that a credential was used: %w", err)
		}
		return nil
	}
}

// Unsettle is the part of a write that lets a change of a person, or of the
// departments, act on the next request.
func (s *Service) Unsettle(_ context.Context, w *record.Work, change *record.Change) error {
	if change.Object.Name == field.UserObject || change.Object.Name == field.DepartmentObject {
		w.Tx.Unsettle()
	}
	return nil
}

// actors remembers for a second who sent the last requests, with the standing
// of people at that time.
type actors struct {
	mutex  sync.RWMutex
	byHash map[string]knownActor
}

type knownActor struct {
	actor access.Actor
	at    time.Time
}

// How long and how many actors are remembered.
const (
	knownFor = time.Second
	maxKnown = 10_000
)

func (a *actors) get(key string, now time.Time) *access.Actor {
	a.mutex.RLock()
	known, ok := a.byHash[key]
	a.mutex.RUnlock()
	if age := now.Sub(known.at); !ok || age < 0 || age > knownFor {
		return nil
	}
	return &known.actor
}

func (a *actors) put(key string, now time.Time, actor *access.Actor, standing int64) {
	known := knownActor{actor: *actor, at: now}
	known.actor.Standing = standing
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.byHash == nil || len(a.byHash) >= maxKnown {
		a.byHash = map[string]knownActor{}
	}
	a.byHash[key] = known
}

// sightings remembers when the use of credentials was noted last.
type sightings struct {
	mutex  sync.Mutex
	byHash map[string]time.Time
}

// due reports whether a use should be noted, and then counts it as noted.
func (s *sightings) due(key string, now time.Time) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if last, ok := s.byHash[key]; ok && now.Sub(last) < seenEvery && !now.Before(last) {
		return false
	}
	if s.byHash == nil || len(s.byHash) >= maxKnown {
		s.byHash = map[string]time.Time{}
	}
	s.byHash[key] = now
	return true
}
