package metadata

import (
	"encoding/json"

	"github.com/trellis-crm/trellis/engine/fault"
)

// Key names a definition: its kind and its name.
type Key struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// String is "kind/name".
func (k Key) String() string { return k.Kind + "/" + k.Name }

// Definition is one metadata document in its canonical form: keywords in the
// order of the meta-schema, properties and lists in the author's order, two
// blanks an indentation.
type Definition struct {
	Key
	Document json.RawMessage
	tree     *document
}

// Parse reads a definition and checks it against its meta-schema. The fault's
// pointers begin at the document.
func (s *Schemas) Parse(raw []byte) (Definition, error) {
	tree, err := parseDocument(raw)
	if err != nil {
		return Definition{}, err
	}
	key := Key{Kind: tree.get("kind").text(), Name: tree.get("name").text()}
	if _, known := s.definitions.Get(key.Kind); !known {
		return Definition{}, fault.New(fault.InvalidDefinition).At("/kind", fault.UnknownKind, "kind", key.Kind)
	}
	if err := s.validate(key.Kind, tree); err != nil {
		return Definition{Key: key}, err
	}
	s.order(key.Kind, tree)
	return Definition{Key: key, Document: tree.append(nil, ""), tree: tree}, nil
}

// decode reads the document into a typed value. Its shape was checked, so
// that it cannot fail for a parsed definition.
func (d Definition) decode(into any) error {
	return json.Unmarshal(d.Document, into)
}
