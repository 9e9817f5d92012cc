package row

import (
	"fmt"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/query"
)

// sortKey is one key of an order as it is written in SQL. Nulls are smallest.
type sortKey struct {
	fragment expr.Fragment
	column   field.Column // the type of the key
	desc     bool
	notNull  bool
	plain    bool // the column itself, as every reader sees it
	slot     int  // where it is read anyway, or -1
}

func (s *scope) sortKeys(sorts []query.Sort) ([]sortKey, error) {
	keys := make([]sortKey, 0, len(sorts))
	for _, sort := range sorts {
		key, err := s.sortKey(sort.Field)
		if err != nil {
			return nil, err
		}
		key.desc = sort.Desc
		key.notNull = key.column.NotNull && s.alwaysSeen(sort.Field)
		key.plain = s.alwaysSeen(sort.Field)
		keys = append(keys, key)
	}
	return keys, nil
}

func (s *scope) sortKey(f *field.Field) (sortKey, error) {
	column := f.Kind.Column(f)
	if f.System && f.Target == "" {
		column.NotNull = true
	}
	cell, err := s.cell(f)
	if err != nil {
		return sortKey{}, err
	}
	key := sortKey{fragment: cell, column: column}
	switch {
	case f.HasSortColumn():
		key.fragment.SQL, key.column = s.quoted(f.SortColumn()), field.Column{Type: field.Bytes}
	case f.Kind.Order() == field.ByOption:
		key.fragment, key.column = optionOrder(f, cell), field.Column{Type: field.Integer}
	case f.Kind.Order() == field.ByDisplay:
		return s.displayKey(f)
	case column.Type == field.Text:
		key.fragment.SQL = s.dialect.Binary(key.fragment.SQL)
	}
	visible, err := s.visible(f, key.fragment)
	key.fragment = visible
	return key, err
}

// optionOrder is the place of a select's value among its options.
func optionOrder(f *field.Field, cell expr.Fragment) expr.Fragment {
	var w writer
	if f.Options.Len() == 0 {
		return expr.Fragment{SQL: always}
	}
	w.WriteString("CASE ")
	w.add(cell)
	for i, option := range f.Options.All() {
		fmt.Fprintf(&w, " WHEN ? THEN %d", i)
		w.args = append(w.args, expr.Fixed(option.Value))
	}
	w.WriteString(" END")
	return w.fragment()
}

// displayKey sorts a lookup by the key of its target's display field, where
// the reader may see it.
func (s *scope) displayKey(f *field.Field) (sortKey, error) {
	target, ok := s.policy.Catalog().Object(f.Target)
	if !ok {
		return sortKey{}, unknown(f.Name)
	}
	inner := &scope{dialect: s.dialect, policy: s.policy, actor: s.actor, object: target, alias: "d"}
	decision, err := s.policy.Decide(s.actor, target, access.Read)
	if err != nil {
		return sortKey{}, err
	}
	inner.decision = decision
	display, _ := target.Field(target.Display)
	if !decision.Ever(target.Slot(display.Name)) {
		return sortKey{fragment: expr.Fragment{SQL: always}, column: field.Column{Type: field.Bytes}}, nil
	}
	key, err := inner.sortKey(display)
	if err != nil {
		return sortKey{}, err
	}
	link, err := s.seen(f)
	if err != nil {
		return sortKey{}, err
	}
	var w writer
	w.WriteString("(SELECT ")
	w.add(key.fragment)
	w.WriteString(" FROM " + s.dialect.Quote(target.Name) + " AS d WHERE " + inner.quoted(metadata.FieldID) + " = ")
	w.add(link)
	w.WriteString(" AND ")
	if err := inner.permitted(&w); err != nil {
		return sortKey{}, err
	}
	w.WriteString(")")
	key.column.NotNull = false
	return sortKey{fragment: w.fragment(), column: key.column}, nil
}

// always is the key that is null of every record: it orders nothing, and
// PostgreSQL takes no constant for a key.
const always = "NULL"

// order writes ORDER BY with nulls smallest. It says so even of keys that are
// never null, because the indexes say so, and only then can they be used.
func order(w *writer, keys []sortKey) {
	separator := " ORDER BY "
	for _, key := range keys {
		if key.fragment.SQL == always {
			continue
		}
		w.WriteString(separator)
		separator = ", "
		w.add(key.fragment)
		if key.desc {
			w.WriteString(" DESC NULLS LAST")
		} else {
			w.WriteString(" ASC NULLS FIRST")
		}
	}
}

// behind writes the condition of the records that come after the keys of the
// last one: (a, b, id) > (x, y, z) with each key's own direction and nulls.
func (s *scope) behind(w *writer, keys []sortKey, after []expr.Value) error {
	if after == nil {
		return nil
	}
	bound := make([]expr.Fragment, len(keys))
	for i, key := range keys {
		if after[i] == nil {
			continue
		}
		encoded, err := s.dialect.Encode(key.column, after[i])
		if err != nil {
			return fmt.Errorf("encode a cursor: %w", err)
		}
		bound[i] = expr.Fragment{SQL: "?", Args: []expr.Arg{expr.Fixed(encoded)}}
	}
	w.WriteString(" AND ")
	if sameDirection(keys) {
		tuple(w, keys, bound)
		return nil
	}
	w.WriteString("(")
	for i := range keys {
		if i > 0 {
			w.WriteString(" OR ")
		}
		w.WriteString("(")
		for j := range i {
			same(w, keys[j], bound[j])
			w.WriteString(" AND ")
		}
		beyond(w, keys[i], bound[i])
		w.WriteString(")")
	}
	w.WriteString(")")
	return nil
}

// sameDirection reports whether the keys are never null and all run one way,
// so that they compare as one tuple, which an index answers.
func sameDirection(keys []sortKey) bool {
	for _, key := range keys {
		if !key.notNull || key.desc != keys[0].desc {
			return false
		}
	}
	return true
}

func tuple(w *writer, keys []sortKey, bound []expr.Fragment) {
	list := func(write func(i int)) {
		w.WriteString("(")
		for i := range keys {
			if i > 0 {
				w.WriteString(", ")
			}
			write(i)
		}
		w.WriteString(")")
	}
	list(func(i int) { w.add(keys[i].fragment) })
	if keys[0].desc {
		w.WriteString(" < ")
	} else {
		w.WriteString(" > ")
	}
	list(func(i int) { w.add(bound[i]) })
}

func same(w *writer, key sortKey, bound expr.Fragment) {
	w.add(key.fragment)
	if bound.SQL == "" {
		w.WriteString(" IS NULL")
		return
	}
	w.WriteString(" = ")
	w.add(bound)
}

// beyond writes that a key lies behind its bound; null is the smallest.
func beyond(w *writer, key sortKey, bound expr.Fragment) {
	switch {
	case bound.SQL == "" && key.desc:
		w.WriteString("FALSE")
	case bound.SQL == "":
		w.add(key.fragment)
		w.WriteString(" IS NOT NULL")
	case key.desc:
		w.WriteString("(")
		w.add(key.fragment)
		w.WriteString(" < ")
		w.add(bound)
		w.WriteString(" OR ")
		w.add(key.fragment)
		w.WriteString(" IS NULL)")
	default:
		w.add(key.fragment)
		w.WriteString(" > ")
		w.add(bound)
	}
}
