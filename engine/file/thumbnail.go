package file

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/trellis-crm/trellis/engine/fault"
)

// MaxMegapixels is how large a picture may be that is decoded.
const MaxMegapixels = 40

// The limits of pictures.
const (
	maxPixels     = MaxMegapixels * 1_000_000
	thumbnailSide = 320 // pixels of the longer side of a small one
	quality       = 80
)

// thumbnailMark ends the name of the content that is a file's small picture.
const thumbnailMark = ".thumbnail"

// codec reads pictures of a type.
type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// codecs are those of the types of pictures that are known, by name.
func codecs() map[string]codec {
	return map[string]codec{
		"image/png":  {png.DecodeConfig, png.Decode},
		"image/jpeg": {jpeg.DecodeConfig, decodeJPEG},
		"image/gif":  {gif.DecodeConfig, gif.Decode}, // the first picture of those that move
		"image/webp": {webp.DecodeConfig, webp.Decode},
	}
}

// picture makes and stores the small picture of a file, and says whether there
// is one: of what cannot be decoded, or is too large to be, there is none.
func (s *Service) picture(ctx context.Context, row *Stored) (made bool, err error) {
	with, ok := codecs()[row.Type]
	if !ok {
		return false, nil
	}
	content, err := s.blobs.Open(ctx, row.ID)
	if err != nil {
		return false, fmt.Errorf("read a picture: %w", err)
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	config, err := with.config(bufio.NewReader(content))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return false, nil
	}
	select {
	case s.decoders <- struct{}{}:
		defer func() { <-s.decoders }()
	case <-ctx.Done():
		return false, fault.New(fault.Busy).Because(ctx.Err())
	}
	small, err := shrink(content, with)
	if err != nil {
		return false, err
	}
	if small == nil {
		return false, nil
	}
	if _, err := s.blobs.Put(ctx, row.ID+thumbnailMark, bytes.NewReader(small), MaxSize); err != nil {
		return false, fmt.Errorf("store a small picture: %w", err)
	}
	return true, nil
}

// shrink decodes a picture and encodes it small, as PNG where one can see
// through it, else as JPEG; nil of what is none.
func shrink(content io.ReadSeeker, with codec) ([]byte, error) {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read a picture: %w", err)
	}
	head, err := io.ReadAll(io.LimitReader(content, headSize))
	if err != nil {
		return nil, fmt.Errorf("read a picture: %w", err)
	}
	whole, err := with.decode(bufio.NewReader(io.MultiReader(bytes.NewReader(head), content)))
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // it is no picture then
	}
	size := fitted(whole.Bounds().Size())
	small := image.NewNRGBA(image.Rectangle{Max: size})
	draw.ApproxBiLinear.Scale(small, small.Bounds(), whole, whole.Bounds(), draw.Src, nil)
	turned := orientation(head).apply(small)
	var out bytes.Buffer
	if turned.Opaque() {
		err = jpeg.Encode(&out, turned, &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&out, turned)
	}
	if err != nil {
		return nil, fmt.Errorf("write a small picture: %w", err)
	}
	return out.Bytes(), nil
}

// fitted is the size of a picture that is to be no larger than a small one.
func fitted(size image.Point) image.Point {
	longer := max(size.X, size.Y)
	if longer <= thumbnailSide {
		return size
	}
	return image.Pt(max(size.X*thumbnailSide/longer, 1), max(size.Y*thumbnailSide/longer, 1))
}
