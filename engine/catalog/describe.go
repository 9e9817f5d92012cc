package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// describe works out what each change does: its risk, its statements, the rows
// it touches, and a sentence. Only when it looks thoroughly, at every value that
// is to be converted, it knows which would be lost.
func (s *Service) describe(ctx context.Context, reader store.Reader, p *plan, language string, thoroughly bool) error {
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
	s.toggled(p)
	for i := range p.changes {
		change := &p.changes[i]
		var notes []string
		if table := p.table(change); table != "" {
			if err := s.tableChange(ctx, reader, p, i, table, &notes, language, thoroughly); err != nil {
				return err
			}
		}
		change.Summary = s.summary(language, change, notes)
	}
	return nil
}

// toggled adds the extensions that come into force, or are no longer, because
// of what others do.
func (s *Service) toggled(p *plan) {
	for _, extension := range p.to.Extensions() {
		before, ok := metadata.Find[*metadata.Extension](p.from, metadata.KindExtension, extension.Name)
		if ok && before.InForce != extension.InForce && !slices.ContainsFunc(p.changes, func(c Change) bool { return c.Kind == metadata.KindExtension && c.Name == extension.Name }) {
			p.changes = append(p.changes, Change{Kind: metadata.KindExtension, Name: extension.Name, Action: "update", Risk: Safe, DDL: []string{}})
		}
	}
}

// table is the table that a change is about, if it is about one.
func (p *plan) table(change *Change) string {
	switch change.Kind {
	case metadata.KindObject:
		return change.Name
	case metadata.KindExtension:
		for _, catalog := range []*metadata.Catalog{p.to, p.from} {
			if e, ok := metadata.Find[*metadata.Extension](catalog, change.Kind, change.Name); ok {
				return e.Object
			}
		}
	}
	return ""
}

// changeOf is the place of the change that a step belongs to: that of the
// definition in which its column was or is written, or else the first about its
// table.
func (p *plan) changeOf(step store.Step) int {
	name, _, _ := strings.Cut(step.Column.Name, "__")
	for _, catalog := range []*metadata.Catalog{p.to, p.from} {
		object, ok := catalog.Object(step.Table)
		if !ok || name == "" || object.Slot(name) < 0 {
			continue
		}
		by := catalog.Origin(step.Table, name)
		if i := slices.IndexFunc(p.changes, func(c Change) bool { return c.Kind == by.Kind && c.Name == by.Name }); i >= 0 {
			return i
		}
	}
	return slices.IndexFunc(p.changes, func(c Change) bool { return p.table(&c) == step.Table })
}

// tableChange adds what a change does to the table of its object.
func (s *Service) tableChange(ctx context.Context, reader store.Reader, p *plan, i int, table string, notes *[]string, language string, thoroughly bool) error {
	change := &p.changes[i]
	var err error
	if change.Rows, err = s.rows(ctx, reader, p, table); err != nil {
		return err
	}
	for n, step := range p.steps {
		if p.changeOf(step) != i {
			continue
		}
		rows := change.Rows
		if step.Table != table {
			if rows, err = s.rows(ctx, reader, p, step.Table); err != nil {
				return err
			}
		}
		change.DDL = append(change.DDL, store.Render(s.store.Dialect(), step)...)
		c, converts := p.converts(n)
		switch {
		case p.carries(step):
			change.Risk = riskier(change.Risk, Rewrite)
			if converts {
				*notes = append(*notes, sentence(language, "retype_field", "field", c.to.Name))
			}
		case !p.drops(step):
			change.Risk = riskier(change.Risk, risk(step, rows))
		}
		if note := stepNote(language, step); note != "" && p.had(step.Table) && !p.carries(step) {
			*notes = append(*notes, note)
		}
		if converts && thoroughly {
			lost, example, err := s.unconvertible(ctx, reader, c)
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

// rows counts the rows of a table that is there already.
func (s *Service) rows(ctx context.Context, reader store.Reader, p *plan, table string) (count int64, err error) {
	if !p.had(table) {
		return 0, nil
	}
	err = reader.QueryRow(ctx, "SELECT count(*) FROM "+s.store.Dialect().Quote(table)).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", table, err)
	}
	return count, nil
}

// had tells whether there was an object before.
func (p *plan) had(object string) bool {
	_, ok := p.from.Object(object)
	return ok
}

// carries tells whether a step is one of those by which a field gets other
// columns, into which its values go whole.
func (p *plan) carries(step store.Step) bool {
	f, ok := p.owner(step)
	if !ok || step.Kind == store.Retype {
		return false
	}
	c, ok := p.conversion(step.Table, f.Name, f)
	return ok && !c.counted()
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
		store.DropIndex, store.DropReference, store.DropAside, store.AdoptColumn, store.AdoptIndex:
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
