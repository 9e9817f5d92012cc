package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/record"
)

const auditPath = "/api/v1/audit"

func (s *Server) auditRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: auditPath, Ability: audit.ReadAbility, Summary: "The audit log, newest first", handle: s.auditLog},
		{Method: http.MethodGet, Path: auditPath + "/verify", Ability: audit.ReadAbility, Slow: true, Summary: "Whether the audit log is as it was written", handle: s.verifyAudit},
		{Method: http.MethodGet, Path: auditPath + "/file", Ability: audit.ReadAbility, Slow: true, Summary: "The audit log as csv", handle: s.auditFile},
	}
}

// The entries of a page, unless something else is asked for, and at most.
const (
	auditLimit    = 50
	maxAuditLimit = 200
)

// auditPage is a part of the audit log, with the people who acted.
type auditPage struct {
	Data []audit.Told `json:"data"`
	Page struct {
		Next *string `json:"next"`
	} `json:"page"`
	Included record.Included `json:"included"`
}

// AppendJSON appends the page.
func (p *auditPage) AppendJSON(dst []byte) []byte { return record.AppendValue(dst, p) }

// auditParameters are what entries are asked for by.
func auditParameters() []string {
	return []string{"action", "actor", "object", "subject", "since", "until"}
}

// auditRead notes that somebody reads the log, and what he looks for in it.
func (s *Server) auditRead(r *request) error {
	detail := map[string]any{}
	for _, name := range auditParameters() {
		if value := r.Query(name); value != "" {
			detail[name] = value
		}
	}
	return audit.Note(r.ctx, s.Store, r.actor, audit.Entry{Action: audit.AuditRead, Detail: detail})
}

func (s *Server) auditLog(r *request) error {
	ask, err := r.auditAsk()
	if err != nil {
		return err
	}
	// Who reads on was noted when he began.
	if ask.Before == 0 {
		if err := s.auditRead(r); err != nil {
			return err
		}
	}
	told, err := s.Audit.List(r.ctx, ask)
	if err != nil {
		return err
	}
	page := &auditPage{Data: told}
	if len(told) == ask.Limit {
		next := strconv.FormatInt(told[len(told)-1].Seq, 10)
		page.Page.Next = &next
	}
	var people []string
	for i := range told {
		people = append(people, told[i].Actor)
		if _, item := field.ParseID(told[i].Subject); told[i].Object == field.UserObject && item == nil {
			people = append(people, told[i].Subject)
		}
		people = append(people, sharedWith(told[i])...)
	}
	if page.Included, err = s.Records.Named(r.ctx, r.actor, field.UserObject, people); err != nil {
		return err
	}
	r.Set("Cache-Control", "no-store")
	return r.answer(http.StatusOK, page)
}

// sharedWith is the person with whom a record was shared, if one was.
func sharedWith(told audit.Told) []string {
	var detail struct {
		To record.Recipient `json:"to"`
	}
	if told.Action != audit.ShareCreated || json.Unmarshal(told.Detail, &detail) != nil || detail.To.User == "" {
		return nil
	}
	return []string{detail.To.User}
}

// maxAuditFile is how many entries a file holds at most, the newest.
const maxAuditFile = 100_000

// auditFile gives the entries as csv. What people write stands only in the
// detail, whose brace a spreadsheet does not run.
func (s *Server) auditFile(r *request) error {
	faults := fault.New(fault.InvalidQuery)
	if r.onlyParameters(auditParameters(), faults); faults.OrNil() != nil {
		return faults // it is no part of the log
	}
	ask, err := r.auditAsk()
	if err != nil {
		return err
	}
	if err := s.auditRead(r); err != nil {
		return err
	}
	var content bytes.Buffer
	content.WriteString("\ufeff")
	file := csv.NewWriter(&content)
	_ = file.Write([]string{"seq", "at", "action", "actor", "via", "address", "object", "subject", "detail"}) // a buffer takes it
	ask.Limit = maxAuditLimit
	for written := 0; written < maxAuditFile; {
		told, err := s.Audit.List(r.ctx, ask)
		if err != nil {
			return err
		}
		for _, one := range told {
			_ = file.Write([]string{
				strconv.FormatInt(one.Seq, 10), one.At.Format(time.RFC3339Nano), one.Action, one.Actor, one.Via, one.Address,
				one.Object, one.Subject, string(one.Detail),
			})
			ask.Before = one.Seq
		}
		if written += len(told); len(told) < ask.Limit {
			break
		}
	}
	file.Flush()
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="audit.csv"`)
	r.Set(fiber.HeaderCacheControl, "no-store")
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	return r.Send(content.Bytes())
}

// auditAsk reads which entries are asked for.
func (r *request) auditAsk() (audit.Ask, error) {
	cursor, limit, err := r.part(auditParameters()...)
	if err != nil {
		return audit.Ask{}, err
	}
	ask := audit.Ask{Action: r.Query("action"), Actor: r.Query("actor"), Object: r.Query("object"), Subject: r.Query("subject"), Limit: limit}
	faults := fault.New(fault.InvalidQuery)
	for name, at := range map[string]*time.Time{"since": &ask.Since, "until": &ask.Until} {
		if text := r.Query(name); text != "" {
			if *at, err = time.Parse(time.RFC3339, text); err != nil {
				faults.At("/"+name, fault.WrongType, "expected", "datetime")
			}
		}
	}
	if ask.Action != "" && !slices.Contains(audit.Actions(), ask.Action) {
		faults.At("/action", fault.UnknownOption, "value", ask.Action)
	}
	if _, item := field.ParseID(ask.Actor); ask.Actor != "" && item != nil {
		faults.At("/actor", fault.WrongType, "expected", "record")
	}
	if ask.Limit == 0 {
		ask.Limit = auditLimit
	}
	if ask.Limit < 1 || ask.Limit > maxAuditLimit {
		faults.At("/limit", fault.OutOfRange, "min", 1, "max", maxAuditLimit)
	}
	if cursor != "" {
		if ask.Before, err = strconv.ParseInt(cursor, 10, 64); err != nil || ask.Before < 1 {
			return ask, fault.New(fault.InvalidCursor)
		}
	}
	return ask, faults.OrNil()
}

func (s *Server) verifyAudit(r *request) error {
	verdict, err := s.Audit.Verify(r.ctx)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, verdict)
}

func auditExchanges() map[string]exchange {
	entry := with(answered[audit.Told](), "detail", anyObject())
	return map[string]exchange{
		"GET " + auditPath: {status: http.StatusOK, asks: append(auditParameters(), "cursor", "limit"), gives: members(map[string]any{
			"data": listOf(entry), "page": members(map[string]any{"next": nullable(text())}), "included": mapOf(mapOf(anyObject())),
		})},
		"GET " + auditPath + "/file":   {status: http.StatusOK, asks: auditParameters(), gives: text(), format: "text/csv"},
		"GET " + auditPath + "/verify": {status: http.StatusOK, gives: data(answered[audit.Verdict]())},
	}
}
