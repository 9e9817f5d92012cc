package file

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"slices"

	"golang.org/x/image/draw"

	"github.com/trellis-crm/trellis/engine/fault"
)

// The limits of a logo.
const (
	MaxLogo     = 512 << 10 // bytes, as it comes
	maxLogoSide = 4096      // pixels, as it comes
	logoWidth   = 512       // pixels, as it is kept
	logoHeight  = 128
)

// Logo makes a logo of a picture (PNG, JPEG or WebP): decoded and written anew as
// a PNG no larger than is shown, so that nothing of what came is in it but what
// one sees. Faults: file_too_large, invalid_values with not_a_logo at /file, busy.
func (s *Service) Logo(ctx context.Context, content []byte) ([]byte, error) {
	if len(content) > MaxLogo {
		return nil, fault.New(fault.FileTooLarge, "max", "512 KiB")
	}
	refused := fault.New(fault.InvalidValues).At("/file", fault.NotALogo, "max", maxLogoSide)
	kind := detect(content[:min(len(content), headSize)])
	with, known := codecs()[kind]
	if !known || !slices.Contains([]string{"image/png", "image/jpeg", "image/webp"}, kind) {
		return nil, refused
	}
	config, err := with.config(bytes.NewReader(content))
	if err != nil || config.Width <= 0 || config.Height <= 0 || max(config.Width, config.Height) > maxLogoSide {
		return nil, refused.Because(err)
	}
	select {
	case s.decoders <- struct{}{}:
		defer func() { <-s.decoders }()
	case <-ctx.Done():
		return nil, fault.New(fault.Busy).Because(ctx.Err())
	}
	whole, err := with.decode(bytes.NewReader(content))
	if err != nil {
		return nil, refused.Because(err)
	}
	from := whole.Bounds().Size()
	share := min(1, float64(logoWidth)/float64(from.X), float64(logoHeight)/float64(from.Y))
	size := image.Pt(max(int(float64(from.X)*share), 1), max(int(float64(from.Y)*share), 1))
	small := image.NewNRGBA(image.Rectangle{Max: size})
	draw.CatmullRom.Scale(small, small.Bounds(), whole, whole.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, orientation(content).apply(small)); err != nil {
		return nil, fmt.Errorf("write a logo: %w", err)
	}
	return out.Bytes(), nil
}
