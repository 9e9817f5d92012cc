// Command trellis-bench measures the product beside a server written by hand
// (package limit) that does the same job on the same database in the same run.
// An absolute figure depends on the machine; the ratio of the two does not.
//
//	trellis-bench -rows 100000 -rounds 3 -seconds 5 -databases sqlite,postgres
//
// It starts both on empty databases, loads the same leads into both through
// their HTTP interfaces, and asks them in turn. Every answer is checked for its
// status and its number of records. It is not a test with a time limit: it
// fails when an answer is wrong, and only reports what is slow. Start with
// bench in bench.go; operations.go lists what is measured and what must be
// reached.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/trellis-crm/trellis/cmd/trellis-bench/limit"
)

// fewest is how many leads it takes for every list to be full.
const fewest = 1000

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "trellis-bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == "limit" {
		return serveLimit(ctx, args[1:])
	}
	flags := flag.NewFlagSet("trellis-bench", flag.ContinueOnError)
	product := flags.String("product", "bin/trellis", "the product's `program`")
	databases := flags.String("databases", "sqlite,postgres", "which databases, separated by commas")
	server := flags.String("database-url", os.Getenv("TRELLIS_TEST_DATABASE_URL"), "the PostgreSQL `server` to make databases on")
	var size size
	flags.IntVar(&size.rows, "rows", 100_000, "how many leads to load")
	flags.IntVar(&size.rounds, "rounds", 3, "how often each operation is measured on each server")
	flags.Float64Var(&size.seconds, "seconds", 5, "how long each time")
	only := flags.String("operations", "", "which operations, by name and separated by commas; all when empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if size.rows < fewest {
		return fmt.Errorf("-rows must be at least %d, so that every list is full", fewest)
	}
	if *only != "" {
		size.only = strings.Split(*only, ",")
	}
	for name := range strings.SplitSeq(*databases, ",") {
		if err := bench(ctx, *product, name, *server, size, out); err != nil {
			return fmt.Errorf("on %s: %w", name, err)
		}
	}
	return nil
}

// serveLimit is the program's other half, started as a process of its own so
// that its processor time and memory can be told from the load's.
func serveLimit(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("trellis-bench limit", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8090", "the `address` to listen on")
	database := flags.String("database", "limit.db", "a SQLite `file` or a postgres:// address")
	if err := flags.Parse(args); err != nil {
		return err
	}
	app, closeDatabase, err := limit.New(ctx, *database)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = app.Shutdown() }) // Listen returns what there is to tell
	return errors.Join(app.Listen(*listen), closeDatabase())
}
