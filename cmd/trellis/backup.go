package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/trellis-crm/trellis/engine"
)

type backupCommand struct {
	File string `arg:"" help:"File to write; it appears when the copy is verified." type:"path"`
}

// Run copies the installation into a file.
func (b *backupCommand) Run(ctx context.Context, flags *commands) error {
	return flags.with(ctx, func(e *engine.Engine) error {
		copied, err := e.Backup(ctx, b.File)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(os.Stdout, "%s holds everything as of %s (revision %d, %d tables), verified by restoring it.\n",
			b.File, copied.At.Format(time.RFC3339), copied.Revision, len(copied.Tables))
		for _, name := range copied.Missing {
			fmt.Fprintf(os.Stderr, "The content of the file %q is missing here, and so in the copy.\n", name)
		}
		return err //nolint:wrapcheck // the terminal's own error
	})
}

type restoreCommand struct {
	File string `arg:"" help:"File that backup wrote." type:"existingfile"`
}

// Run fills an empty database from a file.
func (r *restoreCommand) Run(ctx context.Context, flags *commands) error {
	header, err := engine.Restore(ctx, flags.config(), r.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "Restored as of %s (revision %d).\n", header.At.Format(time.RFC3339), header.Revision)
	return err //nolint:wrapcheck // the terminal's own error
}
