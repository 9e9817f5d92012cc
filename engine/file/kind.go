package file

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// headSize is how much of a content is looked at to find out what it is: enough
// for the first entries of a packed document.
const headSize = 64 << 10

// detect is the type of a content by how it begins.
func detect(head []byte) string {
	mimetype.SetLimit(headSize)
	return plain(mimetype.Detect(head).String())
}

// plain is a type without its parameters.
func plain(kind string) string {
	kind, _, _ = strings.Cut(kind, ";")
	return kind
}

// kindOf is the type of a content, which is then read from its beginning.
func kindOf(content io.ReadSeeker) (string, error) {
	kind, err := mimetype.DetectReader(content)
	if err != nil {
		return "", fmt.Errorf("read a file: %w", err)
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read a file: %w", err)
	}
	return plain(kind.String()), nil
}

// textual are the endings of files of plain text, which no content tells apart.
func textual() []string {
	return []string{".txt", ".csv", ".tsv", ".md", ".log", ".json", ".xml", ".yaml", ".yml", ".ini"}
}

// Accepted tells whether a file is one of those that a field accepts: types,
// such as image/png or image/*, and endings, such as .pdf. A file of an ending
// has it in its name, and the content that files of that name have.
func Accepted(accept []string, of File) bool {
	if len(accept) == 0 {
		return true
	}
	ending := sameEnding(path.Ext(of.Name))
	content := ""
	if known := mimetype.Lookup(of.Type); known != nil {
		content = sameEnding(known.Extension())
	}
	return slices.ContainsFunc(accept, func(one string) bool {
		one = strings.ToLower(one)
		switch family, isFamily := strings.CutSuffix(one, "*"); {
		case isFamily:
			return strings.HasPrefix(of.Type, family)
		case !strings.HasPrefix(one, "."):
			return one == of.Type
		default:
			one = sameEnding(one)
			return one == ending && (one == content || of.Type == "text/plain" && slices.Contains(textual(), one))
		}
	})
}

// sameEnding is the one form of endings that mean the same.
func sameEnding(ending string) string {
	switch ending = strings.ToLower(ending); ending {
	case ".jpeg":
		return ".jpg"
	case ".htm":
		return ".html"
	case ".tif":
		return ".tiff"
	default:
		return ending
	}
}

// Served is the type by which a content is given out. What a browser could run
// is called bytes: it is to be kept, not shown.
func Served(kind string) string {
	for _, runs := range []string{"html", "xml", "svg", "script", "wasm", "x-shockwave", "multipart"} {
		if strings.Contains(kind, runs) && !strings.Contains(kind, "openxmlformats") {
			return "application/octet-stream"
		}
	}
	if strings.HasPrefix(kind, "text/") {
		return kind + "; charset=utf-8"
	}
	return kind
}
