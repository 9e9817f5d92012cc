// Package blob keeps contents under names: in a folder, or in a bucket of an
// S3-compatible server. It knows nothing of what they are or whose. A name is
// written once and never changed. Start with Store and Open.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
)

// Store keeps contents.
type Store interface {
	// Put keeps what a reader gives, at most so many bytes, and says how many
	// they were; when it returns, they stay. What fails leaves nothing to Open.
	// Errors: ErrTooLarge, the reader's own.
	Put(ctx context.Context, name string, from io.Reader, most int64) (size int64, err error)
	// Open reads a content. Error: ErrNotFound.
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Delete removes a content, and what a Put that was killed has left of it;
	// one that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// The errors of a Store.
var (
	ErrTooLarge = errors.New("the content is too large")
	ErrNotFound = errors.New("there is no such content")
)

// Open opens the store of an address, such as
// s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-1, or, when it
// is empty, a folder, which is made when it is first written to. See openS3 for
// the keys of a bucket.
func Open(folder, address string) (Store, error) {
	if address == "" {
		return NewFolder(folder), nil
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "s3" || parsed.Host == "" || parsed.User != nil {
		return nil, errors.New("the blob URL has the form s3://bucket/prefix?endpoint=https://host&region=name, without keys in it")
	}
	return openS3(parsed)
}

// names are safe in a path on every system and in every bucket.
var names = regexp.MustCompile(`^[0-9a-f][0-9a-f-]{34}[0-9a-f](\.[a-z]+)?$`)

func check(name string) error {
	if !names.MatchString(name) {
		return fmt.Errorf("%q is no name of a content", name)
	}
	return nil
}

// bounded gives ErrTooLarge in place of what is too much, and counts.
type bounded struct {
	from io.Reader
	left int64
	size int64
}

// Read reads on.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.size += int64(n)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err //nolint:wrapcheck // a reader's errors are its own
}
