package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/expr"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// problem is an answer in the form of RFC 9457.
type problem struct {
	Type      string        `json:"type"`
	Title     string        `json:"title"`
	Status    int           `json:"status"`
	Detail    string        `json:"detail"`
	Code      fault.Code    `json:"code"`
	RequestID string        `json:"request_id"`
	Version   any           `json:"version,omitempty"`
	Errors    []problemItem `json:"errors"`
}

type problemItem struct {
	Pointer string       `json:"pointer"`
	Code    fault.Code   `json:"code"`
	Message string       `json:"message"`
	Params  fault.Params `json:"params,omitempty"`
}

// problemBase begins the address of each code's description.
const problemBase = "https://trellis-crm.github.io/faults/"

// status is the one table from codes to HTTP; a code that is not in it is 422.
func status(code fault.Code) int {
	switch code {
	case fault.BadRequest, fault.InvalidJSON, fault.DuplicateKey, fault.TooDeep, fault.InvalidQuery, fault.InvalidCursor,
		fault.UnknownField, fault.NotSortable, fault.NotGroupable, fault.OutOfRange, fault.TooManyGroups,
		fault.Syntax, fault.UnknownFunction, fault.TypeMismatch, fault.WrongResult, fault.NotAllowed, fault.TooCostly, fault.InvalidLiteral, fault.UnknownCalendar, fault.NoCalendar,
		fault.UnknownOption, fault.InvalidExpression:
		return http.StatusBadRequest
	case fault.Unauthorized, fault.InvalidCredentials, fault.InvalidCode, fault.PasskeyRefused:
		return http.StatusUnauthorized
	case fault.Forbidden, fault.MissingAbility, fault.KeyLimited, fault.CrossSite, fault.Viewing, fault.FactorRequired, fault.NoAccount, fault.EmailUnverified, fault.ProviderRefused, fault.SignInRefused:
		return http.StatusForbidden
	case fault.NotFound, fault.UnknownRevision, fault.InvitationOver, fault.LinkOver:
		return http.StatusNotFound
	case fault.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case fault.Duplicate, fault.PossibleDuplicate, fault.Ambiguous, fault.InUse, fault.NotDeleted, fault.ParentDeleted, fault.Destructive, fault.RevisionConflict, fault.ApplyRunning, fault.LastAdministrator,
		fault.AlreadySetUp, fault.AlreadyOn, fault.NoPasskeysHere, fault.ViewAsOver, fault.LastEmergency, fault.SingleSignOnOnly, fault.SingleSignOnInForce, fault.NoBaseURL, fault.AccountDisabled, fault.NoPasswordHere, fault.SignInExpired, fault.WrongState, fault.NotConvertible, fault.NotConverted, fault.NotMerged, fault.UndoExpired, fault.ChangedSince, fault.AlreadyTaken, fault.AlreadyTakenBy, fault.NotWaiting, fault.NotOwned, fault.NoPool, fault.ClaimQuota, fault.HoldingCap, fault.ClaimCooldown, fault.TooManyRecords, fault.TooManyImports, fault.TooManyFiles:
		return http.StatusConflict
	case fault.Stale:
		return http.StatusPreconditionFailed
	case fault.TooSlow:
		return http.StatusRequestTimeout
	case fault.BodyTooLarge, fault.FileTooLarge, fault.ImportsTooLarge, fault.TooManyOperations:
		return http.StatusRequestEntityTooLarge
	case fault.AddressTooLong:
		return http.StatusRequestURITooLong
	case fault.HeaderTooLarge:
		return http.StatusRequestHeaderFieldsTooLarge
	case fault.UnsupportedType:
		return http.StatusUnsupportedMediaType
	case fault.TooManyAttempts, fault.TooManyRequests, fault.TooManyStreams:
		return http.StatusTooManyRequests
	case fault.Internal:
		return http.StatusInternalServerError
	case fault.Unavailable, fault.Busy, fault.TimedOut, fault.ProviderUnavailable:
		return http.StatusServiceUnavailable
	case fault.StorageFull:
		return http.StatusInsufficientStorage
	default:
		return http.StatusUnprocessableEntity
	}
}

// The most that an answer tells of what is wrong: a request may be wrong in more
// places than anybody reads, and at names of any length.
const (
	maxItems   = 500
	maxPointer = 1000
)

