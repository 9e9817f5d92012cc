// Package limit is the server that the product is measured against: one fixed
// lead, written by hand on the same HTTP library and the same database drivers
// with the same durability, as fast as we can make it in plain code. It has no
// definitions, no rights, no rules and no history, and is not for use.
//
// What it may do is what a careful engineer would: prepared statements, the
// indexes its queries need, one statement and one transaction a write, answers
// written from the rows straight to JSON. Start with New; store.go has the SQL.
package limit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// bodyLimit lets a batch of 10,000 leads in.
const bodyLimit = 32 << 20

// New opens the database, a file for SQLite or a postgres:// address, makes its
// table, and gives the server with a function that closes the database.
func New(ctx context.Context, database string) (*fiber.App, func() error, error) {
	store, err := open(ctx, database)
	if err != nil {
		return nil, nil, fmt.Errorf("opening %s: %w", database, err)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, BodyLimit: bodyLimit, ErrorHandler: answerError})
	leads := handlers{store}
	app.Get("/leads/:id", leads.get)
	app.Get("/leads", leads.list)
	app.Post("/leads", leads.create)
	app.Post("/leads/_batch", leads.batch)
	app.Patch("/leads/:id", leads.update)
	return app, store.close, nil
}

type handlers struct{ store *store }

func (h handlers) get(c *fiber.Ctx) error {
	body, err := h.store.get(c.UserContext(), c.Params("id"))
	return answer(c, fiber.StatusOK, body, err)
}

// list answers GET /leads?status=new&min_score=50&count=exact, /leads?q=word
// and /leads?offset=50000: fifty leads, newest first.
func (h handlers) list(c *fiber.Ctx) error {
	var body []byte
	var err error
	if word := c.Query("q"); word != "" {
		body, err = h.store.search(c.UserContext(), word)
	} else if status := c.Query("status"); status != "" {
		body, err = h.store.list(c.UserContext(), status, c.QueryInt("min_score"), c.Query("count") == "exact")
	} else {
		body, err = h.store.page(c.UserContext(), c.QueryInt("offset"))
	}
	return answer(c, fiber.StatusOK, body, err)
}

func (h handlers) create(c *fiber.Ctx) error {
	var lead Lead
	if err := json.Unmarshal(c.Body(), &lead); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, err.Error())
	}
	if err := begin(&lead, time.Now()); err != nil {
		return err
	}
	body, err := h.store.create(c.UserContext(), &lead)
	return answer(c, fiber.StatusCreated, body, err)
}

func (h handlers) batch(c *fiber.Ctx) error {
	var leads []Lead
	if err := json.Unmarshal(c.Body(), &leads); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, err.Error())
	}
	now := time.Now()
	for i := range leads {
		if err := begin(&leads[i], now); err != nil {
			return err
		}
	}
	body, err := h.store.batch(c.UserContext(), leads)
	return answer(c, fiber.StatusOK, body, err)
}

func (h handlers) update(c *fiber.Ctx) error {
	var change struct {
		Score *int64 `json:"score"`
	}
	if err := json.Unmarshal(c.Body(), &change); err != nil || change.Score == nil {
		return fiber.NewError(fiber.StatusBadRequest, "a score is missing")
	}
	body, err := h.store.update(c.UserContext(), c.Params("id"), *change.Score, time.Now())
	return answer(c, fiber.StatusOK, body, err)
}

// begin gives a new lead what the server decides.
func begin(lead *Lead, now time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("making an id: %w", err)
	}
	lead.ID = id.String()
	lead.CreatedAt.set(now)
	lead.UpdatedAt = lead.CreatedAt
	lead.Version = 1
	return nil
}

func answer(c *fiber.Ctx, status int, body []byte, err error) error {
	if err != nil {
		return err
	}
	c.Response().Header.SetContentType(fiber.MIMEApplicationJSON)
	c.Response().SetStatusCode(status)
	c.Response().SetBodyRaw(body)
	return nil
}

func answerError(c *fiber.Ctx, err error) error {
	status := fiber.StatusInternalServerError
	if known, ok := errors.AsType[*fiber.Error](err); ok {
		status = known.Code
	} else if errors.Is(err, errMissing) {
		status = fiber.StatusNotFound
	}
	return c.Status(status).SendString(err.Error())
}
