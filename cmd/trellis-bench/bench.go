package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

// size is how much is measured.
type size struct {
	rows, rounds int
	seconds      float64
	only         []string // the operations by name; empty means all
}

// deep is how far down the deep page is, where there are enough records.
const deep = 50_000

// bench measures all operations on one kind of database and writes the table.
func bench(ctx context.Context, program, kind, server string, size size, out io.Writer) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	dir, err := os.MkdirTemp("", "trellis-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	databases := make([]*database, 2)
	for i, name := range []string{"limit", "product"} {
		at := filepath.Join(dir, name)
		if err := os.Mkdir(at, 0o700); err != nil {
			return err
		}
		if databases[i], err = makeDatabase(ctx, kind, server, at); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, databases[i].drop()) }()
	}
	byHand, err := startLimit(ctx, databases[0])
	if err != nil {
		return err
	}
	defer byHand.process.stop()
	product, err := startProduct(ctx, program, databases[1])
	if err != nil {
		return err
	}
	defer product.process.stop()
	idle, _, err := product.process.memory()
	if err != nil {
		return err
	}
	restricted, err := loadAll(byHand, product, size.rows)
	if err != nil {
		return err
	}
	for _, database := range databases {
		if err := database.settle(); err != nil {
			return err
		}
	}
	report := newReport(out, kind, size)
	for _, op := range operations(size.rows) {
		if len(size.only) > 0 && !slices.Contains(size.only, op.name) {
			continue
		}
		targets := []*target{byHand, product, restricted}
		samples := make([][]sample, len(targets))
		for range size.rounds {
			for i, t := range targets {
				one, err := t.measure(op, time.Duration(size.seconds*float64(time.Second)))
				if err != nil {
					return err
				}
				samples[i] = append(samples[i], one)
			}
		}
		report.operation(op, samples)
	}
	if len(size.only) == 0 || slices.Contains(size.only, "changes") {
		if err := measureChanges(product, report); err != nil {
			return err
		}
	}
	return report.end(byHand.process, product.process, idle)
}

// startLimit starts this program's other half.
func startLimit(ctx context.Context, database *database) (*target, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	process, err := start(ctx, "/leads", self, "limit", "--database", database.forLimit())
	if err != nil {
		return nil, err
	}
	return newTarget("the limit", byHand{}, process, ""), nil
}

func newTarget(name string, dialect dialect, process *process, key string) *target {
	return &target{
		dialect: dialect, name: name, process: process, key: key,
		client: &fasthttp.HostClient{Addr: process.address},
		found:  map[int]int{},
		admit:  func(l lead) lead { return l },
	}
}

// loadAll loads the same leads into both servers, and gives the product as the
// representative meets it, who owns most of them.
func loadAll(byHand, product *target, rows int) (*target, error) {
	representative, other, restricted, err := invite(product)
	if err != nil {
		return nil, err
	}
	owner := func(i int) string {
		if mine(i) {
			return representative
		}
		return other
	}
	if err := errors.Join(load(byHand, rows, owner), load(product, rows, owner)); err != nil {
		return nil, err
	}
	for i, id := range product.ids {
		if mine(i) {
			restricted.found[i%words]++
			restricted.ids = append(restricted.ids, id)
		}
	}
	byHand.admit = func(l lead) lead {
		l.Owner = other // the product knows it from the key
		return l
	}
	return restricted, errors.Join(goDeep(product, rows), goDeep(restricted, rows))
}

// load creates the leads in batches and remembers them.
func load(t *target, rows int, owner func(i int) string) error {
	for len(t.ids) < rows {
		leads := make([]lead, 0, batchSize)
		for i := len(t.ids); i < rows && len(leads) < cap(leads); i++ {
			leads = append(leads, loaded(i, owner(i)))
			t.found[i%words]++
		}
		var answer struct {
			Data []struct{ ID string }
		}
		if err := t.read(t.batch(leads), &answer); err != nil {
			return fmt.Errorf("loading %s: %w", t.name, err)
		}
		for _, created := range answer.Data {
			t.ids = append(t.ids, created.ID)
		}
	}
	t.deepMark = strconv.Itoa(min(deep, rows/2))
	return nil
}

// goDeep turns pages until the deep one is next.
func goDeep(t *target, rows int) error {
	t.deepMark = ""
	for range min(deep, rows/2) / pageSize {
		var answer struct{ Page struct{ Next string } }
		if err := t.read(t.newest(t.deepMark), &answer); err != nil {
			return fmt.Errorf("turning pages: %w", err)
		}
		t.deepMark = answer.Page.Next
	}
	return nil
}
