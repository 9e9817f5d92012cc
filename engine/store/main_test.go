package store_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain draws fewer examples than rapid's hundred, unless trust is asked
// for, and may be the writer whose process or disk a test ends.
func TestMain(m *testing.M) {
	if config := os.Getenv(childVariable); config != "" {
		err := child(config)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv("RAPID_CHECKS") == "" {
		_ = flag.Set("rapid.checks", "15")
	}
	os.Exit(m.Run())
}

func child(config string) error {
	if limit := os.Getenv(limitVariable); limit != "" {
		return writeUntilTheDiskFails(config, limit)
	}
	return writeForever(config)
}
