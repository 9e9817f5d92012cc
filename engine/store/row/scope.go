// Package row reads and writes the tables of objects: it renders a plan and
// its rights into one statement and turns rows into values. Only package
// record may import it, so that there is one way to write a record. Start
// with Table.
package row

import (
	"strconv"
	"strings"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// scope is one table inside a statement: how the fields of its object are
// written there, in the rights of a decision. Without a decision every field
// is as it is: for rules and for the rows of grants themselves.
type scope struct {
	dialect  store.Dialect
	policy   *access.Policy
	actor    *access.Actor
	object   *metadata.Object
	decision *access.Decision
	alias    string
	begin    expr.Fragment   // the few records that a search found, or nothing
	found    []expr.Fragment // what else a search asks of a record
}

var _ expr.Trees = (*scope)(nil)

// writer gathers a statement and its arguments.
type writer struct {
	strings.Builder
	args []expr.Arg
}

func (w *writer) add(f expr.Fragment) {
	w.WriteString(f.SQL)
	w.args = append(w.args, f.Args...)
}

func (w *writer) fragment() expr.Fragment {
	return expr.Fragment{SQL: w.String(), Args: w.args}
}

func (s *scope) quoted(column string) string {
	return s.alias + "." + s.dialect.Quote(column)
}

// stored is the column by which a field is filtered and sorted, or the query
// that gathers it.
func (s *scope) stored(f *field.Field) expr.Fragment {
	if f.Pairs != "" {
		return expr.Fragment{SQL: s.dialect.Gather("SELECT " + s.dialect.Quote(field.PairTarget) + " FROM " + s.dialect.Quote(f.Pairs) +
			" WHERE " + s.dialect.Quote(field.PairRecord) + " = " + s.quoted(metadata.FieldID) + " ORDER BY 1")}
	}
	return expr.Fragment{SQL: s.quoted(f.Kind.Column(f).Name)}
}

// Column writes a field, or the field of a record that lookups lead to, as the
// reader may see it: an invisible cell is null, a field that is never visible
// does not exist.
func (s *scope) Column(path []string, prior bool) (expr.Column, error) {
	if part, ok := s.object.Part(path[0]); ok && len(path) == 1 && !prior {
		return s.part(part)
	}
	f, ok := s.object.Field(path[0])
	if !ok || prior {
		return expr.Column{}, unknown(path[0])
	}
	if len(path) > 1 {
		return s.follow(f, path)
	}
	column := f.Kind.Column(f)
	cell, err := s.cell(f)
	if err != nil {
		return expr.Column{}, err
	}
	cell.SQL = f.PlainSQL(cell.SQL)
	visible, err := s.visible(f, cell)
	if err != nil {
		return expr.Column{}, err
	}
	return expr.Column{
		SQL: visible.SQL, Args: visible.Args, Type: f.Kind.Type(f),
		Scale: column.Scale, NotNull: column.NotNull && s.alwaysSeen(f),
	}, nil
}

// part writes a part of a composite field, in the rights to the whole.
func (s *scope) part(part metadata.Part) (expr.Column, error) {
	visible, err := s.visible(s.object.Fields[part.Slot], expr.Fragment{SQL: s.quoted(part.Column.Name)})
	return expr.Column{SQL: visible.SQL, Args: visible.Args, Type: expr.Type{Kind: part.Kind()}, Scale: part.Column.Scale}, err
}

func unknown(name string) error { return fault.New(fault.UnknownField, "field", name) }

func (s *scope) alwaysSeen(f *field.Field) bool {
	return s.decision == nil || s.decision.Always(s.object.Slot(f.Name))
}

// visible wraps what is written for a field in the rights to it.
func (s *scope) visible(f *field.Field, column expr.Fragment) (expr.Fragment, error) {
	if s.alwaysSeen(f) {
		return column, nil
	}
	slot := s.object.Slot(f.Name)
	if !s.decision.Ever(slot) {
		return expr.Fragment{}, unknown(f.Name)
	}
	var w writer
	w.WriteString("CASE WHEN ")
	if err := s.showing(&w, slot); err != nil {
		return expr.Fragment{}, err
	}
	w.WriteString(" THEN ")
	w.add(column)
	w.WriteString(" END")
	return w.fragment(), nil
}

// showing writes the condition of the rows in which a field is permitted.
func (s *scope) showing(w *writer, slot int) error {
	first := true
	for _, pair := range s.decision.Pairs {
		if !pair.Fields.Has(slot) {
			continue
		}
		if !first {
			w.WriteString(" OR ")
		}
		first = false
		if err := s.rows(w, pair); err != nil {
			return err
		}
	}
	return nil
}

// follow reads a field of the record that a lookup points to, in the reader's
// rights to that object.
func (s *scope) follow(f *field.Field, path []string) (expr.Column, error) {
	target, ok := s.policy.Catalog().Object(f.Target)
	if !ok {
		return expr.Column{}, unknown(path[0])
	}
	inner := &scope{dialect: s.dialect, policy: s.policy, actor: s.actor, object: target, alias: s.alias + strconv.Itoa(len(path))}
	if s.decision != nil {
		decision, err := s.policy.Decide(s.actor, target, access.Read)
		if err != nil {
			return expr.Column{}, err
		}
		inner.decision = decision
	}
	column, err := inner.Column(path[1:], false)
	if err != nil {
		return expr.Column{}, err
	}
	link, err := s.seen(f)
	if err != nil {
		return expr.Column{}, err
	}
	var w writer
	w.WriteString("(SELECT ")
	w.add(expr.Fragment{SQL: column.SQL, Args: column.Args})
	w.WriteString(" FROM " + s.dialect.Quote(target.Name) + " AS " + inner.alias + " WHERE ")
	w.WriteString(inner.quoted(metadata.FieldID) + " = ")
	w.add(link)
	w.WriteString(" AND ")
	if err := inner.permitted(&w); err != nil {
		return expr.Column{}, err
	}
	w.WriteString(")")
	column.SQL, column.Args, column.NotNull = w.String(), w.args, false
	return column, nil
}

// Below writes a query of the ids of the records that are the one record, or
// lie below it in the tree of their object, as far as the reader may see them.
func (s *scope) Below(object string, id expr.Fragment) (expr.Fragment, error) {
	target, ok := s.policy.Catalog().Object(object)
	if !ok {
		return expr.Fragment{}, unknown(object)
	}
	inner := &scope{dialect: s.dialect, policy: s.policy, actor: s.actor, object: target, alias: "t"}
	if s.decision != nil {
		decision, err := s.policy.Decide(s.actor, target, access.Read)
		if err != nil {
			return expr.Fragment{}, err
		}
		inner.decision = decision
	}
	var w writer
	w.WriteString("WITH RECURSIVE below(id) AS (SELECT ")
	w.add(id)
	w.WriteString(" UNION SELECT " + inner.quoted(metadata.FieldID) + " FROM below JOIN " + s.dialect.Quote(target.Name) + " AS t ON ")
	w.WriteString(inner.quoted(expr.TreeField(object)) + " = below.id AND ")
	if err := inner.permitted(&w); err != nil {
		return expr.Fragment{}, err
	}
	w.WriteString(") SELECT id FROM below")
	return w.fragment(), nil
}

// permitted writes the condition of the rows that exist and may be seen.
func (s *scope) permitted(w *writer) error {
	if s.object.Recycle {
		w.WriteString(s.quoted(metadata.DeletedAt) + " IS NULL")
	} else {
		w.WriteString("TRUE")
	}
	if s.decision == nil {
		return nil
	}
	return s.within(w, s.decision)
}

// standing writes " AND …" for what is remembered of the actor to hold.
func (s *scope) standing(w *writer) {
	if s.actor.Standing != 0 {
		w.WriteString(" AND " + s.dialect.Standing())
		w.args = append(w.args, expr.Fixed(s.actor.Standing))
	}
}

// within writes " AND …" for the rows of a decision.
func (s *scope) within(w *writer, decision *access.Decision) error {
	if decision.Nothing() {
		w.WriteString(" AND FALSE")
		return nil
	}
	if !everywhere(decision) {
		w.WriteString(" AND (")
		for i, pair := range decision.Pairs {
			if i > 0 {
				w.WriteString(" OR ")
			}
			if err := s.rows(w, pair); err != nil {
				return err
			}
		}
		w.WriteString(")")
	}
	for _, restriction := range decision.Restrict {
		w.WriteString(" AND NOT (")
		if err := s.plain(w, restriction.Where, true); err != nil {
			return err
		}
		w.WriteString(")")
	}
	return nil
}

func everywhere(decision *access.Decision) bool {
	for _, pair := range decision.Pairs {
		if pair.Everywhere() {
			return true
		}
	}
	return false
}

// rows writes the condition of one pair's rows.
func (s *scope) rows(w *writer, pair access.Pair) error {
	if pair.Everywhere() {
		w.WriteString("TRUE")
		return nil
	}
	w.WriteString("(")
	for i, way := range pair.Ways {
		if i > 0 {
			w.WriteString(" OR ")
		}
		if way.Shared != nil {
			s.shared(w, way.Shared)
		}
		for j, condition := range way.Conditions {
			if j > 0 || way.Shared != nil {
				w.WriteString(" AND ")
			}
			if err := s.granted(w, condition); err != nil {
				return err
			}
		}
	}
	w.WriteString(")")
	return nil
}

// granted writes a condition of a grant. One on what a lookup leads to finds
// those records first, once for all rows.
func (s *scope) granted(w *writer, condition access.Condition) error {
	if condition.Through == "" {
		return s.plain(w, condition.Program, false)
	}
	target, ok := s.policy.Catalog().Object(condition.Of)
	if !ok {
		return unknown(condition.Through)
	}
	inner := &scope{dialect: s.dialect, policy: s.policy, actor: s.actor, object: target, alias: "p"}
	w.WriteString(s.quoted(condition.Through) + " IN (SELECT " + inner.quoted(metadata.FieldID) + " FROM " + s.dialect.Quote(target.Name) + " AS p WHERE ")
	if err := inner.permitted(w); err != nil {
		return err
	}
	w.WriteString(" AND ")
	if err := inner.condition(w, condition.Program, false); err != nil {
		return err
	}
	w.WriteString(")")
	return nil
}

// plain writes an expression of a role, which sees every field.
func (s *scope) plain(w *writer, program *expr.Program, value bool) error {
	open := *s
	open.decision = nil
	return open.condition(w, program, value)
}

// condition writes an expression in the rights of the scope: as a condition,
// or as a value that is true or false and never null.
func (s *scope) condition(w *writer, program *expr.Program, value bool) error {
	render := program.SQL
	if value {
		render = program.SQLValue
	}
	fragment, err := render(s, s.dialect.Expressions())
	if err != nil {
		return err //nolint:wrapcheck // a fault of Column, which callers look for
	}
	w.WriteString("(")
	w.add(fragment)
	w.WriteString(")")
	return nil
}
