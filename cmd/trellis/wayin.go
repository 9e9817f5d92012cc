package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/trellis-crm/trellis/engine"
)

type wayInCommand struct {
	Email               string `help:"Mail address of the person who is let in." required:"" env:"TRELLIS_EMAIL"`
	WithoutSecondFactor bool   `help:"Take away his second factor, too, which he has lost." name:"without-second-factor" env:"TRELLIS_WITHOUT_SECOND_FACTOR"`
	BaseURL             string `help:"Where people find the server, as https://crm.example.com." name:"base-url" default:"http://127.0.0.1:8080" env:"TRELLIS_BASE_URL"`
}

// Run makes the link and prints it.
func (w *wayInCommand) Run(ctx context.Context, flags *commands) error {
	config := flags.config()
	config.BaseURL = w.BaseURL
	return using(ctx, config, func(e *engine.Engine) error {
		link, had, err := e.People.WayIn(ctx, w.Email, w.WithoutSecondFactor)
		if err != nil {
			return err
		}
		if had {
			fmt.Fprintln(os.Stderr, "The second factor is taken away.")
		}
		fmt.Fprintf(os.Stderr, "Good once, until %s:\n", link.ExpiresAt.Local().Format(time.RFC1123))
		_, err = fmt.Fprintln(os.Stdout, e.Server.PasswordPage(link.Token))
		return err //nolint:wrapcheck // the terminal's own error
	})
}
