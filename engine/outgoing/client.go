// Package outgoing is the one way to other servers over HTTP, for addresses
// that people give the product: it keeps them from being a way into the network
// that the server stands in. It knows nothing of what is asked of them. Start
// with New.
package outgoing

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrPrivate says that an address is one of a private network that the
// installation does not allow, or that it is not to be spoken to without TLS.
var ErrPrivate = errors.New("the address is not one that the server may connect to")

// ErrTooLarge says that an answer was longer than any that is read.
var ErrTooLarge = errors.New("the answer is too large")

// The limits of a request.
const (
	wholeWait     = 10 * time.Second
	connectWait   = 5 * time.Second
	idleWait      = 30 * time.Second
	maxHeader     = 64 << 10
	maxBody       = 1 << 20
	maxIdlePerOne = 2
)

// New makes a client that speaks https to public addresses, and https or http
// to those of the private networks that the installation allows. The address is
// judged when it is connected to, so that a name cannot mean another one by
// then. It follows no redirect, unpacks nothing, and ends after ten seconds or
// a megabyte.
func New(private []netip.Prefix) *http.Client {
	allowed := networks(private)
	return &http.Client{
		Timeout:       wholeWait,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &transport{
			secure: transportTo(func(to netip.Addr) bool { return public(to) || allowed.hold(to) }),
			plain:  transportTo(allowed.hold),
		},
	}
}

// networks are those that an installation allows beside the public one.
type networks []netip.Prefix

func (n networks) hold(to netip.Addr) bool {
	for _, network := range n {
		if network.Contains(to) {
			return true
		}
	}
	return false
}

// transport chooses by the scheme to whom it may connect.
type transport struct{ secure, plain *http.Transport }

// RoundTrip sends a request; ErrPrivate when it may not go there.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	by := t.secure
	switch request.URL.Scheme {
	case "https":
	case "http":
		by = t.plain
	default:
		return nil, fmt.Errorf("%w: it begins with %q", ErrPrivate, request.URL.Scheme)
	}
	response, err := by.RoundTrip(request)
	if err != nil {
		return nil, err //nolint:wrapcheck // http.Client says of which request
	}
	response.Body = &limited{response.Body, maxBody}
	return response, nil
}

func transportTo(admits func(netip.Addr) bool) *http.Transport {
	dialer := &net.Dialer{
		Timeout: connectWait,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !admits(to.Addr().Unmap().WithZone("")) {
				return fmt.Errorf("%w: %s", ErrPrivate, address)
			}
			return nil
		},
	}
	return &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, DisableCompression: true,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: connectWait,
		MaxResponseHeaderBytes: maxHeader, MaxIdleConnsPerHost: maxIdlePerOne, IdleConnTimeout: idleWait,
	}
}

// public reports whether an address is one of the internet, and stands for no
// other.
func public(to netip.Addr) bool {
	if !to.IsGlobalUnicast() || to.IsPrivate() {
		return false
	}
	for _, reserved := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(reserved).Contains(to) {
			return false
		}
	}
	return true
}

// limited ends an answer that is too long with ErrTooLarge.
type limited struct {
	io.ReadCloser
	left int64
}

// Read reads on.
func (l *limited) Read(into []byte) (int, error) {
	if l.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(into)) > l.left+1 {
		into = into[:l.left+1]
	}
	n, err := l.ReadCloser.Read(into)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err //nolint:wrapcheck // io.EOF is compared
}
