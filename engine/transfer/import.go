package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// The states of an import. While it is planning, running or undoing, a job
// works on it; in the others a person goes on.
const (
	Uploaded = "uploaded"
	Planning = "planning"
	Planned  = "planned"
	Working  = "running"
	Paused   = "paused"
	Done     = "done"
	Failed   = "failed"
	Undoing  = "undoing"
	Undone   = "undone"
)

// What a column does with a field that already has a value.
const (
	overwrite = "overwrite"
	fillEmpty = "fill_empty"
	keep      = "keep"
)

// Import is a person's table on its way into an object.
type Import struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	State   string   `json:"state"`
	File    File     `json:"file"`
	Header  bool     `json:"header"`
	Columns []Column `json:"columns"`
	Match   []string `json:"match"`
	// Corrected is how many rows are corrected, and Outdated tells that this
	// was done, or a value replaced, after the plan.
	Corrected int        `json:"corrected"`
	Outdated  bool       `json:"outdated"`
	Progress  Progress   `json:"progress"`
	Counts    Counts     `json:"counts"`
	CreatedAt time.Time  `json:"created_at"`
	Fault     *Complaint `json:"fault"`
}

// File is what was uploaded and how it is read.
type File struct {
	Name      string   `json:"name"`
	Size      int64    `json:"size"`
	Format    string   `json:"format"`
	Encoding  string   `json:"encoding"`
	Separator string   `json:"separator"`
	Sheet     string   `json:"sheet"`
	Sheets    []string `json:"sheets"`
	Rows      int      `json:"rows"`
}

// Column is a column of the file and where it goes.
type Column struct {
	Index      int                `json:"index"`
	Title      string             `json:"title"`
	Samples    []string           `json:"samples"`
	Field      *string            `json:"field"`
	Confidence string             `json:"confidence"`
	OnExisting string             `json:"on_existing"`
	Values     map[string]*string `json:"values"`    // what to read a cell as; null is empty
	Create     []string           `json:"create"`    // of a lookup: names of which records are made
	Unmatched  []Distinct         `json:"unmatched"` // what the field cannot read
	// Distinct are the different cells, as long as they are few.
	Distinct []Distinct `json:"-"`
}

// Distinct is a cell's text and how often it occurs.
type Distinct struct {
	Value string `json:"value"`
	Count int    `json:"count"`
	// Several tells of a lookup's cell that several records are called so.
	Several bool `json:"several"`
}

// Counts are the rows by what becomes of them.
type Counts struct {
	Create   int `json:"create"`
	Update   int `json:"update"`
	Skip     int `json:"skip"`
	Conflict int `json:"conflict"`
	Error    int `json:"error"`
	LeftOut  int `json:"left_out"`
	// Made are the records of other objects that were made for lookups.
	Made int `json:"made"`
	// Kept are the records that an undo left as they are, because somebody
	// changed them since.
	Kept int `json:"kept"`
}

// Complaint is why an import failed.
type Complaint struct {
	Code   fault.Code   `json:"code"`
	Params fault.Params `json:"params,omitempty"`
	// Message is filled in by who shows it, in the reader's language.
	Message string `json:"message"`
}

// settings are the parts of an import that are stored together.
type settings struct {
	File     File         `json:"file"`
	Header   bool         `json:"header"`
	Columns  []Column     `json:"columns"`
	Match    []string     `json:"match"`
	Distinct [][]Distinct `json:"distinct"`
	Zone     string       `json:"zone"`
	Language string       `json:"language"`
	// Limit is that of the key with which it was begun: it works within it, and
	// of limited keys only one with the same reaches it.
	Limit   *access.Limit `json:"limit,omitempty"`
	Touched int64         `json:"touched"` // when the person did something with it last
	Began   int64         `json:"began"`   // when its run began
	// Corrected is the number of corrected rows; Outdated tells that the plan
	// does not know all corrections.
	Corrected int  `json:"corrected"`
	Outdated  bool `json:"outdated"`
}

// importRow is a stored import.
type importRow struct {
	ID        string `gorm:"primaryKey"`
	Object    string
	State     string
	ByID      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	Job       *int64
	File      string
	Settings  string
	Progress  *string
	Counts    *string
	Fault     *string
}

// TableName is the table of imports.
func (importRow) TableName() string { return "sys_import" }

func (row *importRow) settings() (settings, error) {
	var set settings
	if err := json.Unmarshal([]byte(row.Settings), &set); err != nil {
		return set, fmt.Errorf("read an import: %w", err)
	}
	for i := range set.Columns {
		set.Columns[i].Distinct = set.Distinct[i]
		if set.Columns[i].Create == nil {
			set.Columns[i].Create = []string{}
		}
	}
	return set, nil
}

func (row *importRow) put(set settings) error {
	set.Distinct = make([][]Distinct, len(set.Columns))
	for i, column := range set.Columns {
		set.Distinct[i] = column.Distinct
	}
	raw, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("write an import: %w", err)
	}
	row.Settings = string(raw)
	return nil
}

