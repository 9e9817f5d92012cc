package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/trellis-crm/trellis/engine"
)

type tokenCommand struct {
	Email   string        `help:"Mail address of the person whose key it is." required:"" env:"TRELLIS_EMAIL"`
	Name    string        `help:"What the key is for." required:"" env:"TRELLIS_NAME"`
	Expires time.Duration `help:"How long the key is good." default:"2160h" env:"TRELLIS_EXPIRES"`
}

// Run makes the key and prints it.
func (t *tokenCommand) Run(ctx context.Context, flags *commands) error {
	return flags.with(ctx, func(e *engine.Engine) error {
		actor, err := e.People.ByEmail(ctx, t.Email, "command")
		if err != nil {
			return err
		}
		token, err := e.People.CreateToken(ctx, actor, t.Name, t.Expires, nil)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(os.Stdout, token.Token)
		return err //nolint:wrapcheck // the terminal's own error
	})
}
