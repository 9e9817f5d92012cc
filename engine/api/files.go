package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/record"
)

const attachmentPath = recordPath + "/files/:file"

func (s *Server) fileRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/api/v1/files", Summary: "Upload a file, to put it into a field", Slow: true, handle: s.uploadFile},
		{Method: http.MethodGet, Path: "/api/v1/files/:id", Summary: "The content of a file", Slow: true, handle: s.downloadFile},
		{Method: http.MethodDelete, Path: "/api/v1/files/:id", Summary: "Remove one’s own file that was put nowhere", handle: s.removeFile},
		{Method: http.MethodGet, Path: "/api/v1/files/:id/thumbnail", Summary: "A small picture of a file that is one", handle: s.thumbnail},
		{Method: http.MethodGet, Path: recordPath + "/files", Summary: "The files of a record beside its fields", handle: s.attachments},
		{Method: http.MethodPost, Path: recordPath + "/files", Summary: "Upload a file to a record, beside its fields", Slow: true, handle: s.attach},
		{Method: http.MethodDelete, Path: attachmentPath, Summary: "Remove a file of a record", handle: s.detach},
	}
}

// receive takes in the file of a form.
func (s *Server) receive(r *request) (*file.Stored, error) {
	part, err := r.file(file.MaxSize)
	if err != nil {
		return nil, err
	}
	return s.Files.Receive(r.ctx, r.actor.ID, part.FileName(), incoming{part})
}

func (s *Server) uploadFile(r *request) error {
	received, err := s.receive(r)
	if err != nil {
		return err
	}
	return s.received(r, received.Name+"\x00"+received.SHA256, received.File(), func(ctx context.Context) error {
		return s.forgetFile(ctx, r, received)
	})
}

// forgetFile removes a file that was received for nothing.
func (s *Server) forgetFile(ctx context.Context, r *request, received *file.Stored) error {
	if err := s.Records.RemoveFile(ctx, r.actor, received.ID, record.Options{}); err != nil {
		return err
	}
	return s.Files.Sweep(ctx)
}

func (s *Server) removeFile(r *request) error {
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Records.RemoveFile(r.ctx, r.actor, r.Params("id"), options)
	})
}

// downloadFile streams the content; the stream outlives the handler, so that
// its context is not the request's.
func (s *Server) downloadFile(r *request) error {
	found, err := s.Records.File(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	content, err := s.Files.Open(context.WithoutCancel(r.ctx), found.ID)
	if err != nil {
		return err
	}
	return r.give(content, file.Served(found.Type), disposition("attachment", found.Name), found.Size)
}

func (s *Server) thumbnail(r *request) error {
	found, err := s.Records.File(r.ctx, r.actor, r.Params("id"))
	if err != nil {
		return err
	}
	if !found.Thumbnail {
		return fault.New(fault.NotFound)
	}
	content, kind, err := s.Files.OpenThumbnail(context.WithoutCancel(r.ctx), found.ID)
	if err != nil {
		return err
	}
	return r.give(content, kind, "inline", -1)
}

// give streams a content.
func (r *request) give(content io.ReadCloser, kind, disposition string, size int64) error {
	r.Set(fiber.HeaderContentType, kind)
	r.Set(fiber.HeaderContentDisposition, disposition)
	return r.SendStream(content, int(size))
}

// disposition says what is to be done with a content and what it is called, as
// RFC 6266 and RFC 8187 write it: once plainly, once as it is.
func disposition(what, name string) string {
	plain := strings.Map(func(c rune) rune {
		if c > unicode.MaxASCII || unicode.IsControl(c) || strings.ContainsRune(`"\%;`, c) {
			return '_'
		}
		return c
	}, name)
	return what + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

func (s *Server) attachments(r *request) error {
	cursor, limit, err := r.part()
	if err != nil {
		return err
	}
	attached, err := s.Records.Attachments(r.ctx, r.actor, r.Params("object"), r.Params("id"), cursor, limit)
	if err != nil {
		return err
	}
	return r.answer(http.StatusOK, record.Attachments{Timeline: attached})
}

// attach adds a file to a record. One that is refused, or was sent again with
// its key, is forgotten.
func (s *Server) attach(r *request) error {
	if err := s.Records.MayAttach(r.ctx, r.actor, r.Params("object"), r.Params("id")); err != nil {
		return err
	}
	received, err := s.receive(r)
	if err != nil {
		return err
	}
	r.body = []byte(received.Name + "\x00" + received.SHA256) // what was sent: the form around it differs each time
	kept := false
	err = s.once(r, http.StatusCreated, func(options record.Options) (record.Body, error) {
		body, err := s.Records.Attach(r.ctx, r.actor, r.Params("object"), r.Params("id"), received, options)
		kept = err == nil
		return body, err
	})
	if !kept {
		err = errors.Join(err, s.forgetFile(context.WithoutCancel(r.ctx), r, received))
	}
	return err
}

func (s *Server) detach(r *request) error {
	if err := s.Records.Exists(r.ctx, r.actor, r.Params("object"), r.Params("id")); err != nil {
		return err
	}
	return s.once(r, http.StatusNoContent, func(options record.Options) (record.Body, error) {
		return record.Nothing{}, s.Records.Detach(r.ctx, r.actor, r.Params("object"), r.Params("id"), r.Params("file"), options)
	})
}
