package transfer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/trellis-crm/trellis/engine/fault"
)

// The limits of a file.
const (
	MaxFile    = 100 << 20 // bytes as uploaded
	maxColumns = 1000
	maxRow     = 1 << 20 // bytes of one row
	maxRows    = 1 << 20
)

// The formats of a file.
const (
	formatCSV  = "csv"
	formatXLSX = "xlsx"
)

// source is a stream of rows. Next gives io.EOF after the last, and a fault
// when the file cannot be read on.
type source interface {
	Next() ([]string, error)
	io.Closer
}

// sniff tells the format of a file from its beginning, and refuses one that is
// not what its name says.
func sniff(name string, head []byte) (string, error) {
	archive := bytes.HasPrefix(head, []byte("PK\x03\x04"))
	spreadsheet := hasSuffixFold(name, ".xlsx")
	switch {
	case len(head) == 0:
		return "", fault.New(fault.FileEmpty)
	case archive && spreadsheet:
		return formatXLSX, nil
	case spreadsheet:
		return "", fault.New(fault.NotASpreadsheet)
	case archive || bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")) || bytes.HasPrefix(head, []byte("%PDF")):
		return "", fault.New(fault.NotText)
	case encodingOf(head) == "" && bytes.IndexByte(head, 0) >= 0:
		return "", fault.New(fault.NotText)
	default:
		return formatCSV, nil
	}
}

func hasSuffixFold(name, suffix string) bool {
	return len(name) >= len(suffix) && equalFold(name[len(name)-len(suffix):], suffix)
}

func equalFold(a, b string) bool { return bytes.EqualFold([]byte(a), []byte(b)) }

// spool copies a stream into a temporary file, which spreadsheets need. The
// file is gone as soon as it is closed.
func spool(content io.Reader) (*os.File, error) {
	file, err := os.CreateTemp("", "trellis-import-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("make a temporary file: %w", err), file.Close())
	}
	if _, err := io.Copy(file, content); err != nil {
		return nil, errors.Join(fmt.Errorf("write a temporary file: %w", err), file.Close())
	}
	return file, nil
}

// The limits of what an archive unpacks to.
const (
	maxEntries  = 10_000
	maxUnpacked = 200 << 20
	maxRatio    = 100
)

// checkArchive unpacks an archive to nowhere, to see that it is whole and does
// not unpack to more than the limits, whatever it says of itself.
func checkArchive(file io.ReaderAt, size int64) error {
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return fault.New(fault.FileDamaged)
	}
	if len(archive.File) > maxEntries {
		return fault.New(fault.TooManyEntries, "max", maxEntries)
	}
	var total int64
	for _, entry := range archive.File {
		unpacked, err := unpack(entry, maxUnpacked-total)
		if err != nil {
			return err
		}
		total += unpacked
		if packed := int64(entry.CompressedSize64); unpacked > 1<<20 && packed > 0 && unpacked/packed > maxRatio { //nolint:gosec // a size below the file's
			return fault.New(fault.UnpacksTooMuch)
		}
	}
	return nil
}

func unpack(entry *zip.File, limit int64) (int64, error) {
	reader, err := entry.Open()
	if err != nil {
		return 0, fault.New(fault.FileDamaged)
	}
	defer reader.Close() //nolint:errcheck // only read
	unpacked, err := io.Copy(io.Discard, io.LimitReader(reader, limit+1))
	if err != nil {
		return 0, fault.New(fault.FileDamaged)
	}
	if unpacked > limit {
		return 0, fault.New(fault.UnpacksTooLarge, "max", fmt.Sprintf("%d MiB", maxUnpacked>>20))
	}
	return unpacked, nil
}
