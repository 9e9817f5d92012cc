package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/setup"
)

type setupCommand struct {
	Org          string   `help:"Name of the organisation." required:"" env:"TRELLIS_ORG"`
	Name         string   `help:"Name of the administrator." default:"Administrator" env:"TRELLIS_NAME"`
	Email        string   `help:"Mail address of the administrator." required:"" env:"TRELLIS_EMAIL"`
	PasswordFile string   `help:"File that holds the administrator's password." required:"" name:"password-file" type:"existingfile" env:"TRELLIS_PASSWORD_FILE"`
	Locale       string   `help:"Language: zh-CN or en." enum:"zh-CN,en" default:"en" env:"TRELLIS_LOCALE"`
	Timezone     string   `help:"Time zone, as Asia/Shanghai." default:"UTC" env:"TRELLIS_TIMEZONE"`
	Currency     string   `help:"Currency, as CNY." default:"USD" env:"TRELLIS_CURRENCY"`
	FiscalYear   int      `help:"Month, 1 to 12, in which the fiscal year begins." default:"1" name:"fiscal-year-start" env:"TRELLIS_FISCAL_YEAR_START"`
	Template     []string `help:"Templates to start with." env:"TRELLIS_TEMPLATE"`
	Demo         bool     `help:"Make example records, which can be taken away again." env:"TRELLIS_DEMO"`
}

// Run sets the installation up.
func (s *setupCommand) Run(ctx context.Context, flags *commands) error {
	password, err := os.ReadFile(s.PasswordFile)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	return flags.with(ctx, func(e *engine.Engine) error {
		_, err := e.Setup.Run(ctx, setup.Request{
			Locale: s.Locale, Name: s.Name, Email: s.Email, Password: strings.TrimRight(string(password), "\r\n"),
			Organisation: s.Org, Timezone: s.Timezone, Currency: s.Currency, FiscalYearStart: s.FiscalYear, Templates: s.Template,
		})
		if err != nil || !s.Demo {
			return err
		}
		return e.Samples.Make(ctx)
	})
}