func (row *importRow) shown() (*Import, error) {
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	shown := &Import{
		ID: row.ID, Object: row.Object, State: row.State, File: set.File, Header: set.Header, Columns: set.Columns,
		Match: set.Match, Corrected: set.Corrected, Outdated: set.Outdated, CreatedAt: time.UnixMilli(row.CreatedAt).UTC(),
	}
	for text, into := range map[*string]any{row.Progress: &shown.Progress, row.Counts: &shown.Counts, row.Fault: &shown.Fault} {
		if text == nil {
			continue
		}
		if err := json.Unmarshal([]byte(*text), into); err != nil {
			return nil, fmt.Errorf("read an import: %w", err)
		}
	}
	return shown, nil
}

// Upload stores a file and reads its beginning: how it is written, its columns
// and what they probably mean. Faults: not_found for an object that the actor
// may not create in, those of a file that cannot be read, file_too_large,
// too_many_imports, imports_too_large.
func (s *Service) Upload(ctx context.Context, actor *access.Actor, object, name string, content io.Reader) (*Import, error) {
	about, writable, err := s.about(actor, object)
	if err != nil {
		return nil, err
	}
	if err := room(ctx, s.store, actor, 0); err != nil {
		return nil, err
	}
	var head [16 << 10]byte
	n, err := io.ReadFull(content, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("receive a file: %w", err)
	}
	format, err := sniff(name, head[:n])
	if err != nil {
		return nil, err
	}
	blob, err := s.receive(ctx, io.MultiReader(bytes.NewReader(head[:n]), content))
	if err != nil {
		return nil, err
	}
	set := settings{File: File{Name: sample(name), Size: blob.size, Format: format, Sheets: []string{}}, Header: true, Match: []string{}, Zone: actor.ZoneOrUTC().String(), Language: actor.Language, Limit: actor.Limit, Touched: s.clock.Now().UnixMilli()}
	if format == formatCSV {
		set.File.Encoding = encodingOf(head[:n])
		set.File.Separator = string(guessSeparator(firstLines(head[:n], set.File.Encoding)))
	}
	row, err := s.examined(ctx, actor, about, writable, set, blob.id)
	if err != nil {
		return nil, errors.Join(err, s.drop(ctx, blob.id))
	}
	return row.shown()
}

// examined makes the import of a file that was examined whole.
func (s *Service) examined(ctx context.Context, actor *access.Actor, about *metadata.Object, writable writableFunc, set settings, blob string) (*importRow, error) {
	if err := s.examine(ctx, blob, &set); err != nil {
		return nil, err
	}
	guessAll(about, writable, &set)
	judgeValues(about, &set)
	if err := s.judgeLinks(ctx, actor, about, &set); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	row := &importRow{ID: id.String(), Object: about.Name, State: Uploaded, ByID: actor.ID, CreatedAt: s.clock.Now().UnixMilli(), File: blob}
	if err := row.put(set); err != nil {
		return nil, err
	}
	return row, s.add(ctx, actor, row, set.File.Size)
}

// sample is the beginning of a text, as long as it is shown.
func sample(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), sampleLength)])
}

// about finds the object that an actor may import into.
func (s *Service) about(actor *access.Actor, name string) (*metadata.Object, writableFunc, error) {
	policy := s.records.Policy()
	object, ok := policy.Catalog().Object(name)
	if !ok {
		return nil, nil, fault.New(fault.NotFound)
	}
	decision, err := policy.Decide(actor, object, access.Create)
	if err != nil {
		return nil, nil, err
	}
	if decision.Nothing() {
		return nil, nil, fault.New(fault.NotFound)
	}
	writable, err := writableIn(policy, actor, object)
	return object, writable, err
}

// Get reads one of a person's own imports. Fault: not_found.
func (s *Service) Get(ctx context.Context, actor *access.Actor, id string) (*Import, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	return row.shown()
}

func (s *Service) row(ctx context.Context, reader store.Source, actor *access.Actor, id string) (*importRow, error) {
	if _, err := uuid.Parse(id); err != nil {
		return nil, fault.New(fault.NotFound)
	}
	row, err := store.First[importRow](ctx, reader, "id = ? AND by_id = ?", id, actor.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read an import: %w", err)
	}
	reached, err := row.reached(actor)
	if err == nil && !reached {
		return nil, fault.New(fault.NotFound)
	}
	return row, err
}

// reached reports whether the key with which its person came, if any, reaches
// an import.
func (row *importRow) reached(actor *access.Actor) (bool, error) {
	if actor.Limit == nil {
		return true, nil
	}
	set, err := row.settings()
	return actor.Limit.Same(set.Limit), err
}

// List gives a person's own imports, newest first.
func (s *Service) List(ctx context.Context, actor *access.Actor) ([]*Import, error) {
	rows, err := store.Find[importRow](ctx, s.store, store.Selection{Where: "by_id = ?", Args: []any{actor.ID}, Order: "created_at desc", Limit: 100})
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	imports := make([]*Import, 0, len(rows))
	for i := range rows {
		reached, err := rows[i].reached(actor)
		if err != nil {
			return nil, err
		}
		if !reached {
			continue
		}
		shown, err := rows[i].shown()
		if err != nil {
			return nil, err
		}
		imports = append(imports, shown)
	}
	return imports, nil
}
