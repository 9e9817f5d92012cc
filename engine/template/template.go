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
	template := Template{files: folder}
	if err := json.Unmarshal(raw, &template); err != nil {
		return Template{}, err //nolint:wrapcheck // wrapped by List
	}
	objects, err := fs.Glob(folder, "objects/*.json")
	template.Objects = len(objects)
	return template, err //nolint:wrapcheck // wrapped by List
}

// Definitions joins the definitions of the named templates with those given;
// the texts of one language are one definition. Fault: unknown_template.
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
	for i, name := range names {
		at := slices.IndexFunc(templates, func(t Template) bool { return t.Name == name })
		if at < 0 {
			return nil, fault.New(fault.InvalidValues).At(fmt.Sprintf("/templates/%d", i), fault.UnknownTemplate, "name", name)
		}
		definitions, err := schemas.LoadFolder(templates[at].files, ".")
		if err != nil {
			return nil, err
		}
		if err := add(definitions); err != nil {
			return nil, err
		}
		if err := templates[at].languages(texts); err != nil {
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
