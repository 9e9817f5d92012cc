package field

import "github.com/trellis-crm/trellis/engine/expr"

// identifier is the kind of the system field id. No definition can name it.
type identifier struct{ reference }

var _ Kind = identifier{}

// Identifier is the kind of the system field id.
func Identifier() Kind { return identifier{reference{name: "id"}} }

func (identifier) Order() Order          { return ByValue }
func (identifier) Type(*Field) expr.Type { return expr.Type{Kind: expr.Record} }

func (identifier) Column(f *Field) Column {
	return Column{Name: f.Name, Type: ID, NotNull: true}
}
