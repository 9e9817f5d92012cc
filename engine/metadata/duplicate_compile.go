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
func (c *Check) duplicates(object *Object, docs []duplicateDocument) {
	for i, doc := range docs {
		rule := DuplicateRule{Block: doc.Action == "block", Card: doc.Card}
		at := fmt.Sprintf("/behaviours/duplicates/%d", i)
		for j, match := range doc.Match {
			place := fmt.Sprintf("%s/match/%d/field", at, j)
			f := c.Field(place, object, match.Field)
			compiled := DuplicateMatch{Field: match.Field}
			if match.By == "similar" {
				compiled.AtLeast = match.AtLeast
				if compiled.AtLeast == 0 {
					compiled.AtLeast = atLeast
				}
			}
			switch {
			case f == nil:
			case f.System || f.IsVirtual() || f.Kind.Column(f).Type == field.JSON, compiled.AtLeast > 0 && (f.Kind.Type(f).Kind != expr.Text || f.Kind.Order() == field.ByOption):
				c.Report(place, fault.NotAllowed, "what", match.Field)
			}
			rule.Match = append(rule.Match, compiled)
		}
		for j, name := range doc.Card {
			c.Field(fmt.Sprintf("%s/card/%d", at, j), object, name)
		}
		object.Duplicates = append(object.Duplicates, rule)
	}
}
