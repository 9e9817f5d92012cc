package api

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/identity"
)

// origin is where a request comes from.
func (r *request) origin() identity.Origin {
	peer, err := netip.ParseAddr(r.Context().RemoteIP().String())
	if err != nil {
		return identity.Origin{Address: r.IP(), Agent: r.Get(fiber.HeaderUserAgent)}
	}
	var chain []string
	for _, header := range r.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		chain = append(chain, strings.Split(string(header), ",")...)
	}
	return identity.Origin{Address: r.server.sender(peer.Unmap(), chain).String(), Agent: r.Get(fiber.HeaderUserAgent)}
}

// sender is the address that a request came from before it met our own
// proxies. Each proxy appends whom it heard from to the chain, so that the
// chain is believed from its end, only as far as proxies of ours wrote it: what
// stands before that is the sender's own invention.
func (s *Server) sender(peer netip.Addr, chain []string) netip.Addr {
	for i := len(chain) - 1; i >= 0 && s.trusted(peer); i-- {
		before, err := forwarded(strings.TrimSpace(chain[i]))
		if err != nil {
			return peer
		}
		peer = before
	}
	return peer
}

func (s *Server) trusted(address netip.Addr) bool {
	for _, proxies := range s.TrustedProxies {
		if proxies.Contains(address) {
			return true
		}
	}
	return false
}

// forwarded reads an address of a chain; some proxies write the port, too.
func forwarded(text string) (netip.Addr, error) {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone(""), nil
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return address.Unmap().WithZone(""), err //nolint:wrapcheck // only whether it is one matters
}
