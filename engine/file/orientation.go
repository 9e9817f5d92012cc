package file

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orient is how a camera was held, as EXIF numbers it: from 5 on the picture
// lies on its side.
type orient uint16

const (
	upright orient = 1
	lying   orient = 5
	last    orient = 8
)

// orientation finds how a JPEG is to be turned, in the first directory of its
// EXIF; upright where it does not say.
func orientation(head []byte) orient {
	_, tiff, found := bytes.Cut(head, []byte("Exif\x00\x00"))
	if !found || len(tiff) < 8 || !bytes.HasPrefix(head, []byte{0xff, 0xd8}) {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	first := uint64(order.Uint32(tiff[4:]))
	if first+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[first:]
	count := int(order.Uint16(entries))
	for i := range count {
		const entry, tag = 12, 0x0112
		begin := 2 + i*entry
		if begin+entry > len(entries) {
			break
		}
		if order.Uint16(entries[begin:]) != tag {
			continue
		}
		if found := orient(order.Uint16(entries[begin+8:])); found >= upright && found <= last {
			return found
		}
	}
	return upright
}

// apply turns a picture as it was seen.
func (o orient) apply(from *image.NRGBA) *image.NRGBA {
	if o == upright {
		return from
	}
	width, height := from.Rect.Dx(), from.Rect.Dy()
	size := image.Pt(width, height)
	if o >= lying {
		size = image.Pt(height, width)
	}
	to := image.NewNRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			to.SetNRGBA(x, y, from.NRGBAAt(o.source(x, y, width, height)))
		}
	}
	return to
}

// source is the place in a picture of a size that a place of the turned one
// shows.
func (o orient) source(x, y, width, height int) (int, int) {
	switch o {
	case 2:
		return width - 1 - x, y
	case 3:
		return width - 1 - x, height - 1 - y
	case 4:
		return x, height - 1 - y
	case 5:
		return y, x
	case 6:
		return y, height - 1 - x
	case 7:
		return width - 1 - y, height - 1 - x
	case 8:
		return width - 1 - y, x
	default:
		return x, y
	}
}