// fail turns any error into an answer. What is no fault is logged, and said to
// be internal.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	f := s.faultOf(c, err)
	language := s.preferred(c)
	if r, ok := c.Locals(localRequest).(*request); ok {
		language = r.language
	}
	id := requestID(c)
	code := status(f.Code)
	if f.Code == fault.Internal {
		f.Params = fault.Params{"request_id": id}
	}
	answer := problem{
		Type: problemBase + string(f.Code), Title: http.StatusText(code), Status: code, Code: f.Code, RequestID: id,
		Detail: fault.Text(language, f.Code, f.Params), Errors: problemItems(language, f),
	}
	s.hints(c, f, &answer)
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("write a problem: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(code).Send(body)
}

// problemItems are the wrong values of a fault, in words.
func problemItems(language string, f *fault.Fault) []problemItem {
	items := make([]problemItem, min(len(f.Items), maxItems))
	for i, item := range f.Items[:len(items)] {
		items[i] = problemItem{Pointer: item.Pointer[:min(len(item.Pointer), maxPointer)], Code: item.Code, Message: fault.Text(language, item.Code, item.Params), Params: item.Params}
	}
	return items
}

// hints adds the headers that belong to some faults.
func (s *Server) hints(c *fiber.Ctx, f *fault.Fault, answer *problem) {
	switch answer.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		seconds, ok := f.Params["seconds"].(int)
		if !ok {
			seconds = 2
		}
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	case http.StatusPreconditionFailed:
		answer.Version = f.Params["version"]
		c.Set(fiber.HeaderETag, fmt.Sprintf(`"%v"`, f.Params["version"]))
	case http.StatusUnauthorized:
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
}

// faultOf finds the fault of an error, or names what the database says of its
// own state, or logs it and calls it internal.
func (s *Server) faultOf(c *fiber.Ctx, err error) *fault.Fault {
	if f := fault.As(err); f != nil {
		if f.Code == fault.Internal || f.Unwrap() != nil && status(f.Code) >= http.StatusInternalServerError {
			s.Log.Error("request failed", "error", err, "request_id", requestID(c))
		}
		return f
	}
	if expression, ok := errors.AsType[*expr.Error](err); ok {
		item := metadata.ExpressionItem("", expression)
		return fault.New(fault.InvalidQuery).At("", item.Code, pairsOf(item.Params)...)
	}
	if own, ok := errors.AsType[*fiber.Error](err); ok {
		return fiberFault(c, own)
	}
	if errors.Is(err, store.ErrReadOnly) {
		return fault.New(fault.Viewing)
	}
	for known, code := range map[error]fault.Code{
		store.ErrFull: fault.StorageFull, store.ErrUnavailable: fault.Unavailable, store.ErrTimeout: fault.TimedOut,
		store.ErrBusy: fault.Busy, store.ErrConflict: fault.Busy, store.ErrStopped: fault.Unavailable, store.ErrClosed: fault.Unavailable,
		context.DeadlineExceeded: fault.TimedOut,
	} {
		if errors.Is(err, known) {
			s.Log.Error("the database refused", "error", err, "request_id", requestID(c))
			return fault.New(code)
		}
	}
	s.Log.Error("request failed", "error", err, "method", c.Method(), "route", c.Route().Path, "request_id", requestID(c))
	return fault.New(fault.Internal)
}

func fiberFault(c *fiber.Ctx, err *fiber.Error) *fault.Fault {
	switch err.Code {
	case http.StatusNotFound:
		return fault.New(fault.NotFound)
	case http.StatusMethodNotAllowed:
		return fault.New(fault.MethodNotAllowed, "method", c.Method())
	case http.StatusRequestTimeout:
		return fault.New(fault.TooSlow)
	case http.StatusRequestHeaderFieldsTooLarge:
		return fault.New(fault.HeaderTooLarge, "max", size(maxHeader))
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.BodyTooLarge, "max", size(smallBody))
	default:
		return fault.New(fault.BadRequest)
	}
}

func pairsOf(params fault.Params) []any {
	list := make([]any, 0, 2*len(params))
	for name, value := range params {
		list = append(list, name, value)
	}
	return list
}
