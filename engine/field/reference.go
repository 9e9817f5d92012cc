package field

import (
	"strings"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// UserObject is the object of the people who sign in.
const UserObject = "user"

// DepartmentObject is the object of the departments, a tree.
const DepartmentObject = "department"

// TeamObject is the object of the teams.
const TeamObject = "team"

// reference points to one record: of the object that target names, or of the
// built-in object that the kind is named after. Whether it exists and may be seen is the record service's to judge.
type reference struct{ name string }

var _ Kind = reference{}

func (r reference) Name() string            { return r.name }
func (reference) Order() Order              { return ByDisplay }
func (reference) Check(*Field) []fault.Item { return nil }

func (reference) Type(f *Field) expr.Type {
	return expr.Type{Kind: expr.Record, Object: f.Target}
}

func (reference) Column(f *Field) Column {
	return Column{Name: f.Name, Type: ID, References: f.Target}
}

func (reference) Parse(_ *Field, wire any) (expr.Value, *fault.Item) {
	s, ok := wire.(string)
	if !ok {
		return nil, wrong(fault.WrongType, "expected", "string")
	}
	return ParseID(s)
}

func (reference) ParseText(_ *Field, s string, _ Locale) (expr.Value, *fault.Item) {
	return ParseID(strings.TrimSpace(s))
}

// ParseID reads a record's id in its one canonical form.
func ParseID(s string) (expr.Value, *fault.Item) {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return nil, wrong(fault.InvalidID)
	}
	return id.String(), nil
}

func (reference) Text(_ *Field, v expr.Value, _ Locale) string { return asText(v) }

func (reference) AppendJSON(dst []byte, _ *Field, v expr.Value) []byte {
	return AppendString(dst, asText(v))
}

func (reference) Schema(f *Field) map[string]any {
	return map[string]any{"type": "string", "format": "uuid", "x-target": f.Target}
}
