package api

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// nonceSize is how many random bytes a page's nonce has.
const nonceSize = 16

// protect sets what every answer carries to keep browsers from being misled,
// and recovers what a panic outside of a route leaves behind.
func (s *Server) protect(c *fiber.Ctx) error {
	raw := make([]byte, nonceSize)
	if _, err := rand.Read(raw); err != nil {
		return fmt.Errorf("make a nonce: %w", err)
	}
	nonce := base64.RawStdEncoding.EncodeToString(raw)
	c.Locals(localNonce, nonce)
	c.Set("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-"+nonce+"'; img-src 'self' data: blob:; "+
		"connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.secure() {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=63072000; includeSubDomains")
	}
	return c.Next()
}

// localNonce is where the nonce of the answer is kept for the page.
const localNonce = "nonce"
