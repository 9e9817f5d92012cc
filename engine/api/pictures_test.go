package api_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// scans is a small JPEG that goes over its picture so many times.
func scans(times int) []byte {
	out := bytes.NewBuffer([]byte{0xff, 0xd8})
	part := func(marker byte, content ...byte) {
		out.Write(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)))
		out.Write(content)
	}
	oneCode := func(table byte) { part(0xc4, slices.Concat([]byte{table, 1}, make([]byte, 16))...) }
	part(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	part(0xc2, 8, 0, 8, 0, 8, 1, 1, 0x11, 0)
	oneCode(0x00)
	oneCode(0x10)
	for i := range times {
		from, to := min(i, 1), min(i, 1)*63 // the first brings the mean, the others the rest
		part(0xda, 1, 1, 0, byte(from), byte(to), 0)
		out.WriteByte(0x7f)
	}
	return append(out.Bytes(), 0xff, 0xd9)
}

// TestAPictureIsDecodedInBoundedWork: one of a few scans is one, as cameras
// make them; of one of hundreds, each as much work as the picture is large,
// there is no small one.
func TestAPictureIsDecodedInBoundedWork(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	for times, want := range map[int]bool{10: true, 500: false} {
		if kept := i.Admin.Send(t, "/files", "a.jpg", scans(times)).Want(t, 201).Data(t); kept["thumbnail"] != want {
			t.Errorf("%d scans: %v", times, kept)
		}
	}
}
