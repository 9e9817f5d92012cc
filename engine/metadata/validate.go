package metadata

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/kind"
)

const schemaBase = "https://trellis-crm.github.io/schemas/"

// Schemas are the compiled meta-schemas: one a kind of definition and one a
// field kind. They are read-only and safe for concurrent use.
type Schemas struct {
	definitions *kind.Registry[DefinitionKind]

	kinds  map[string]*jsonschema.Schema
	fields map[string]*jsonschema.Schema
	trees  map[string]*document // by path below schemaBase, for the order of keywords
}

// LoadSchemas compiles meta/*.json and fields/*.json of files. Nothing is
// ever loaded from elsewhere. Every kind of definition needs its schema.
func LoadSchemas(files fs.FS, kinds []DefinitionKind) (*Schemas, error) {
	s := &Schemas{definitions: kind.NewRegistry(kinds...), kinds: map[string]*jsonschema.Schema{}, fields: map[string]*jsonschema.Schema{}, trees: map[string]*document{}}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.AssertFormat = true
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("schema %s is not part of the product", url)
	}
	if err := s.add(compiler, files, "meta", ""); err != nil {
		return nil, err
	}
	if err := s.add(compiler, files, "fields", "fields/"); err != nil {
		return nil, err
	}
	for path := range s.trees {
		schema, err := compiler.Compile(schemaBase + path)
		if err != nil {
			return nil, fmt.Errorf("compile schema %s: %w", path, err)
		}
		name := strings.TrimSuffix(path, ".json")
		if field, ok := strings.CutPrefix(name, "fields/"); ok {
			s.fields[field] = schema
		} else {
			s.kinds[name] = schema
		}
	}
	for _, kind := range kinds {
		if s.kinds[kind.Kind] == nil {
			return nil, fmt.Errorf("the definitions of kind %s have no schema", kind.Kind)
		}
	}
	return s, nil
}

func (s *Schemas) add(compiler *jsonschema.Compiler, files fs.FS, folder, prefix string) error {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return fmt.Errorf("list schemas: %w", err)
	}
	for _, entry := range entries {
		raw, err := fs.ReadFile(files, folder+"/"+entry.Name())
		if err != nil {
			return fmt.Errorf("read schema: %w", err)
		}
		tree, err := parseDocument(raw)
		if err != nil {
			return fmt.Errorf("parse schema %s: %w", entry.Name(), err)
		}
		s.trees[prefix+entry.Name()] = tree
		if err := compiler.AddResource(schemaBase+prefix+entry.Name(), bytes.NewReader(raw)); err != nil {
			return fmt.Errorf("add schema %s: %w", entry.Name(), err)
		}
	}
	return nil
}

// validate checks a definition against the schema of its kind, and each
// property of an object against the schema of its field kind.
func (s *Schemas) validate(kind string, tree *document) error {
	faults := fault.New(fault.InvalidDefinition)
	if err := judge(faults, s.kinds[kind], tree, ""); err != nil {
		return err
	}
	if !s.hasFields(kind) || len(faults.Items) > 0 {
		return faults.OrNil()
	}
	properties := tree.fields()
	for i, name := range properties.keys {
		pointer := "/properties/" + name
		fieldKind := properties.values[i].get("field").text()
		schema, ok := s.fields[fieldKind]
		if !ok || fieldKind == "common" {
			faults.At(pointer+"/field", fault.UnknownFieldKind, "field", fieldKind)
			continue
		}
		if err := judge(faults, schema, properties.values[i], pointer); err != nil {
			return err
		}
		s.unknownKeywords(faults, fieldKind, properties.values[i], pointer)
	}
	return faults.OrNil()
}

// hasFields tells whether the properties of a kind of definition are fields.
func (s *Schemas) hasFields(kind string) bool {
	known, ok := s.definitions.Get(kind)
	return ok && known.Properties
}

// unknownKeywords finds the keywords that a field kind does not declare. The
// kinds' schemas say the same by unevaluatedProperties, which the validator
// does not hold across a $ref.
func (s *Schemas) unknownKeywords(faults *fault.Fault, fieldKind string, property *document, pointer string) {
	path := "fields/" + fieldKind + ".json"
	known := s.keywords(path, s.trees[path])
	for _, keyword := range property.keys {
		if at := pointer + fault.Pointer(keyword); known.get(keyword) == nil && !faults.Has(at) {
			faults.At(at, fault.UnknownKeyword, "keyword", keyword)
		}
	}
}

// judge validates one document and adds what is wrong, below pointer.
func judge(faults *fault.Fault, schema *jsonschema.Schema, tree *document, pointer string) error {
	decoder := json.NewDecoder(bytes.NewReader(tree.append(nil, "")))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return fmt.Errorf("decode definition: %w", err)
	}
	err := schema.Validate(value)
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		addLeaves(faults, invalid, pointer)
		return nil
	default:
		return fmt.Errorf("validate definition: %w", err)
	}
}

func addLeaves(faults *fault.Fault, e *jsonschema.ValidationError, pointer string) {
	for _, cause := range e.Causes {
		addLeaves(faults, cause, pointer)
	}
	if len(e.Causes) > 0 {
		return
	}
	keyword := e.KeywordLocation[strings.LastIndexByte(e.KeywordLocation, '/')+1:]
	at := pointer + e.InstanceLocation
	switch keyword {
	case "unevaluatedProperties": // the place is the keyword's own
		faults.At(at, fault.UnknownKeyword, "keyword", at[strings.LastIndexByte(at, '/')+1:])
	case "additionalProperties":
		for _, name := range quoted(e.Message) {
			faults.At(at+fault.Pointer(name), fault.UnknownKeyword, "keyword", name)
		}
	case "required":
		for _, name := range quoted(e.Message) {
			faults.At(at+fault.Pointer(name), fault.Required)
		}
	default:
		faults.At(at, fault.InvalidKeyword, "keyword", keyword, "reason", e.Message)
	}
}

var quotedName = regexp.MustCompile(`'([^']*)'`)

// quoted finds the names that a message of the validator puts in quotes.
func quoted(message string) []string {
	var names []string
	for _, match := range quotedName.FindAllStringSubmatch(message, -1) {
		names = append(names, match[1])
	}
	return names
}

// maxLength is the length that the schema of a field kind gives its values
// where the field itself says nothing, or 0.
func (s *Schemas) maxLength(fieldKind string) int {
	tree, ok := s.trees["fields/"+fieldKind+".json"]
	if !ok {
		return 0
	}
	limit := tree.get("$defs").get("value").get("maxLength")
	if limit == nil {
		return 0
	}
	length, err := strconv.Atoi(string(limit.scalar))
	if err != nil {
		return 0
	}
	return length
}

// FieldSchema is the JSON Schema of the settings of a field kind.
func (s *Schemas) FieldSchema(fieldKind string) json.RawMessage {
	tree, ok := s.trees["fields/"+fieldKind+".json"]
	if !ok {
		return nil
	}
	return tree.append(nil, "")
}
