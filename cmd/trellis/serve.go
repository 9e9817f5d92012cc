package main

import (
	"context"
	"net/netip"
	"os"
	"runtime/debug"

	"github.com/trellis-crm/trellis/engine"
)

type serveCommand struct {
	Listen       string         `help:"Address to serve on." default:"127.0.0.1:8080" env:"TRELLIS_LISTEN"`
	BaseURL      string         `help:"Where people find the server, as https://crm.example.com." name:"base-url" env:"TRELLIS_BASE_URL"`
	TrustedProxy []netip.Prefix `help:"Addresses of proxies whose X-Forwarded-For is believed, as 10.0.0.0/8; may be repeated." name:"trusted-proxy" placeholder:"CIDR" env:"TRELLIS_TRUSTED_PROXY"`
	PrivateNet   []netip.Prefix `help:"Networks at private addresses that the server may connect to where people name a server, such as a sign-in provider, as 10.0.0.0/8; may be repeated." name:"private-network" placeholder:"CIDR" env:"TRELLIS_PRIVATE_NETWORK"`
	LargeTable   int64          `help:"Number of records above which a job prepares a change that goes through all of them." default:"50000" name:"large-table" env:"TRELLIS_LARGE_TABLE"`
	TestClock    bool           `help:"Let tests move the clock; refused with a public base URL." env:"TRELLIS_TEST_CLOCK"`
}

// patience is how many times what is in use the server's memory may grow before
// what is not is collected. A request leaves little behind, so collecting at
// Go's own pace, at twice, takes a tenth of all time.
const patience = 4

// Run serves until it is told to stop.
func (s *serveCommand) Run(ctx context.Context, flags *commands) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent((patience - 1) * 100)
	}
	config := flags.config()
	config.Listen, config.BaseURL, config.TrustedProxies, config.TestClock = s.Listen, s.BaseURL, s.TrustedProxy, s.TestClock
	config.LargeTable, config.PrivateNetworks = s.LargeTable, s.PrivateNet
	e, err := engine.New(ctx, config)
	if err != nil {
		return err
	}
	if err := e.Run(ctx); err != nil {
		_ = e.Close() // the first error says more
		return err
	}
	return e.Close()
}
