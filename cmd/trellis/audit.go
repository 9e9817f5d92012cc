package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/trellis-crm/trellis/engine"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"See that the audit log is as it was written."`
}

type auditVerifyCommand struct{}

// errAudit is the end of a verification that found something.
var errAudit = errors.New("the audit log is not as it was written")

// Run goes through the whole log and says what it found.
func (a *auditVerifyCommand) Run(ctx context.Context, flags *commands) error {
	return flags.with(ctx, func(e *engine.Engine) error {
		verdict, err := e.Audit.Verify(ctx)
		if err != nil {
			return err //nolint:wrapcheck // it says what failed
		}
		if verdict.Problem != "" {
			return fmt.Errorf("%w: entry %d is %s", errAudit, verdict.At, verdict.Problem)
		}
		_, err = fmt.Fprintf(os.Stdout, "All %d entries are as they were written; the last is %d with %s.\n", verdict.Entries, verdict.Last, verdict.Hash)
		return err //nolint:wrapcheck // the terminal's own error
	})
}
