package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
)

// application is the web application's files, in memory and compressed once.
type application struct {
	index []byte
	files map[string]asset
}

type asset struct {
	kind       string
	plain      []byte
	compressed []byte
}

// noncePlace is where the page gets the nonce of its styles.
const noncePlace = "__CSP_NONCE__"

// The service worker may fetch what it keeps, and nothing else.
const (
	workerPath   = "/sw.js"
	workerPolicy = "default-src 'none'; connect-src 'self'"
)

func newApplication(files fs.FS) (*application, error) {
	app := &application{files: map[string]asset{}}
	if files == nil {
		return app, nil
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		if name == "index.html" {
			app.index = content
			return nil
		}
		app.files["/"+name], err = newAsset(name, content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the files: %w", err)
	}
	return app, nil
}

func newAsset(name string, content []byte) (asset, error) {
	a := asset{kind: mime.TypeByExtension(path.Ext(name)), plain: content}
	if a.kind == "" {
		a.kind = "application/octet-stream"
	}
	var buffer bytes.Buffer
	writer, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		return a, err //nolint:wrapcheck // wrapped by the caller
	}
	if _, err := io.Copy(writer, bytes.NewReader(content)); err != nil {
		return a, err //nolint:wrapcheck // wrapped by the caller
	}
	if err := writer.Close(); err != nil {
		return a, err //nolint:wrapcheck // wrapped by the caller
	}
	if buffer.Len() < len(content) {
		a.compressed = buffer.Bytes()
	}
	return a, nil
}

// page serves the web application: its files, and for any other address its
// one page. Until set-up is done it exists only for who has the link.
func (s *Server) page(c *fiber.Ctx) error {
	if c.Method() != http.MethodGet && c.Method() != http.MethodHead || strings.HasPrefix(c.Path(), "/api/") {
		return s.missed(c)
	}
	admitted, err := s.mayOpen(c)
	if err != nil {
		return err
	}
	if !admitted || len(s.web.index) == 0 {
		return fault.New(fault.NotFound)
	}
	if file, ok := s.web.files[c.Path()]; ok {
		return file.send(c)
	}
	if strings.HasPrefix(c.Path(), "/assets/") {
		return fault.New(fault.NotFound)
	}
	nonce, err := newNonce(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(bytes.ReplaceAll(s.web.index, []byte(noncePlace), []byte(nonce)))
}

// missed says of an address that there is none, or which methods it takes.
func (s *Server) missed(c *fiber.Ctx) error {
	switch done, err := s.Setup.Done(c.UserContext()); {
	case err != nil:
		return err
	case !done:
		return fiber.ErrNotFound
	default:
		return c.Next()
	}
}

// mayOpen lets anybody open the application once it is set up; before, only
// who comes with the token of the set-up link, which is kept as a cookie.
func (s *Server) mayOpen(c *fiber.Ctx) (bool, error) {
	done, err := s.Setup.Done(c.UserContext())
	if err != nil || done {
		return done, err
	}
	if token := c.Query("token"); c.Path() == "/setup" && s.Setup.Admits(token) {
		c.Cookie(&fiber.Cookie{Name: setupCookie, Value: token, Path: "/", HTTPOnly: true, Secure: s.secure(), SameSite: fiber.CookieSameSiteLaxMode})
		return true, nil
	}
	return s.Setup.Admits(c.Cookies(setupCookie)), nil
}

func (a asset) send(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, a.kind)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	switch {
	case strings.HasPrefix(c.Path(), "/assets/"):
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	case c.Path() == workerPath:
		c.Set(contentPolicy, workerPolicy)
	}
	if a.compressed != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(a.compressed)
	}
	return c.Send(a.plain)
}
