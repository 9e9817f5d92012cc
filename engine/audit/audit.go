// Package audit keeps the log of what was done that concerns security: who
// signed in, who changed rights, definitions and keys, who took data out. An
// entry is written in the transaction of what it tells of, so that neither is
// there without the other, and carries the hash of the one before, so that
// Verify finds whatever was changed behind the product's back. Start with Write
// and Log.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/store"
)

// ReadAbility is what reading the log takes.
const ReadAbility = "read_audit"

// Entry is what somebody did.
type Entry struct {
	Action  string
	Object  string         // what sort of thing it was done to: an object, or a kind of definition
	Subject string         // which one: its id or its name
	Detail  map[string]any // more of it, such as the values before and after
}

// addressKey is where a request keeps the network address it comes from.
type addressKey struct{}

// From is a context of what is done from a network address.
func From(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// entryRow is an entry as it is kept. Its Detail is canonical JSON.
type entryRow struct {
	Seq     int64 `gorm:"primaryKey;autoIncrement:false"`
	At      int64
	Action  string
	Actor   string
	Via     string
	Address string
	Object  string
	Subject string
	Detail  string
	Hash    []byte
}

// TableName is the table of entries.
func (entryRow) TableName() string { return "sys_audit" }

// endRow is both ends of the log.
type endRow struct {
	ID        int64 `gorm:"primaryKey;autoIncrement:false"`
	FirstSeq  int64
	FirstHash []byte
	LastSeq   int64
	LastHash  []byte
}

// TableName is the table of the ends.
func (endRow) TableName() string { return "sys_audit_end" }

// chained is the hash of an entry that follows another: it covers all that the
// entry says, each part set apart.
func (r *entryRow) chained(before []byte) ([]byte, error) {
	said, err := json.Marshal([]any{hex.EncodeToString(before), r.Seq, r.At, r.Action, r.Actor, r.Via, r.Address, r.Object, r.Subject, r.Detail})
	if err != nil {
		return nil, fmt.Errorf("write out an entry of the audit log: %w", err)
	}
	sum := sha256.Sum256(said)
	return sum[:], nil
}

// Write adds an entry to the transaction of what it tells of, as the last that it
// does: whoever writes to the log at the same time waits for the commit.
func Write(ctx context.Context, tx *store.Tx, actor *access.Actor, entry Entry) {
	address, _ := ctx.Value(addressKey{}).(string)
	by := actor.ID
	if by == "" {
		by = access.SystemID
	}
	row := &entryRow{
		At: tx.Now().UnixMilli(), Action: entry.Action, Actor: by, Via: actor.Via, Address: address,
		Object: entry.Object, Subject: entry.Subject, Detail: "{}",
	}
	tx.Last(func(ctx context.Context) error {
		if err := row.add(ctx, tx, entry.Detail); err != nil {
			return fmt.Errorf("write the audit log: %w", err)
		}
		return nil
	})
}

// add puts an entry behind the last.
func (r *entryRow) add(ctx context.Context, tx *store.Tx, detail map[string]any) error {
	if detail != nil {
		said, err := json.Marshal(detail)
		if err != nil {
			return err //nolint:wrapcheck // wrapped by the caller
		}
		r.Detail = string(said)
	}
	var before []byte
	err := tx.QueryRow(ctx, "UPDATE sys_audit_end SET last_seq = last_seq + 1 WHERE id = 1 RETURNING last_seq, last_hash").Scan(&r.Seq, &before)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	if r.Hash, err = r.chained(before); err != nil {
		return err
	}
	if err := store.Insert(ctx, tx, r); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	_, err = tx.Exec(ctx, "UPDATE sys_audit_end SET last_hash = ? WHERE id = 1", r.Hash)
	return err //nolint:wrapcheck // wrapped by the caller
}

// Note is Write in a transaction of its own, for what changes nothing else.
func Note(ctx context.Context, s *store.Store, actor *access.Actor, entry Entry) error {
	return s.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error { //nolint:wrapcheck // Write says what failed
		Write(ctx, tx, actor, entry)
		return nil
	})
}
