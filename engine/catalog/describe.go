package catalog

import (
	"context"
	"fmt"
	"strings"

	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// describe works out what each change does: its risk, its statements, the rows
// it touches, and a sentence.
func (s *Service) describe(ctx context.Context, reader store.Reader, p *plan, language string) error {
	for _, definition := range p.changed {
		action := "update"
		if _, existed := p.from.Definition(definition.Key); !existed {
			action = "create"
		}
		p.changes = append(p.changes, Change{Kind: definition.Kind, Name: definition.Name, Action: action, Risk: Safe, DDL: []string{}})
	}
	for _, key := range p.deleted {
		p.changes = append(p.changes, Change{Kind: key.Kind, Name: key.Name, Action: "delete", Risk: Safe, DDL: []string{}})
	}
	for i := range p.changes {
		change := &p.changes[i]
		var notes []string
		if change.Kind == metadata.KindObject {
			if err := s.tableChange(ctx, reader, p, change, &notes, language); err != nil {
				return err
			}
		}
		change.Summary = s.summary(language, change, notes)
	}
	return nil
}

// tableChange adds what a change does to the table of its object.
func (s *Service) tableChange(ctx context.Context, reader store.Reader, p *plan, change *Change, notes *[]string, language string) error {
	existed := change.Action != "create"
	if existed {
		count := "SELECT count(*) FROM " + s.store.Dialect().Quote(change.Name)
		if err := reader.QueryRow(ctx, count).Scan(&change.Rows); err != nil {
			return fmt.Errorf("count the rows of %s: %w", change.Name, err)
		}
	}
	for _, step := range p.steps {
		if step.Table != change.Name {
			continue
		}
		change.DDL = append(change.DDL, store.Render(s.store.Dialect(), step)...)
		if !p.drops(step) {
			change.Risk = riskier(change.Risk, risk(step, change.Rows))
		}
		if note := stepNote(language, step); note != "" && existed {
			*notes = append(*notes, note)
		}
		if step.Kind == store.Retype {
			lost, example, err := s.unconvertible(ctx, reader, p, step)
			if err != nil {
				return err
			}
			if lost > 0 {
				change.Risk = Destructive
				*notes = append(*notes, sentence(language, "lost", "count", lost, "value", example))
			}
		}
	}
	return nil
}

// drops tells whether a step only sets aside what was computed, so that nothing
// is lost.
func (p *plan) drops(step store.Step) bool {
	before, ok := p.from.Object(step.Table)
	if !ok || step.Kind != store.SetColumnAside {
		return false
	}
	f, ok := before.Field(step.Column.Name)
	return ok && f.Computed != nil
}

func risk(step store.Step, rows int64) string {
	switch step.Kind {
	case store.SetTableAside, store.SetColumnAside:
		if rows > 0 && !strings.HasSuffix(step.Column.Name, "__sort") {
			return Destructive
		}
		return Safe
	case store.Retype:
		return Rewrite
	case store.CreateIndex:
		if rows > 0 {
			return Rewrite
		}
	case store.CreateTable, store.RestoreTable, store.RestoreColumn, store.AddColumn, store.AddReference,
		store.DropIndex, store.DropReference, store.DropAside:
	}
	return Safe
}

func riskier(a, b string) string {
	order := map[string]int{Safe: 0, Rewrite: 1, Destructive: 2}
	if order[b] > order[a] {
		return b
	}
	return a
}

func (s *Service) summary(language string, change *Change, notes []string) string {
	text := sentence(language, change.Action, "kind", s.kindTitle(language, change.Kind), "name", change.Name)
	if len(notes) > 0 {
		text += sentence(language, "colon") + strings.Join(notes, sentence(language, "semicolon"))
	}
	return text
}

func stepNote(language string, step store.Step) string {
	if strings.HasSuffix(step.Column.Name, "__sort") {
		return ""
	}
	switch step.Kind {
	case store.AddColumn:
		return sentence(language, "add_field", "field", step.Column.Name)
	case store.RestoreColumn:
		return sentence(language, "restore_field", "field", step.Column.Name)
	case store.SetColumnAside:
		return sentence(language, "remove_field", "field", step.Column.Name)
	case store.Retype:
		return sentence(language, "retype_field", "field", step.Column.Name)
	case store.CreateIndex:
		return sentence(language, "add_index", "fields", strings.Join(step.Index.Columns, ", "))
	default:
		return ""
	}
}
