package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// restrictedMost is how many times an administrator's time the same request of
// a restricted role may take.
const restrictedMost = 1.25

// report writes a table, three lines at a time. Each figure is the median of
// its rounds, each ratio the median of the rounds' ratios, with the smallest
// and the largest.
type report struct {
	out           io.Writer
	bounds, short int
	err           error
}

func newReport(out io.Writer, kind string, size size) *report {
	r := &report{out: out}
	r.printf("\n%s: %d records, %d rounds of %g s, %d processors\n\n",
		kind, size.rows, size.rounds, size.seconds, runtime.NumCPU())
	r.printf("%-21s %-10s %9s %8s %8s %8s   %-31s %s\n",
		"operation", "server", "a second", "p50", "p99", "CPU each", "ratio (smallest to largest)", "must, aim")
	return r
}

// operation writes three lines: the limit, the product beside it, and the
// product for a restricted role beside the product for an administrator.
func (r *report) operation(op operation, samples [][]sample) {
	limit, product, restricted := samples[0], samples[1], samples[2]
	r.figures(op.name, "limit", limit)
	r.printf("\n")

	ratio, smallest, largest := ratios(product, limit)
	r.figures("", "product", product)
	r.printf("   %5.2f of its rate (%.2f to %.2f)", ratio, smallest, largest)
	if op.must > 0 {
		r.printf("   %5.2f, %.2f%s", op.must, op.aim, r.judge(ratio >= op.must))
	}

	ratio, smallest, largest = ratios(product, restricted)
	r.printf("\n")
	r.figures("", "restricted", restricted)
	r.printf("   %5.2f of the time (%.2f to %.2f)   %5.2f, 1.10%s\n",
		ratio, smallest, largest, restrictedMost, r.judge(ratio <= restrictedMost))
}

func (r *report) figures(operation, server string, samples []sample) {
	r.printf("%-21s %-10s %9.0f %8s %8s %8s", operation, server,
		median(samples, func(s sample) float64 { return s.rate }),
		short(median(samples, func(s sample) time.Duration { return s.p50 })),
		short(median(samples, func(s sample) time.Duration { return s.p99 })),
		short(median(samples, func(s sample) time.Duration { return s.cpu })))
}

// judge counts the bounds and marks those that are missed.
func (r *report) judge(reached bool) string {
	r.bounds++
	if reached {
		return ""
	}
	r.short++
	return "  falls short"
}

// changes begins the table of changes of definitions.
func (r *report) changes() {
	r.printf("\n%-21s %9s %8s %8s %8s   %s\n", "change, while written", "took", "p50", "p99", "longest", "must")
}

// change writes a line: how long the change took, and how long writers waited
// meanwhile, of times in their order.
func (r *report) change(c change, took time.Duration, waits []time.Duration) {
	longest := waits[len(waits)-1]
	r.printf("%-21s %9s %8s %8s %8s", c.name, short(took), short(waits[len(waits)/2]), short(waits[len(waits)*99/100]), short(longest))
	if c.must > 0 {
		r.printf("   %s%s", short(c.must), r.judge(longest < c.must))
	}
	r.printf("\n")
}

// end tells what the servers took as a whole, and gives the first error of the
// report.
func (r *report) end(limit, product *process, idle int) error {
	r.printf("\n")
	for _, server := range []struct {
		name string
		*process
	}{{"limit", limit}, {"product", product}} {
		_, most, err := server.memory()
		if err != nil {
			return err
		}
		r.printf("%s: ready after %s, at most %d MiB\n", server.name, short(server.readyAfter), most)
	}
	r.printf("product when idle, before the load: %d MiB\n", idle)
	r.printf("%d of %d bounds reached\n", r.bounds-r.short, r.bounds)
	return r.err
}

func (r *report) printf(format string, values ...any) {
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.out, format, values...)
	}
}

// ratios compares the rates of a with those of b, round by round.
func ratios(a, b []sample) (middle, smallest, largest float64) {
	all := make([]float64, len(a))
	for i := range a {
		all[i] = a[i].rate / b[i].rate
	}
	slices.Sort(all)
	return all[len(all)/2], all[0], all[len(all)-1]
}

func median[N cmp.Ordered](samples []sample, of func(sample) N) N {
	values := make([]N, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// short writes a time with three digits.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.3g s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", d.Seconds()*1e3)
	default:
		return fmt.Sprintf("%.3g µs", d.Seconds()*1e6)
	}
}
