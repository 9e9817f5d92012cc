// Package template reads the templates that ship with the product: folders of
// definitions with a manifest and the texts of other languages. Start with
// List.
package template

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// Template is a package of definitions.
type Template struct {
	Name        string            `json:"name"`
	Version     string            `json:"version"`
	Title       map[string]string `json:"title"`
	Description map[string]string `json:"description"`
	Objects     int               `json:"objects"`
	// Requires are the templates that this one builds on.
	Requires []string `json:"requires"`
	// Foundation tells that others build on it, and nobody chooses it alone.
	Foundation bool `json:"foundation,omitempty"`

	files fs.FS
}

// List reads the manifests of the templates in a folder of files.
func List(files fs.FS) ([]Template, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	var templates []Template
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		template, err := read(files, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read template %s: %w", entry.Name(), err)
		}
		templates = append(templates, template)
	}
	return templates, nil
}

func read(files fs.FS, name string) (Template, error) {
	folder, err := fs.Sub(files, name)
	if err != nil {
		return Template{}, err //nolint:wrapcheck // wrapped by List
	}
	raw, err := fs.ReadFile(folder, "template.json")
	if err != nil {
		return Template{}, err //nolint:wrapcheck // wrapped by List
	}
	template := Template{Requires: []string{}, files: folder}
	if err := json.Unmarshal(raw, &template); err != nil {
		return Template{}, err //nolint:wrapcheck // wrapped by List
	}
	objects, err := fs.Glob(folder, "objects/*.json")
	template.Objects = len(objects)
	return template, err //nolint:wrapcheck // wrapped by List
}

// named gives the templates of these names, each once and behind those that it
// requires. Fault: unknown_template.
func named(templates []Template, names []string) ([]Template, error) {
	var ordered []Template
	var add func(name, pointer string) error
	add = func(name, pointer string) error {
		is := func(t Template) bool { return t.Name == name }
		if slices.ContainsFunc(ordered, is) {
			return nil
		}
		at := slices.IndexFunc(templates, is)
		if at < 0 {
			return fault.New(fault.InvalidValues).At(pointer, fault.UnknownTemplate, "name", name)
		}
		for _, required := range templates[at].Requires {
			if err := add(required, pointer); err != nil {
				return err
			}
		}
		ordered = append(ordered, templates[at])
		return nil
	}
	for i, name := range names {
		if err := add(name, fmt.Sprintf("/templates/%d", i)); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

// Definitions joins the definitions of the named templates, and of those that
// they require, with those given; the texts of one language are one definition.
// Fault: unknown_template.
func Definitions(schemas *metadata.Schemas, files fs.FS, names []string, given []metadata.Definition) ([]json.RawMessage, error) {
	templates, err := List(files)
	if err != nil {
		return nil, err
	}
	var documents []json.RawMessage
	texts := map[string]map[string]string{}
	add := func(definitions []metadata.Definition) error {
		for _, definition := range definitions {
			if definition.Kind != metadata.KindTranslation {
				documents = append(documents, definition.Document)
				continue
			}
			var doc struct {
				Texts map[string]string `json:"texts"`
			}
			if err := json.Unmarshal(definition.Document, &doc); err != nil {
				return fmt.Errorf("read %s: %w", definition.Key, err)
			}
			join(texts, definition.Name, doc.Texts)
		}
		return nil
	}
	if err := add(given); err != nil {
		return nil, err
	}
	chosen, err := named(templates, names)
	if err != nil {
		return nil, err
	}
	for _, template := range chosen {
		definitions, err := schemas.LoadFolder(template.files, ".")
		if err != nil {
			return nil, err
		}
		if err := add(definitions); err != nil {
			return nil, err
		}
		if err := template.languages(texts); err != nil {
			return nil, err
		}
	}
	return appendTranslations(documents, texts)
}

// languages adds the texts of i18n/<locale>.json.
func (t Template) languages(texts map[string]map[string]string) error {
	names, err := fs.Glob(t.files, "i18n/*.json")
	if err != nil {
		return fmt.Errorf("list the languages: %w", err)
	}
	for _, name := range names {
		raw, err := fs.ReadFile(t.files, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		var own map[string]string
		if err := json.Unmarshal(raw, &own); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		join(texts, strings.TrimSuffix(path.Base(name), ".json"), own)
	}
	return nil
}

func join(texts map[string]map[string]string, locale string, own map[string]string) {
	if texts[locale] == nil {
		texts[locale] = map[string]string{}
	}
	maps.Copy(texts[locale], own)
}

func appendTranslations(documents []json.RawMessage, texts map[string]map[string]string) ([]json.RawMessage, error) {
	for _, locale := range slices.Sorted(maps.Keys(texts)) {
		document, err := json.Marshal(map[string]any{"kind": metadata.KindTranslation, "name": locale, "texts": texts[locale]})
		if err != nil {
			return nil, fmt.Errorf("write the texts of %s: %w", locale, err)
		}
		documents = append(documents, document)
	}
	return documents, nil
}

// Owned gives the definitions that belong to templates which are there: those
// all of whose objects are in a catalog.
func Owned(catalog *metadata.Catalog, files fs.FS) (map[metadata.Key]bool, error) {
	templates, err := List(files)
	if err != nil {
		return nil, err
	}
	owned := map[metadata.Key]bool{}
	for _, template := range templates {
		definitions, err := catalog.Environment().Schemas.LoadFolder(template.files, ".")
		if err != nil {
			return nil, err
		}
		absent := slices.ContainsFunc(definitions, func(d metadata.Definition) bool {
			_, there := catalog.Definition(d.Key)
			return d.Kind == metadata.KindObject && !there
		})
		if absent {
			continue
		}
		for _, definition := range definitions {
			owned[definition.Key] = true
		}
	}
	return owned, nil
}
