package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

const exportKind = "export"

// ExportRequest says what to take out.
type ExportRequest struct {
	Object string   `json:"object"`
	Where  string   `json:"where"`
	Search string   `json:"q"`
	Sort   []string `json:"sort"`
	Fields []string `json:"fields"`
	View   string   `json:"view"`
	Format string   `json:"format"`
	// Zone, Language, Rights and Limit are the asker's when he asked.
	Zone     string        `json:"zone"`
	Language string        `json:"language"`
	Rights   string        `json:"rights"`
	Limit    *access.Limit `json:"limit"`
	// Seen are the fields that he was shown, also where he named none.
	Seen []string `json:"seen"`
}

// Export is records on their way out.
type Export struct {
	ID        string     `json:"id"`
	Object    string     `json:"object"`
	State     string     `json:"state"` // running, done or failed
	Progress  Progress   `json:"progress"`
	CreatedAt time.Time  `json:"created_at"`
	Fault     *Complaint `json:"fault"`
}

// exportRow is a stored export.
type exportRow struct {
	ID        string `gorm:"primaryKey"`
	Object    string
	State     string
	ByID      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	Job       *int64
	File      *string
	Request   string
	Progress  *string
	Fault     *string
}

// TableName is the table of exports.
func (exportRow) TableName() string { return "sys_export" }

func (row *exportRow) shown() (*Export, error) {
	shown := &Export{ID: row.ID, Object: row.Object, State: row.State, CreatedAt: time.UnixMilli(row.CreatedAt).UTC()}
	for text, into := range map[*string]any{row.Progress: &shown.Progress, row.Fault: &shown.Fault} {
		if text == nil {
			continue
		}
		if err := json.Unmarshal([]byte(*text), into); err != nil {
			return nil, fmt.Errorf("read an export: %w", err)
		}
	}
	return shown, nil
}

// Export begins to take records out, as the actor may see them. The query is
// judged at once: the faults are those of a list.
func (s *Service) Export(ctx context.Context, actor *access.Actor, request ExportRequest) (*Export, error) {
	if request.Format == "" {
		request.Format = formatCSV
	}
	if request.Format != formatCSV && request.Format != formatXLSX {
		return nil, fault.New(fault.InvalidValues).At("/format", fault.UnknownOption, "value", request.Format)
	}
	request.Zone, request.Language, request.Rights, request.Limit = actor.ZoneOrUTC().String(), actor.Language, actor.Rights(), actor.Limit
	one := request.query()
	one.Limit, one.Count = 1, query.CountExact
	page, err := s.records.List(ctx, actor, request.Object, one)
	if err != nil {
		return nil, err
	}
	object, slots, err := s.takenOut(actor, request)
	if err != nil {
		return nil, err
	}
	request.Seen = namesOf(object, slots)
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	raw, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("write an export: %w", err)
	}
	progress := fmt.Sprintf(`{"done":0,"total":%d}`, *page.Total)
	row := &exportRow{ID: id.String(), Object: request.Object, State: Working, ByID: actor.ID, CreatedAt: s.clock.Now().UnixMilli(), Request: string(raw), Progress: &progress}
	err = s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		audit.Write(ctx, tx, actor, audit.Entry{Action: audit.Export, Object: request.Object, Subject: row.ID, Detail: map[string]any{
			"records": *page.Total, "where": request.Where, "q": request.Search, "view": request.View, "fields": request.Fields,
		}})
		number, err := job.EnqueueOne(ctx, tx, job.Job{Kind: exportKind, Payload: importPayload{ID: row.ID}})
		if err != nil {
			return fmt.Errorf("enqueue an export: %w", err)
		}
		row.Job = &number
		return store.Insert(ctx, tx, row)
	})
	if err != nil {
		return nil, err
	}
	return row.shown()
}

func (r ExportRequest) query() query.Query {
	return query.Query{Where: r.Where, Search: r.Search, Sort: r.Sort, Fields: r.Fields, View: r.View}
}

