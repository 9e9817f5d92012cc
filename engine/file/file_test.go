package file_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/file"
)

// TestAcceptedAsksNameAndContent: a type is that of the content; an ending must
// be in the name, and be one that such content has.
func TestAcceptedAsksNameAndContent(t *testing.T) {
	t.Parallel()
	for _, try := range []struct {
		accept     []string
		name, kind string
		accepted   bool
	}{
		{nil, "x", "application/octet-stream", true},
		{[]string{"image/*"}, "a.txt", "image/png", true},
		{[]string{"image/*"}, "a.png", "text/html", false},
		{[]string{"application/pdf", ".DOCX"}, "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", true},
		{[]string{".docx"}, "a.docx", "application/zip", false},
		{[]string{".jpg"}, "a.JPEG", "image/jpeg", true},
		{[]string{".jpg"}, "a.png", "image/jpeg", false},
		{[]string{".pdf"}, "a.pdf", "application/vnd.microsoft.portable-executable", false},
		{[]string{".pdf"}, "a.pdf", "text/plain", false},
		{[]string{".pdf"}, "a.pdf", "application/octet-stream", false},
		{[]string{".csv"}, "a.csv", "text/plain", true},
		{[]string{".csv"}, "a.csv", "text/html", false},
	} {
		require.Equal(t, try.accepted, file.Accepted(try.accept, file.File{Name: try.name, Type: try.kind}), "%v %s %s", try.accept, try.name, try.kind)
	}
}

// TestNothingThatRunsIsServedAsWhatItIs: a browser gets bytes to keep.
func TestNothingThatRunsIsServedAsWhatItIs(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "text/javascript", "application/javascript", "application/wasm", "application/x-shockwave-flash"} {
		require.Equal(t, "application/octet-stream", file.Served(kind), kind)
	}
	for kind, served := range map[string]string{
		"application/pdf": "application/pdf", "text/csv": "text/csv; charset=utf-8", "image/png": "image/png",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		require.Equal(t, served, file.Served(kind))
	}
}
