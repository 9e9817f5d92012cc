package field

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
)

// Files says which files a field takes.
type Files struct {
	Multiple bool
	Pictures bool     // nothing but pictures that can be shown
	Accept   []string // types, such as image/png or image/*, and endings, such as .pdf; empty takes all
	MaxSize  int64    // in bytes; 0 is as large as files may be
}

// MaxFiles is how many files one field holds.
const MaxFiles = 50

// FileRef is what a record keeps of a file that it holds.
type FileRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Type string `json:"type"`
}

// files are files that belong to the record: {"id", "name", "size", "type"} on
// the wire, or a list of them where the field holds several. Only the id is
// read of what is sent; whose the file is, and what it is called, is the record
// service's to say. The column keeps a list in either case.
type files struct{ name string }

var _ Kind = files{}

func (k files) Name() string            { return k.name }
func (files) Order() Order              { return Unsorted }
func (files) Type(*Field) expr.Type     { return expr.Type{Kind: expr.JSON} }
func (files) Check(*Field) []fault.Item { return nil }

func (files) Column(f *Field) Column { return Column{Name: f.Name, Type: JSON, Document: true} }

func (files) Parse(f *Field, wire any) (expr.Value, *fault.Item) {
	list, several := wire.([]any)
	switch {
	case several != f.Files.Multiple && several:
		return nil, wrong(fault.WrongType, "expected", "object")
	case !several && f.Files.Multiple:
		return nil, wrong(fault.WrongType, "expected", "array")
	case !several:
		list = []any{wire}
	}
	refs := make([]FileRef, 0, len(list))
	for _, element := range list {
		id, item := fileID(element)
		if item != nil {
			return nil, item
		}
		if !slices.ContainsFunc(refs, func(ref FileRef) bool { return ref.ID == id }) {
			refs = append(refs, FileRef{ID: id})
		}
	}
	if len(refs) > MaxFiles {
		return nil, wrong(fault.TooManyItems, "max", MaxFiles, "count", len(refs))
	}
	return FilesValue(refs), nil
}

// fileID reads an id, or an object with one as it is answered.
func fileID(wire any) (string, *fault.Item) {
	if object, ok := wire.(map[string]any); ok {
		for name := range object {
			if !slices.Contains([]string{"id", "name", "size", "type"}, name) {
				return "", wrong(fault.WrongType, "expected", "file")
			}
		}
		wire = object["id"]
	}
	text, ok := wire.(string)
	if !ok {
		return "", wrong(fault.WrongType, "expected", "file")
	}
	id, item := ParseID(text)
	text, _ = id.(string)
	return text, item
}

// FilesValue is the value of a field that holds files: its canonical JSON.
func FilesValue(refs []FileRef) expr.Value {
	if len(refs) == 0 {
		return nil
	}
	raw, err := json.Marshal(refs)
	if err != nil {
		return nil
	}
	value, err := CanonicalJSON(raw)
	if err != nil {
		return nil
	}
	return value
}

// FilesOf are the files of a value.
func FilesOf(v expr.Value) []FileRef {
	var refs []FileRef
	if json.Unmarshal([]byte(asText(v)), &refs) != nil {
		return nil
	}
	return refs
}

// ParseText refuses: a file does not stand in a cell.
func (files) ParseText(f *Field, _ string, _ Locale) (expr.Value, *fault.Item) {
	return nil, wrong(fault.ReadOnly, "field", f.Name)
}

// Text gives the names.
func (files) Text(_ *Field, v expr.Value, _ Locale) string {
	refs := FilesOf(v)
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = ref.Name
	}
	return strings.Join(names, "; ")
}

func (files) AppendJSON(dst []byte, f *Field, v expr.Value) []byte {
	if f.Files.Multiple {
		return append(dst, asText(v)...)
	}
	var list []json.RawMessage
	if json.Unmarshal([]byte(asText(v)), &list) != nil || len(list) == 0 {
		return append(dst, "null"...)
	}
	return append(dst, list[0]...)
}

func (k files) Schema(f *Field) map[string]any {
	one := map[string]any{
		"type": []string{"object", "string"}, "format": "uuid", "required": []string{"id"}, "additionalProperties": false,
		"properties": map[string]any{
			"id": map[string]any{"type": "string", "format": "uuid"}, "name": map[string]any{"type": "string"},
			"size": map[string]any{"type": "integer"}, "type": map[string]any{"type": "string"},
		},
	}
	if len(f.Files.Accept) > 0 {
		one["x-accept"] = f.Files.Accept
	}
	if f.Files.MaxSize > 0 {
		one["x-maxSize"] = f.Files.MaxSize
	}
	if !f.Files.Multiple {
		return one
	}
	return map[string]any{"type": "array", "maxItems": MaxFiles, "items": one}
}
