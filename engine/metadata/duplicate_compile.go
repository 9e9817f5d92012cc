package metadata

import (
	"fmt"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
)

// duplicateDocument is a rule about duplicates as it is written.
type duplicateDocument struct {
	Match []struct {
		Field, By string
		AtLeast   float64
	}
	Action string
	Card   []string
}

// atLeast is how similar two texts are that are taken for the same, where a
// rule does not say.
const atLeast = 0.9

// duplicates compiles the rules about duplicates: each compares fields that can
// be compared, by equality or, for texts, by similarity.
func (b *builder) duplicates(key Key, object *Object, docs []duplicateDocument) {
	for i, doc := range docs {
		rule := DuplicateRule{Block: doc.Action == "block", Card: doc.Card}
		at := fmt.Sprintf("/behaviours/duplicates/%d", i)
		report := func(below string, code fault.Code, pairs ...any) {
			b.problem(key, fault.New("").At(at+below, code, pairs...).Items[0])
		}
		for j, match := range doc.Match {
			f, ok := object.Field(match.Field)
			place := fmt.Sprintf("/match/%d/field", j)
			compiled := DuplicateMatch{Field: match.Field}
			if match.By == "similar" {
				compiled.AtLeast = match.AtLeast
				if compiled.AtLeast == 0 {
					compiled.AtLeast = atLeast
				}
			}
			switch {
			case !ok:
				report(place, fault.UnknownField, "field", match.Field)
			case f.System || f.IsVirtual() || f.Kind.Column(f).Type == field.JSON, compiled.AtLeast > 0 && (f.Kind.Type(f).Kind != expr.Text || f.Kind.Order() == field.ByOption):
				report(place, fault.NotAllowed, "what", match.Field)
			}
			rule.Match = append(rule.Match, compiled)
		}
		for j, name := range doc.Card {
			if _, ok := object.Field(name); !ok {
				report(fmt.Sprintf("/card/%d", j), fault.UnknownField, "field", name)
			}
		}
		object.Duplicates = append(object.Duplicates, rule)
	}
}
