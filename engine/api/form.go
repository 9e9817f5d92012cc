package api

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
)

// form reads a multipart form as a stream. One that says that it is larger than
// a file may be is refused at once.
func (r *request) form(most int) (*multipart.Reader, error) {
	kind, parameters, err := mime.ParseMediaType(r.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm || parameters["boundary"] == "" {
		return nil, fault.New(fault.UnsupportedType, "expected", fiber.MIMEMultipartForm)
	}
	if err := r.uncompressed(); err != nil {
		return nil, err
	}
	if r.Request().Header.ContentLength() > most+smallBody {
		return nil, fault.New(fault.FileTooLarge, "max", size(most))
	}
	return multipart.NewReader(r.stream(), parameters["boundary"]), nil
}

func (r *request) stream() io.Reader {
	if stream := r.Context().RequestBodyStream(); stream != nil {
		return stream
	}
	return bufio.NewReader(bytesReader(r.Ctx.Body()))
}

// file finds the one part of a form that is a file.
func (r *request) file(most int) (*multipart.Part, error) {
	form, err := r.form(most)
	if err != nil {
		return nil, err
	}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, fault.New(fault.BadRequest).At("/file", fault.Required)
		case err != nil:
			return nil, torn(err)
		case part.FormName() == "file":
			return part, nil
		}
	}
}

// incoming is a part of a body, of which whatever goes wrong is the request's.
type incoming struct{ io.Reader }

// Read reads on.
func (i incoming) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = torn(err)
	}
	return n, err //nolint:wrapcheck // the end of what is read
}
