package enginetest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Client speaks to an installation as one person.
type Client struct {
	URL    string
	Token  string
	UserID string
	Header map[string]string // sent with every request
}

// With gives the same client with one more header.
func (c *Client) With(name, value string) *Client {
	other := *c
	other.Header = map[string]string{name: value}
	for k, v := range c.Header {
		if k != name {
			other.Header[k] = v
		}
	}
	return &other
}

// Answer is what the server answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Get, Post, Patch, Put and Delete call a path below /api/v1.

// Get reads.
func (c *Client) Get(t testing.TB, path string) *Answer {
	t.Helper()
	return c.Do(t, http.MethodGet, path, nil)
}

// Post sends a body.
func (c *Client) Post(t testing.TB, path string, body any) *Answer {
	t.Helper()
	return c.Do(t, http.MethodPost, path, body)
}

// Patch changes.
func (c *Client) Patch(t testing.TB, path string, body any) *Answer {
	t.Helper()
	return c.Do(t, http.MethodPatch, path, body)
}

// Put replaces.
func (c *Client) Put(t testing.TB, path string, body any) *Answer {
	t.Helper()
	return c.Do(t, http.MethodPut, path, body)
}

// Delete deletes.
func (c *Client) Delete(t testing.TB, path string) *Answer {
	t.Helper()
	return c.Do(t, http.MethodDelete, path, nil)
}

// Do calls a path below /api/v1, or any when it begins with "//". A body that
// is not text or bytes is sent as JSON.
func (c *Client) Do(t testing.TB, method, path string, body any) *Answer {
	t.Helper()
	answer, err := c.Try(method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// Try is Do for goroutines of a test and for servers that may be gone.
func (c *Client) Try(method, path string, body any) (*Answer, error) {
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	case []byte:
		content = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	address := c.URL + "/api/v1" + path
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		address = c.URL + "/" + rest
	}
	request, err := http.NewRequest(method, address, content)
	if err != nil {
		return nil, err
	}
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for name, value := range c.Header {
		request.Header.Set(name, value)
	}
	client := http.Client{Timeout: time.Minute}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end
	raw, err := io.ReadAll(response.Body)
	return &Answer{Status: response.StatusCode, Header: response.Header, Body: raw}, err
}

// Want fails the test unless the answer has this status.
func (a *Answer) Want(t testing.TB, status int) *Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// Into decodes the body.
func (a *Answer) Into(t testing.TB, target any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, target); err != nil {
		t.Fatalf("decode %s: %v", a.Body, err)
	}
}

// Data is the member "data" of the answer as an object.
func (a *Answer) Data(t testing.TB) map[string]any {
	t.Helper()
	var body struct{ Data map[string]any }
	a.Into(t, &body)
	return body.Data
}

// List is the member "data" of the answer as a list of objects.
func (a *Answer) List(t testing.TB) []map[string]any {
	t.Helper()
	var body struct{ Data []map[string]any }
	a.Into(t, &body)
	return body.Data
}

// Fault is what a refusal says: its code, and the codes by their pointers.
func (a *Answer) Fault(t testing.TB) (code string, items map[string]string) {
	t.Helper()
	var body struct {
		Code   string
		Errors []struct{ Pointer, Code string }
	}
	a.Into(t, &body)
	items = map[string]string{}
	for _, item := range body.Errors {
		items[item.Pointer] = item.Code
	}
	return body.Code, items
}
