package transfer

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// In a table people name records: by the id, by what is unique or shown of
// them, by a phone number or a mail address. Files and pasted cells are read in
// this one way.

// asking is who asks for records, and where.
type asking struct {
	records *record.Service
	reader  store.Reader
	policy  *access.Policy
	actor   *access.Actor
}

// link is what a name means: one record, several, or none.
type link struct {
	id      string
	several bool
}

// fault is what is wrong with a name that does not mean one record.
func (l link) fault(name string) *fault.Item {
	switch {
	case l.several:
		return &fault.Item{Code: fault.AmbiguousRecord, Params: fault.Params{"value": sample(name)}}
	case l.id == "":
		return &fault.Item{Code: fault.NoSuchRecord, Params: fault.Params{"value": sample(name)}}
	default:
		return nil
	}
}

// separators stand between the names in a cell of lookups.
const separators = ";；、\n"

// candidates are the texts in a cell that may name a record: itself, and of
// lookups each of its parts.
func candidates(f *field.Field, cell string) []string {
	cell = strings.TrimSpace(cell)
	if f.Pairs == "" || !strings.ContainsAny(cell, separators) {
		return []string{cell}
	}
	names := []string{cell}
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			names = append(names, part)
		}
	}
	return names
}

// namesIn are those of the candidates in a cell that name its records: the
// whole, or where it means nothing, its parts.
func namesIn(candidates []string, found map[string]link) []string {
	if len(candidates) == 1 || found[candidates[0]] != (link{}) {
		return candidates[:1]
	}
	return candidates[1:]
}

// longestName is how many characters a name has at most.
const longestName = 1000

// find finds the records of an object that texts name, among those that the
// actor may read. The surest key that knows a text says what it means.
func (a asking) find(ctx context.Context, target string, texts []string) (map[string]link, error) {
	found := make(map[string]link, len(texts))
	object, ok := a.policy.Catalog().Object(target)
	if !ok {
		return found, nil
	}
	open := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(texts))), func(text string) bool {
		return text == "" || utf8.RuneCountInString(text) > longestName
	})
	open, err := a.byID(ctx, object, open, found)
	if err != nil {
		return nil, err
	}
	for _, key := range naturalKeys(object) {
		if open, err = a.byKey(ctx, object, key, open, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// byID finds records by their ids and leaves the texts that are none.
func (a asking) byID(ctx context.Context, object *metadata.Object, texts []string, found map[string]link) (open []string, err error) {
	ids := map[string]string{}
	for _, text := range texts {
		if id, item := field.ParseID(text); item == nil {
			ids[text], _ = id.(string)
		} else {
			open = append(open, text)
		}
	}
	if len(ids) == 0 {
		return open, nil
	}
	seen, err := a.records.Seen(ctx, a.reader, a.policy, a.actor, object, slices.Collect(maps.Values(ids)))
	for text, id := range ids {
		if _, there := seen[id]; there {
			found[text] = link{id: id}
		}
	}
	return open, err //nolint:wrapcheck // it says itself what it is
}

// byKey finds records by one of their keys and leaves the texts that are none
// of its values.
func (a asking) byKey(ctx context.Context, object *metadata.Object, key *field.Field, texts []string, found map[string]link) (open []string, err error) {
	written := map[string]string{} // the values as JSON, by the text
	var values []expr.Value
	for _, text := range texts {
		value, item := key.Kind.ParseText(key, text, a.actor.Locale())
		if item != nil || value == nil {
			continue
		}
		written[text] = string(key.Kind.AppendJSON(nil, key, value))
		values = append(values, value)
	}
	if len(values) == 0 {
		return texts, nil
	}
	holding, err := a.records.Holding(ctx, a.reader, a.policy, a.actor, object, key, values)
	for _, text := range texts {
		switch ids := holding[written[text]]; len(ids) {
		case 0:
			open = append(open, text)
		case 1:
			found[text] = link{id: ids[0]}
		default:
			found[text] = link{several: true}
		}
	}
	return open, err //nolint:wrapcheck // it says itself what it is
}

// naturalKeys are the fields by which people name a record, the surest first:
// what is unique, what is shown, phone numbers and mail addresses.
func naturalKeys(object *metadata.Object) []*field.Field {
	rank := func(f *field.Field) int {
		switch {
		case f.Name == metadata.FieldID || !f.Matchable() || f.Target != "":
			return 0
		case f.Unique:
			return 1
		case f.Name == object.Display:
			return 2
		case f.Kind.Name() == "phone" || f.Kind.Name() == "email":
			return 3
		default:
			return 0
		}
	}
	var keys []*field.Field
	for _, f := range object.Fields {
		if rank(f) > 0 {
			keys = append(keys, f)
		}
	}
	slices.SortStableFunc(keys, func(a, b *field.Field) int { return rank(a) - rank(b) })
	return keys
}
