package engine

import (
	"io/fs"
	"log/slog"
	"net/netip"
	"time"

	"github.com/trellis-crm/trellis/engine/api"
)

// Config says how the engine runs. The zero value with a Directory serves
// SQLite on loopback.
type Config struct {
	// Directory holds the SQLite database and the files that the engine keeps.
	Directory string
	// DatabaseURL names a PostgreSQL database (postgres://…); empty is SQLite.
	DatabaseURL string
	// BlobURL says where the contents of files are, as s3://bucket?endpoint=…; empty
	// is a folder of Directory.
	BlobURL string
	// Listen is the address to serve on.
	Listen string
	// BaseURL is where people find the server; empty while it is only reached
	// on this machine.
	BaseURL string
	// TrustedProxies are the addresses of the proxies before the server: whom
	// they say they speak for is who sent a request. Nobody else is believed.
	TrustedProxies []netip.Prefix
	// PrivateNetworks are those at private addresses that the server may connect
	// to where people give it an address, such as that of a sign-in provider;
	// without any, it connects to public addresses only.
	PrivateNetworks []netip.Prefix
	// LargeTable is how many records an object may have that a change of its
	// definition goes through while nobody writes; of more, a job prepares it.
	// Zero is catalog.DefaultLarge.
	LargeTable int64
	// Patience is how long requests may take to come in; zero values are the usual.
	Patience api.Patience
	// TestClock lets POST /test/clock move the product's clock.
	TestClock bool
	// Web holds the web application; nil serves the API alone.
	Web fs.FS
	// Files holds meta/, fields/, options/, builtin/ and templates/.
	Files fs.FS
	// Log takes what the engine has to say.
	Log *slog.Logger
}

// DefaultListen is where the server listens when nothing else is said.
const DefaultListen = "127.0.0.1:8080"

// stopWait is how long running requests and jobs may take to end.
const stopWait = 25 * time.Second
