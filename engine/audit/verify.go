package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/trellis-crm/trellis/engine/store"
)

// What Verify may find wrong with an entry.
const (
	Edited    = "edited"    // it does not say what its hash covers
	Missing   = "missing"   // it is not there
	Truncated = "truncated" // it and all behind it were there once
)

// Verdict is what Verify found.
type Verdict struct {
	Entries int64  `json:"entries"`
	Last    int64  `json:"last"`
	Hash    string `json:"hash"`              // of the last entry, to be noted elsewhere
	Problem string `json:"problem,omitempty"` // "" when every entry is as it was written
	At      int64  `json:"at,omitempty"`      // the first entry with the problem

	kept int64 // since when nothing is forgotten
}

// head is the hash of an entry that was the last, and when it was noted.
type head struct {
	hash string
	at   int64
}

// Verify goes through the whole log and tells where it is not as it was written:
// where an entry was edited, removed, or exchanged with another, or where the
// end was cut off.
func (l *Log) Verify(ctx context.Context) (*Verdict, error) {
	var verdict *Verdict
	err := l.store.Read(ctx, func(reader store.Reader) error {
		var err error
		verdict, err = l.VerifyIn(ctx, reader)
		return err
	})
	return verdict, err //nolint:wrapcheck // VerifyIn says what failed
}

// VerifyIn is Verify of what a reader sees.
func (l *Log) VerifyIn(ctx context.Context, reader store.Reader) (*Verdict, error) {
	heads, err := l.noted()
	if err != nil {
		return nil, err
	}
	verdict := &Verdict{kept: l.store.Clock().Now().Add(-retention).UnixMilli()}
	return verdict, verdict.walk(ctx, reader, heads)
}

// walk compares each entry with the chain, and with the heads that were noted.
func (v *Verdict) walk(ctx context.Context, reader store.Reader, heads map[int64]head) error {
	var first, last int64
	var before, end []byte
	err := reader.QueryRow(ctx, "SELECT first_seq, first_hash, last_seq, last_hash FROM sys_audit_end WHERE id = 1").Scan(&first, &before, &last, &end)
	if err != nil {
		return fmt.Errorf("find the ends of the audit log: %w", err)
	}
	rows, err := reader.Query(ctx, "SELECT seq, at, action, actor, via, address, object, subject, detail, hash FROM sys_audit ORDER BY seq")
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	v.Last = first
	for seq, head := range heads {
		if seq <= first && head.at > v.kept { // it is too young to be forgotten
			v.Problem, v.At = Missing, seq
			return nil
		}
	}
	for rows.Next() {
		var row entryRow
		if err := rows.Scan(&row.Seq, &row.At, &row.Action, &row.Actor, &row.Via, &row.Address, &row.Object, &row.Subject, &row.Detail, &row.Hash); err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		if before, err = v.follow(&row, before, heads); err != nil || v.Problem != "" {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	v.Hash = hex.EncodeToString(before)
	cut := v.Last != last || !bytes.Equal(before, end)
	for seq := range heads {
		cut = cut || seq > v.Last
	}
	if cut {
		v.Problem, v.At = Truncated, v.Last+1
	}
	return nil
}

// follow looks at the entry behind the last, and gives its hash.
func (v *Verdict) follow(row *entryRow, before []byte, heads map[int64]head) ([]byte, error) {
	hash, err := row.chained(before)
	head, known := heads[row.Seq]
	switch {
	case err != nil:
		return nil, err
	case row.Seq != v.Last+1:
		v.Problem, v.At = Missing, v.Last+1
	case !bytes.Equal(hash, row.Hash) || known && head.hash != hex.EncodeToString(hash):
		v.Problem, v.At = Edited, row.Seq
	}
	v.Entries++
	v.Last = row.Seq
	return hash, nil
}

// headsKept is how many heads the file holds at most before it begins anew.
const headsKept = 10_000

// Head adds the head of the log to the file, if it is another than the last.
func (l *Log) Head(ctx context.Context) error {
	if l.heads == "" {
		return nil
	}
	end, err := store.First[endRow](ctx, l.store, "id = 1")
	if err != nil {
		return fmt.Errorf("find the end of the audit log: %w", err)
	}
	noted, err := l.noted()
	if err != nil {
		return err
	}
	if _, known := noted[end.LastSeq]; known || end.LastSeq == 0 {
		return nil
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if len(noted) >= headsKept {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(l.heads, flags, 0o600)
	if err != nil {
		return fmt.Errorf("open the heads of the audit log: %w", err)
	}
	_, err = fmt.Fprintf(file, "%d %x %d\n", end.LastSeq, end.LastHash, l.store.Clock().Now().UnixMilli())
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("note the head of the audit log: %w", err)
	}
	return nil
}

// noted are the heads in the file, by their entries.
func (l *Log) noted() (map[int64]head, error) {
	heads := map[int64]head{}
	if l.heads == "" {
		return heads, nil
	}
	file, err := os.Open(l.heads)
	if errors.Is(err, fs.ErrNotExist) {
		return heads, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the heads of the audit log: %w", err)
	}
	defer file.Close() //nolint:errcheck // it is only read
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var seq, at int64
		var hash string
		// What a power cut left of the last line is no head.
		if _, err := fmt.Sscan(strings.TrimSpace(lines.Text()), &seq, &hash, &at); err == nil && len(hash) == 64 {
			heads[seq] = head{hash: hash, at: at}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the heads of the audit log: %w", err)
	}
	return heads, nil
}
