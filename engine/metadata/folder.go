package metadata

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
)

// LoadFolder reads every .json file below a folder that is a definition; other
// files, such as a template's manifest, have no "kind" and are passed over.
func (s *Schemas) LoadFolder(files fs.FS, folder string) ([]Definition, error) {
	var definitions []Definition
	err := fs.WalkDir(files, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		var kind struct {
			Kind string `json:"kind"`
		}
		if json.Unmarshal(raw, &kind) == nil && kind.Kind == "" {
			return nil
		}
		definition, err := s.Parse(raw)
		if err != nil {
			return inFile(name, err)
		}
		definitions = append(definitions, definition)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read definitions: %w", err)
	}
	slices.SortFunc(definitions, func(a, b Definition) int { return strings.Compare(a.Key.String(), b.Key.String()) })
	return definitions, nil
}

// inFile says in which file something is wrong, before the places in it.
func inFile(name string, err error) error {
	f := fault.As(err)
	if f == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(f.Items) == 0 {
		f.Items = []fault.Item{{Code: f.Code, Params: f.Params}}
	}
	return f.Within(name + "#")
}

// MissingProperties names the properties of an object that another definition
// of it does not have, or has with another field kind.
func MissingProperties(of, in Definition) []string {
	var missing []string
	wanted, present := of.tree.get("properties"), in.tree.get("properties")
	for i, name := range wanted.keys {
		if present.get(name).get("field").text() != wanted.values[i].get("field").text() {
			missing = append(missing, name)
		}
	}
	return missing
}
