package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/template"
	"github.com/trellis-crm/trellis/schemas"
)

type planCommand struct {
	Dir   string `arg:"" help:"Folder of definitions." type:"existingdir"`
	Prune bool   `help:"Also delete the definitions that neither the folder has nor the product or a template."`
}

// Run prints what applying the folder would change.
func (p *planCommand) Run(ctx context.Context, flags *commands) error {
	return flags.with(ctx, func(e *engine.Engine) error {
		request, err := fromFolder(e, p.Dir, p.Prune)
		if err != nil {
			return err
		}
		result, err := e.Catalog.Plan(ctx, os.Getenv("LANG"), request)
		if err != nil {
			return named(err, request)
		}
		return printChanges(os.Stdout, result)
	})
}

type applyCommand struct {
	Dir   string   `arg:"" help:"Folder of definitions." type:"existingdir"`
	Prune bool     `help:"Also delete the definitions that neither the folder has nor the product or a template."`
	Allow []string `help:"Risks to allow, as destructive."`
	Note  string   `help:"What the change is for."`
}

// Run applies the folder and prints what changed.
func (a *applyCommand) Run(ctx context.Context, flags *commands) error {
	return flags.with(ctx, func(e *engine.Engine) error {
		request, err := fromFolder(e, a.Dir, a.Prune)
		if err != nil {
			return err
		}
		request.Allow, request.Note = a.Allow, a.Note
		actor := access.System()
		actor.Language = os.Getenv("LANG")
		result, err := e.Catalog.Apply(ctx, actor, request, nil)
		if err != nil {
			return named(err, request)
		}
		return printChanges(os.Stdout, result)
	})
}

// fromFolder reads the definitions of a folder into a request.
func fromFolder(e *engine.Engine, folder string, prune bool) (catalog.Request, error) {
	var request catalog.Request
	definitions, err := e.Catalog.Schemas().LoadFolder(os.DirFS(folder), ".")
	if err != nil {
		return request, err
	}
	has := map[metadata.Key]bool{}
	for _, definition := range definitions {
		has[definition.Key] = true
		request.Definitions = append(request.Definitions, definition.Document)
	}
	if !prune {
		return request, nil
	}
	kept, err := owned(e)
	for _, definition := range e.Catalog.Current().Catalog().Definitions() {
		if !has[definition.Key] && !kept[definition.Key] {
			request.Delete = append(request.Delete, definition.Key)
		}
	}
	return request, err
}

// owned are the definitions of the product itself and of the templates that are
// there, which no folder has to hold.
func owned(e *engine.Engine) (map[metadata.Key]bool, error) {
	templates, err := fs.Sub(schemas.Files, "templates")
	if err != nil {
		return nil, fmt.Errorf("find the templates: %w", err)
	}
	keys, err := template.Owned(e.Catalog.Current().Catalog(), templates)
	if err != nil {
		return nil, err
	}
	for _, definition := range e.Catalog.Builtin() {
		keys[definition.Key] = true
	}
	return keys, nil
}

// named says which definition a fault is about where its pointer counts them.
func named(err error, request catalog.Request) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	for i, item := range f.Items {
		var n int
		if _, err := fmt.Sscanf(item.Pointer, "/definitions/%d", &n); err != nil || n >= len(request.Definitions) {
			continue
		}
		var key metadata.Key
		if err := json.Unmarshal(request.Definitions[n], &key); err == nil {
			f.Items[i].Pointer = key.String() + "#" + strings.TrimPrefix(item.Pointer, fmt.Sprintf("/definitions/%d", n))
		}
	}
	return f
}

// printChanges prints what a request does, or did. What goes through a large
// table is left to a job of the server.
func printChanges(to io.Writer, result *catalog.Result) error {
	if len(result.Changes) == 0 {
		_, err := fmt.Fprintf(to, "No changes (revision %d).\n", result.Revision)
		return err //nolint:wrapcheck // the terminal's own error
	}
	for _, warning := range result.Warnings {
		if _, err := fmt.Fprintf(to, "%-11s %s: %s\n", "warning", warning.Pointer, warning.Message); err != nil {
			return err //nolint:wrapcheck // the terminal's own error
		}
	}
	for _, change := range result.Changes {
		if _, err := fmt.Fprintf(to, "%-11s %s\n", change.Risk, change.Summary); err != nil {
			return err //nolint:wrapcheck // the terminal's own error
		}
		for _, statement := range change.DDL {
			if _, err := fmt.Fprintln(to, "           ", strings.ReplaceAll(statement, "\n", " ")); err != nil {
				return err //nolint:wrapcheck // the terminal's own error
			}
		}
	}
	if result.Job != 0 {
		_, err := fmt.Fprintf(to, "A large table is gone through: job %d of the server applies this. Until then revision %d holds.\n", result.Job, result.Revision)
		return err //nolint:wrapcheck // the terminal's own error
	}
	_, err := fmt.Fprintf(to, "Revision %d.\n", result.Revision)
	return err //nolint:wrapcheck // the terminal's own error
}

type exportCommand struct {
	Dir string `arg:"" help:"Folder to write into." type:"path"`
}

// Run writes every definition into the folder, as <kind>s/<name>.json.
func (x *exportCommand) Run(ctx context.Context, flags *commands) error {
	return flags.with(ctx, func(e *engine.Engine) error {
		for _, definition := range e.Catalog.Current().Catalog().Definitions() {
			if err := writeDefinition(x.Dir, definition.Key, definition.Document); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeDefinition(folder string, key metadata.Key, document json.RawMessage) error {
	plural := key.Kind
	if !strings.HasSuffix(plural, "s") {
		plural += "s"
	}
	path := filepath.Join(folder, plural, key.Name+".json")
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	if err := os.WriteFile(path, append(document, '\n'), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return nil
}
