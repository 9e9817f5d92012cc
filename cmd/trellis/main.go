// Command trellis is the product: it serves an installation, sets one up, and
// changes its definitions from files. Flags and their environment variables
// are read here and nowhere else; each subcommand is one file.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/schemas"
	"github.com/trellis-crm/trellis/web"
)

// commands are the subcommands; the flags above them belong to all.
type commands struct {
	Data        string `help:"Folder of the SQLite database and of files." default:"./data" env:"TRELLIS_DATA" type:"path"`
	DatabaseURL string `help:"PostgreSQL database, as postgres://…; without it SQLite is used." name:"database-url" env:"TRELLIS_DATABASE_URL"`

	BlobURL string `help:"Bucket for the contents of files, as s3://bucket/prefix?endpoint=https://host&region=name&credentials=FILE; without it they are a folder of --data." name:"blob-url" env:"TRELLIS_BLOB_URL"`

	SealKeyFile string `help:"File with the key that seals second factors and the secrets of sign-in providers, of 32 bytes or more; without it the key is in the database." name:"seal-key-file" placeholder:"FILE" env:"TRELLIS_SEAL_KEY_FILE"`

	Serve   serveCommand   `cmd:"" help:"Serve the application."`
	Setup   setupCommand   `cmd:"" help:"Set an installation up without a browser."`
	Token   tokenCommand   `cmd:"" help:"Make an API key; it is printed once."`
	WayIn   wayInCommand   `cmd:"" help:"Let somebody in again who has lost his password; prints a link that works once."`
	Plan    planCommand    `cmd:"" help:"Show what a folder of definitions would change."`
	Apply   applyCommand   `cmd:"" help:"Apply a folder of definitions."`
	Export  exportCommand  `cmd:"" help:"Write all definitions into a folder."`
	Audit   auditCommand   `cmd:"" help:"Look after the audit log."`
	Backup  backupCommand  `cmd:"" help:"Copy the installation into a file, while it runs."`
	Restore restoreCommand `cmd:"" help:"Fill an empty database from a backup."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	var flags commands
	parser, err := kong.New(&flags, kong.Name("trellis"), kong.Description("A low-code CRM platform."), kong.UsageOnError())
	if err != nil {
		panic(err) // the commands themselves are wrong
	}
	command, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(&flags); err != nil {
		explain(err)
		os.Exit(1)
	}
}

// explain prints an error for a person: a fault in his language, with the
// places that it names.
func explain(err error) {
	f := fault.As(err)
	if f == nil {
		fmt.Fprintln(os.Stderr, "trellis:", err)
		return
	}
	language := os.Getenv("LANG")
	fmt.Fprintln(os.Stderr, "trellis:", fault.Text(language, f.Code, f.Params))
	for _, item := range f.Items {
		fmt.Fprintf(os.Stderr, "  %s: %s\n", item.Pointer, fault.Text(language, item.Code, item.Params))
	}
}

// config is the engine's configuration that all subcommands share.
func (c *commands) config() engine.Config {
	return engine.Config{
		Directory: c.Data, DatabaseURL: c.DatabaseURL, BlobURL: c.BlobURL, SealKeyFile: c.SealKeyFile, Files: schemas.Files, Web: web.Files(),
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
}

// with opens the installation for a subcommand.
func (c *commands) with(ctx context.Context, do func(e *engine.Engine) error) error {
	return using(ctx, c.config(), do)
}

// using opens an installation, and closes it.
func using(ctx context.Context, config engine.Config, do func(e *engine.Engine) error) error {
	e, err := engine.New(ctx, config)
	if err != nil {
		return err
	}
	if err := do(e); err != nil {
		_ = e.Close() // the first error says more
		return err
	}
	return e.Close()
}
