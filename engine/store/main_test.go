package store_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain draws fewer examples than rapid's hundred, unless trust is asked
// for, and may be the writer that a test kills.
func TestMain(m *testing.M) {
	if config := os.Getenv(childVariable); config != "" {
		fmt.Fprintln(os.Stderr, writeForever(config))
		os.Exit(1)
	}
	if os.Getenv("TRELLIS_TEST_TRUST") == "" {
		_ = flag.Set("rapid.checks", "15")
	}
	os.Exit(m.Run())
}
