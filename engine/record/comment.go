package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/store/row"
)

// The limits of a comment, in characters and in people.
const (
	maxComment  = 10_000
	maxMentions = 50
)

// Comment is what somebody says about a record. Who may read the record may
// comment on it, and reads its comments. Mentions are the ids of people.
type Comment struct {
	ID       string     `json:"id"`
	By       string     `json:"by"`
	At       time.Time  `json:"at"`
	EditedAt *time.Time `json:"edited_at"`
	Version  int64      `json:"version"`
	Text     string     `json:"text"`
	Mentions []string   `json:"mentions"`
}

// Edit is a text that a comment had before, and from when.
type Edit struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
}

// Said is what is sent for a comment: its text, in which @[id] mentions
// somebody, and whom it mentions beside.
type Said struct {
	Text     string   `json:"text"`
	Mentions []string `json:"mentions"`
}

type commentRow struct {
	ID       string `gorm:"primaryKey"`
	Object   string
	Record   string
	ByID     string
	At       int64
	EditedAt *int64
	Version  int64
	Text     string
	Mentions string
}

// TableName is the table of comments.
func (commentRow) TableName() string { return "sys_comment" }

type editRow struct {
	Comment string `gorm:"primaryKey"`
	Version int64  `gorm:"primaryKey;autoIncrement:false"`
	At      int64
	Text    string
}

// TableName is the table of earlier texts.
func (editRow) TableName() string { return "sys_comment_edit" }

func (r *commentRow) comment() (Comment, error) {
	comment := Comment{ID: r.ID, By: r.ByID, At: time.UnixMilli(r.At).UTC(), Version: r.Version, Text: r.Text}
	if r.EditedAt != nil {
		at := time.UnixMilli(*r.EditedAt).UTC()
		comment.EditedAt = &at
	}
	if err := json.Unmarshal([]byte(r.Mentions), &comment.Mentions); err != nil {
		return comment, fmt.Errorf("read a comment: %w", err)
	}
	return comment, nil
}

// commented finds an object whose records have comments, and a record of it
// that the actor may read.
func (w *Work) commented(ctx context.Context, name, id string) (*metadata.Object, error) {
	object, err := objectOf(w.Policy, w.Actor, name, access.Read)
	if err != nil {
		return nil, err
	}
	if !object.Comments {
		return nil, fault.New(fault.NotFound)
	}
	return object, w.Readable(ctx, object, id)
}

// Comment adds a comment to a record. Faults: not_found, invalid_values;
// not_mentionable for a person who may not read the record, or whom the actor
// may not see, or who does not exist: it does not tell which.
func (s *Service) Comment(ctx context.Context, actor *access.Actor, name, id string, said Said, options Options) (Body, error) {
	return s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		object, err := w.commented(ctx, name, id)
		if err != nil {
			return nil, err
		}
		mentions, err := w.said(ctx, object, id, &said, nil)
		if err != nil {
			return nil, err
		}
		made, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("make an id: %w", err)
		}
		added := &commentRow{
			ID: made.String(), Object: name, Record: id, ByID: w.Actor.ID, At: w.Now.UnixMilli(), Version: 1, Text: said.Text, Mentions: mentions,
		}
		if err := store.Insert(ctx, w.Tx, added); err != nil {
			return nil, fmt.Errorf("add a comment: %w", err)
		}
		return w.spoken(ctx, object, added, Created, nil)
	})
}

// EditComment changes one's own comment. With a version, it must still have
// it. Faults: those of Comment; forbidden, stale.
func (s *Service) EditComment(ctx context.Context, actor *access.Actor, name, id, comment string, version *int64, said Said, options Options) (Body, error) {
	return s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		object, own, err := w.ownComment(ctx, name, id, comment, version)
		if err != nil {
			return nil, err
		}
		before, err := own.comment()
		if err != nil {
			return nil, err
		}
		if own.Mentions, err = w.said(ctx, object, id, &said, before.Mentions); err != nil {
			return nil, err
		}
		if said.Text != own.Text {
			since := own.At
			if own.EditedAt != nil {
				since = *own.EditedAt
			}
			if err := store.Insert(ctx, w.Tx, &editRow{Comment: own.ID, Version: own.Version, At: since, Text: own.Text}); err != nil {
				return nil, fmt.Errorf("keep an earlier text: %w", err)
			}
		}
		now := w.Now.UnixMilli()
		own.Text, own.EditedAt, own.Version = said.Text, &now, own.Version+1
		if err := store.Save(ctx, w.Tx, own); err != nil {
			return nil, fmt.Errorf("edit a comment: %w", err)
		}
		return w.spoken(ctx, object, own, Updated, before.Mentions)
	})
}

// DeleteComment removes one's own comment with its earlier texts. Faults:
// not_found, forbidden, stale.
func (s *Service) DeleteComment(ctx context.Context, actor *access.Actor, name, id, comment string, version *int64, options Options) error {
	_, err := s.write(ctx, actor, options, func(ctx context.Context, w *Work) (Body, error) {
		object, own, err := w.ownComment(ctx, name, id, comment, version)
		if err != nil {
			return nil, err
		}
		if _, err := store.Delete[editRow](ctx, w.Tx, "comment = ?", comment); err != nil {
			return nil, fmt.Errorf("delete a comment: %w", err)
		}
		if _, err := store.Delete[commentRow](ctx, w.Tx, "id = ?", comment); err != nil {
			return nil, fmt.Errorf("delete a comment: %w", err)
		}
		_, err = w.spoken(ctx, object, own, Deleted, nil)
		return Nothing{}, err
	})
	return err
}

