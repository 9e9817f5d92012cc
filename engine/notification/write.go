package notification

import (
	"context"
	"fmt"
	"slices"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
)

// What a program does to very many records at once tells nobody that he was
// given one: set-up, examples, and imports and handovers, which tell of all that they
// gave when they are done.
func silent(w *record.Work) bool {
	return w.Author.ID == access.SystemID || w.Author.Via == "sample" || w.Author.Via == "import" || w.Author.Via == "handover"
}

// AfterSave tells of a change: the new owner that the record is his, and who
// follows it that something of it changed that he may see. Nobody is told of
// what he did himself, nor twice of one change.
func (s *Service) AfterSave(ctx context.Context, w *record.Work, change *record.Change) error {
	if change.Quiet {
		return nil
	}
	if err := arm(w, change); err != nil {
		return err
	}
	owner, err := s.assign(ctx, w, change)
	if err != nil || change.Action != record.Updated || !change.Followed {
		return err
	}
	of := record.Happening{Object: change.Object.Name, Record: change.ID, By: w.Author.ID, Version: change.Version()}
	return s.tellFollowers(ctx, w, change.Object, Changed, of, []string{owner}, func(readable access.Fields) bool {
		return slices.ContainsFunc(change.Changed, readable.Has)
	})
}

// assign tells the new owner of a record, and gives who that is.
func (s *Service) assign(ctx context.Context, w *record.Work, change *record.Change) (string, error) {
	owner := textAt(change.Object, change.Values, metadata.FieldOwner)
	if owner == "" || owner == w.Author.ID || silent(w) || change.Action != record.Created && change.Action != record.Updated {
		return "", nil
	}
	if change.Prior != nil && owner == textAt(change.Object, change.Prior, metadata.FieldOwner) {
		return "", nil
	}
	readable, err := w.ReadableBy(ctx, change.Object, change.ID, owner)
	if err != nil || readable[owner] == nil {
		return "", err
	}
	of := record.Happening{Object: change.Object.Name, Record: change.ID, By: w.Author.ID}
	return owner, tell(ctx, w, owner, Assigned, of)
}

// Given tells a person that an import gave him the records of a filter.
func (*Service) Given(w *record.Work, person string, of record.Happening) error {
	return add(w, person, Imported, of, "")
}

// HandedOver tells a person that he was given the records of a filter, which
// were somebody else's.
func (*Service) HandedOver(w *record.Work, person string, of record.Happening) error {
	return add(w, person, HandedOver, of, "")
}

func textAt(object *metadata.Object, values []expr.Value, name string) string {
	text, _ := values[object.Slot(name)].(string)
	return text
}

// AfterComment tells of a comment: whom it mentions for the first time, and
// who follows the record. With a comment goes what was told of it.
func (s *Service) AfterComment(ctx context.Context, w *record.Work, spoken *record.Spoken) error {
	of := record.Happening{Object: spoken.Object.Name, Record: spoken.Record, By: w.Author.ID, Comment: spoken.Comment}
	if spoken.Action == record.Deleted {
		w.Tx.Queue("DELETE FROM sys_notification WHERE object = ? AND record = ? AND comment = ?", of.Object, of.Record, of.Comment)
		w.Tx.Notify(Channel)
		return nil
	}
	for _, person := range spoken.Mentioned {
		if person == w.Author.ID {
			continue
		}
		if err := tell(ctx, w, person, Mentioned, of, spoken.Mentioned...); err != nil {
			return err
		}
	}
	if spoken.Action != record.Created {
		return nil
	}
	return s.tellFollowers(ctx, w, spoken.Object, Commented, of, spoken.Mentioned, func(access.Fields) bool { return true })
}

// tellFollowers tells who follows a record, but for who acts and for others
// who are told already, as far as what he may read makes it his business.
func (s *Service) tellFollowers(ctx context.Context, w *record.Work, object *metadata.Object, reason string, of record.Happening, others []string, concerns func(readable access.Fields) bool) error {
	followers, err := followers(ctx, w, of.Object, of.Record)
	if err != nil {
		return err
	}
	followers = slices.DeleteFunc(followers, func(person string) bool {
		return person == w.Author.ID || slices.Contains(others, person)
	})
	readable, err := w.ReadableBy(ctx, object, of.Record, followers...)
	if err != nil {
		return err
	}
	for _, person := range followers {
		if readable[person] == nil || !concerns(readable[person]) {
			continue
		}
		if err := add(w, person, reason, of, ""); err != nil {
			return err
		}
	}
	return nil
}

func followers(ctx context.Context, w *record.Work, object, id string) ([]string, error) {
	rows, err := w.Tx.Query(ctx, "SELECT person FROM sys_follow WHERE object = ? AND record = ? ORDER BY person", object, id)
	if err != nil {
		return nil, fmt.Errorf("find who follows a record: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below says what there is to say
	var people []string
	for rows.Next() {
		var person string
		if err := rows.Scan(&person); err != nil {
			return nil, fmt.Errorf("find who follows a record: %w", err)
		}
		people = append(people, person)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find who follows a record: %w", err)
	}
	return people, nil
}

// Forget removes what was told of a record that is removed for good, and who
// follows it.
func (s *Service) Forget(w *record.Work, object *metadata.Object, id string) {
	w.Tx.Queue("DELETE FROM sys_follow WHERE object = ? AND record = ?", object.Name, id)
	w.Tx.Queue("DELETE FROM sys_notification WHERE object = ? AND record = ?", object.Name, id)
	w.Tx.Notify(Channel)
}
