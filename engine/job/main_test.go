package job_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer examples than rapid's hundred, unless trust is asked for.
func TestMain(m *testing.M) {
	if os.Getenv("RAPID_CHECKS") == "" {
		_ = flag.Set("rapid.checks", "15")
	}
	os.Exit(m.Run())
}
