package api

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/trellis-crm/trellis/engine/fault"
)

// nonceSize is how many random bytes a page's nonce has.
const nonceSize = 16

// protections are what every answer carries to keep browsers from being
// misled. An answer that is no page may load nothing at all.
func protections() [][2][]byte {
	var list [][2][]byte
	for _, header := range [][2]string{
		{contentPolicy, "default-src 'none'; frame-ancestors 'none'; sandbox"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "strict-origin-when-cross-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"},
		{fiber.HeaderCacheControl, "no-store"},
	} {
		list = append(list, [2][]byte{[]byte(header[0]), []byte(header[1])})
	}
	return list
}

// harden gives an answer its protections.
func (s *Server) harden(c *fiber.Ctx) {
	for _, header := range s.protections {
		c.Response().Header.SetCanonical(header[0], header[1])
	}
	if s.secure() {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=63072000; includeSubDomains")
	}
}

// protect gives every answer its protections, and refuses what cannot be
// answered wherever it goes.
func (s *Server) protect(c *fiber.Ctx) error {
	s.harden(c)
	err := addressed(c)
	if err == nil {
		err = c.Next()
	}
	closeUnread(c)
	return err
}

// spoken refuses the methods that are not of HTTP itself, such as PROPFIND,
// which the router does not know.
func (s *Server) spoken(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			next(ctx)
			return
		}
		c := s.app.AcquireCtx(ctx)
		defer s.app.ReleaseCtx(c)
		s.harden(c)
		c.Set(fiber.HeaderAllow, "GET, HEAD, POST, PUT, PATCH, DELETE")
		if err := s.fail(c, fiber.ErrMethodNotAllowed); err != nil {
			ctx.SetStatusCode(http.StatusMethodNotAllowed)
		}
		ctx.SetConnectionClose() // nothing is known of its body
	}
}

// addressed refuses an address that is longer than any that we give.
func addressed(c *fiber.Ctx) error {
	if len(c.Request().RequestURI()) > maxAddress {
		return fault.New(fault.AddressTooLong, "max", size(maxAddress))
	}
	return nil
}

// taken is how much of a body is taken from the connection before anybody asks
// for it.
const taken = 8 << 10

// closeUnread ends a connection on which a part of the body was not read: it
// would be taken for the next request, perhaps of somebody else, whose requests
// a proxy sends on the same connection.
func closeUnread(c *fiber.Ctx) {
	length := c.Request().Header.ContentLength()
	if c.Context().RequestBodyStream() == nil || length >= 0 && length <= taken {
		return
	}
	if r, ok := c.Locals(localRequest).(*request); !ok || !r.drained {
		c.Response().SetConnectionClose()
	}
}

const contentPolicy = "Content-Security-Policy"

// newNonce lets a page use the styles that its kit adds at run time, by a
// random word that is good for this one answer.
func newNonce(c *fiber.Ctx) (string, error) {
	raw := make([]byte, nonceSize)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make a nonce: %w", err)
	}
	nonce := base64.RawStdEncoding.EncodeToString(raw)
	c.Set(contentPolicy, "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-"+nonce+"'; img-src 'self' data: blob:; "+
		"connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	return nonce, nil
}
