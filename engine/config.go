package engine

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
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
	// SealKeyFile holds the key that seals second factors and the secrets of
	// providers; without it the key is in the database.
	SealKeyFile string
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

// leastKey is how many bytes a file with a key has at least.
const leastKey = 32

// sealKey reads the key that seals secrets; without a file it is that in the
// database. Whoever else can read the file has the key, so there may be nobody.
func (c Config) sealKey(inside []byte) ([]byte, error) {
	if c.SealKeyFile == "" {
		return inside, nil
	}
	about, err := os.Stat(c.SealKeyFile)
	if err != nil {
		return nil, fmt.Errorf("find the key that seals secrets: %w", err)
	}
	if about.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others can read the key in %s: take their rights to it away (chmod 600)", c.SealKeyFile)
	}
	content, err := os.ReadFile(c.SealKeyFile)
	if err != nil {
		return nil, fmt.Errorf("read the key that seals secrets: %w", err)
	}
	content = bytes.TrimSpace(content)
	if len(content) < leastKey {
		return nil, fmt.Errorf("the key in %s is shorter than %d bytes", c.SealKeyFile, leastKey)
	}
	sum := sha256.Sum256(content)
	return sum[:], nil
}

// DefaultListen is where the server listens when nothing else is said.
const DefaultListen = "127.0.0.1:8080"

// stopWait is how long running requests and jobs may take to end.
const stopWait = 25 * time.Second
