package main

import (
	"fmt"
	"os"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version that the binary was built as.
func (*versionCommand) Run() error {
	version := "development"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	_, err := fmt.Fprintln(os.Stdout, "trellis", version)
	return err //nolint:wrapcheck // the terminal's own error
}