// ownComment finds a comment of a record that the actor himself has written.
func (w *Work) ownComment(ctx context.Context, name, id, comment string, version *int64) (*metadata.Object, *commentRow, error) {
	object, err := w.commented(ctx, name, id)
	if err != nil {
		return nil, nil, err
	}
	if !isID(comment) {
		return nil, nil, fault.New(fault.NotFound)
	}
	found, err := store.First[commentRow](ctx, w.Tx, "id = ? AND object = ? AND record = ?", comment, name, id)
	if err != nil {
		return nil, nil, err
	}
	if found.ByID != w.Actor.ID {
		return nil, nil, fault.New(fault.Forbidden)
	}
	return object, found, fresh(found.Version, version)
}

var mention = regexp.MustCompile(`@\[([0-9a-f-]{36})\]`)

// said judges what is sent for a comment, and gives whom it mentions as JSON.
// Who was mentioned before may have lost the record since.
func (w *Work) said(ctx context.Context, object *metadata.Object, id string, said *Said, before []string) (string, error) {
	faults := fault.New(fault.InvalidValues)
	said.Text = strings.TrimSpace(said.Text)
	switch length := utf8.RuneCountInString(said.Text); {
	case length == 0:
		faults.At("/text", fault.Required)
	case length > maxComment:
		faults.At("/text", fault.TooLong, "max", maxComment, "length", length)
	case strings.ContainsRune(said.Text, 0):
		faults.At("/text", fault.InvalidText)
	}
	pointers, mentions := map[string]string{}, []string{}
	note := func(person, pointer string) {
		if !slices.Contains(mentions, person) {
			mentions, pointers[person] = append(mentions, person), pointer
		}
	}
	for i, person := range said.Mentions {
		note(person, "/mentions/"+strconv.Itoa(i))
	}
	for _, found := range mention.FindAllStringSubmatch(said.Text, -1) {
		note(found[1], "/text")
	}
	if len(mentions) > maxMentions {
		faults.At("/mentions", fault.OutOfRange, "min", 0, "max", maxMentions)
	}
	if err := faults.OrNil(); err != nil {
		return "", err
	}
	for _, person := range mentions {
		if slices.Contains(before, person) {
			continue
		}
		may, err := w.mentionable(ctx, object, id, person)
		if err != nil {
			return "", err
		}
		if !may {
			faults.At(pointers[person], fault.NotMentionable)
		}
	}
	raw, err := json.Marshal(mentions)
	if err != nil {
		return "", fmt.Errorf("write a comment: %w", err)
	}
	return string(raw), faults.OrNil()
}

// mentionable reports whether the actor may see a person, and that person may
// read the record.
func (w *Work) mentionable(ctx context.Context, object *metadata.Object, id, person string) (bool, error) {
	people, ok := w.Policy.Catalog().Object(field.UserObject)
	if !ok || !isID(person) {
		return false, nil
	}
	seen, err := w.decide(people, access.Read)
	if err != nil {
		return false, err
	}
	found, err := w.table(people).Find(ctx, w.Tx, person, row.Wanted{Decisions: []*access.Decision{seen}})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	reader, err := w.opened(ctx, &Person{ID: person, object: people, values: found.Values})
	if err != nil || reader == nil {
		return false, err
	}
	readable, err := w.reads(ctx, object, id, reader)
	return readable[person] != nil, err
}

// CommentBody is a comment as an answer.
type CommentBody struct {
	Data     Comment
	included Included
}

// AppendJSON appends {"data": comment, "included": …}.
func (b *CommentBody) AppendJSON(dst []byte) []byte {
	return appendReferring(dst, b.Data, b.included)
}

// spoken has what belongs to a comment done that was written, and gives it as
// an answer. Before are the people that it mentioned before.
func (w *Work) spoken(ctx context.Context, object *metadata.Object, of *commentRow, action string, before []string) (Body, error) {
	comment, err := of.comment()
	if err != nil {
		return nil, err
	}
	spoken := &Spoken{Action: action, Object: object, Record: of.Record, Comment: comment.ID}
	for _, person := range comment.Mentions {
		if !slices.Contains(before, person) {
			spoken.Mentioned = append(spoken.Mentioned, person)
		}
	}
	for _, after := range w.service.slots.AfterComment {
		if err := after(ctx, w, spoken); err != nil {
			return nil, err
		}
	}
	included, err := w.service.include(ctx, w.Tx, w.Policy, w.Actor, peopleOf(comment), nil)
	return &CommentBody{Data: comment, included: included}, err
}

// peopleOf are the people that comments name.
func peopleOf(comments ...Comment) *references {
	people := &references{}
	for _, comment := range comments {
		people.add(field.UserObject, comment.By)
		for _, id := range comment.Mentions {
			people.add(field.UserObject, id)
		}
	}
	return people
}

// forget removes what belongs to a record that is removed for good.
func (w *Work) forget(object *metadata.Object, id string) {
	w.Tx.Queue("DELETE FROM sys_comment_edit WHERE comment IN (SELECT id FROM sys_comment WHERE object = ? AND record = ?)", object.Name, id)
	w.Tx.Queue("DELETE FROM sys_share WHERE object = ? AND record = ?", object.Name, id)
	w.Tx.Queue("UPDATE sys_file SET loose_at = 0 WHERE object = ? AND record = ?", object.Name, id)
	w.Tx.Queue("DELETE FROM sys_comment WHERE object = ? AND record = ?", object.Name, id)
	w.unbin(object, id)
	w.Tx.Queue("DELETE FROM sys_merge WHERE object = ? AND (record = ? OR other = ?)", object.Name, id, id)
	w.Tx.Queue("DELETE FROM sys_conversion WHERE object = ? AND record = ?", object.Name, id)
	for _, forget := range w.service.slots.Forget {
		forget(w, object, id)
	}
}