// GetExport reads one of a person's own exports. Fault: not_found.
func (s *Service) GetExport(ctx context.Context, actor *access.Actor, id string) (*Export, error) {
	row, err := s.exportRow(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return row.shown()
}

func (s *Service) exportRow(ctx context.Context, actor *access.Actor, id string) (*exportRow, error) {
	if _, err := uuid.Parse(id); err != nil {
		return nil, fault.New(fault.NotFound)
	}
	row, err := store.First[exportRow](ctx, s.store, "id = ? AND by_id = ?", id, actor.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read an export: %w", err)
	}
	if actor.Limit == nil {
		return row, nil
	}
	var request ExportRequest
	if err := json.Unmarshal([]byte(row.Request), &request); err != nil {
		return nil, fmt.Errorf("read an export: %w", err)
	}
	if !actor.Limit.Same(request.Limit) {
		return nil, fault.New(fault.NotFound)
	}
	return row, nil
}

// ExportFile opens the file of one of a person's own exports, as long as he
// has the rights with which it was written and may ask for the same. Faults:
// not_found, wrong_state while it is not done, those of a list.
func (s *Service) ExportFile(ctx context.Context, actor *access.Actor, id string) (name string, content io.ReadCloser, err error) {
	row, err := s.exportRow(ctx, actor, id)
	if err != nil {
		return "", nil, err
	}
	if row.State != Done || row.File == nil {
		return "", nil, fault.New(fault.WrongState, "state", row.State)
	}
	var request ExportRequest
	if err := json.Unmarshal([]byte(row.Request), &request); err != nil {
		return "", nil, fmt.Errorf("read an export: %w", err)
	}
	if request.Rights != actor.Rights() {
		return "", nil, fault.New(fault.NotFound)
	}
	again := request.query()
	again.Fields, again.Limit = request.Seen, 1
	if _, err := s.records.List(ctx, actor, row.Object, again); err != nil {
		return "", nil, err
	}
	return row.Object + "." + cmp.Or(request.Format, formatCSV), s.open(ctx, *row.File), nil
}

var _ job.Mortal = exportJob{}

// exportJob works on exports.
type exportJob struct{ service *Service }

// Name is the kind's name.
func (exportJob) Name() string { return exportKind }

// Run writes the file of an export from the beginning, however often it was
// begun before.
func (k exportJob) Run(ctx context.Context, running *job.Running) error {
	var payload importPayload
	if err := running.Decode(&payload); err != nil {
		return err
	}
	row, err := store.First[exportRow](ctx, k.service.store, "id = ?", payload.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read an export: %w", err)
	}
	blob, progress, err := k.service.write(ctx, row)
	changes := map[string]any{"state": Done}
	switch f := fault.As(err); {
	case f != nil && ctx.Err() == nil:
		raw, marshalErr := json.Marshal(Complaint{Code: f.Code, Params: f.Params})
		if marshalErr != nil {
			return fmt.Errorf("write an export: %w", marshalErr)
		}
		changes = map[string]any{"state": Failed, "fault": string(raw)}
	case err != nil:
		return err
	default:
		changes["file"] = blob
		changes["progress"] = fmt.Sprintf(`{"done":%d,"total":%d}`, progress, progress)
	}
	return k.service.store.Write(ctx, store.Bulk, func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Update[exportRow](ctx, tx, changes, "id = ?", row.ID); err != nil {
			return fmt.Errorf("write an export: %w", err)
		}
		return running.Complete(ctx, tx)
	})
}

// Died ends an export whose work failed too often.
func (exportJob) Died(ctx context.Context, tx *store.Tx, dead *job.Running) error {
	_, err := store.Update[exportRow](ctx, tx, gaveUp(), "job = ? AND state = ?", dead.ID, Working)
	if err != nil {
		return fmt.Errorf("end an export: %w", err)
	}
	return nil
}

// write writes the records as the asker may see them now.
func (s *Service) write(ctx context.Context, row *exportRow) (blobID string, count int, err error) {
	var request ExportRequest
	if err := json.Unmarshal([]byte(row.Request), &request); err != nil {
		return "", 0, fmt.Errorf("read an export: %w", err)
	}
	actor, err := s.exporter(ctx, row, request)
	if err != nil {
		return "", 0, err
	}
	blob, err := newBlob(ctx, s.store)
	if err != nil {
		return "", 0, err
	}
	out, err := newSheet(request.Format, blob)
	if err != nil {
		return "", 0, err
	}
	table := &table{out: out, locale: actor.Locale()}
	err = s.records.Each(ctx, actor, request.Object, request.query(), func(object *metadata.Object, slots []int, listed record.Listed, named record.Included) error {
		if err := table.add(object, slots, listed, named); err != nil || table.count%query.MaxLimit != 0 {
			return err
		}
		return s.stillExports(ctx, row, request, actor) // before the next page
	})
	if err == nil {
		err = s.stillExports(ctx, row, request, actor)
	}
	if err == nil && table.count == 0 {
		object, slots, refused := s.takenOut(actor, request)
		if err = refused; err == nil {
			err = table.head(object, slots)
		}
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return "", 0, errors.Join(err, s.drop(ctx, blob.id))
	}
	return blob.id, table.count, blob.Close()
}

// takenOut are the fields that an export takes out.
func (s *Service) takenOut(actor *access.Actor, request ExportRequest) (*metadata.Object, []int, error) {
	policy := s.records.Policy()
	object, ok := policy.Catalog().Object(request.Object)
	if !ok {
		return nil, nil, fault.New(fault.NotFound)
	}
	plan, err := s.records.Planner(policy, actor).Plan(object, request.query())
	if err != nil {
		return nil, nil, err
	}
	return object, plan.Fields, nil
}
