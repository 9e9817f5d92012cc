package file

import (
	"errors"
	"image"
	"image/jpeg"
	"io"
)

// maxScans is how often a JPEG may go over its picture; cameras and programs
// do so some ten times. Each time is as much work as the picture is large, and
// may take a few bytes only.
const maxScans = 100

var errScans = errors.New("the picture has too many scans")

// decodeJPEG reads a JPEG that does not go over its picture too often.
func decodeJPEG(from io.Reader) (image.Image, error) {
	return jpeg.Decode(&scans{from: from}) //nolint:wrapcheck // whatever it is, there is no picture
}

// scans counts the scans of a JPEG that goes by.
type scans struct {
	from  io.Reader
	last  byte
	count int
}

// Read reads on.
func (s *scans) Read(p []byte) (int, error) {
	const marker, scan = 0xff, 0xda
	n, err := s.from.Read(p)
	for _, b := range p[:n] {
		if s.last == marker && b == scan {
			s.count++
		}
		s.last = b
	}
	if s.count > maxScans {
		return 0, errScans
	}
	return n, err //nolint:wrapcheck // a reader's errors are its own
}
