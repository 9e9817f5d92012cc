// Package api is the HTTP door: it decodes requests, finds the actor, calls
// the services and writes their answers. It decides nothing itself. Each
// resource is one file that lists its routes; server.go joins the lists,
// faults.go turns faults into answers. Start with New.
package api

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/analytics"
	"github.com/trellis-crm/trellis/engine/audit"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/clock"
	"github.com/trellis-crm/trellis/engine/conversion"
	"github.com/trellis-crm/trellis/engine/delegation"
	"github.com/trellis-crm/trellis/engine/duplicate"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/handover"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/layer"
	"github.com/trellis-crm/trellis/engine/notification"
	"github.com/trellis-crm/trellis/engine/pool"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/sample"
	"github.com/trellis-crm/trellis/engine/setup"
	"github.com/trellis-crm/trellis/engine/store"
	"github.com/trellis-crm/trellis/engine/transfer"
)

// Services are what the API speaks for.
type Services struct {
	Store       *store.Store
	Clock       *clock.Movable
	Catalog     *catalog.Service
	Records     *record.Service
	Duplicates  *duplicate.Service
	Handovers   *handover.Service
	Delegations *delegation.Service
	Conversions *conversion.Service
	Pools       *pool.Service
	People      *identity.Service
	Setup       *setup.Service
	Samples     *sample.Service
	Transfer    *transfer.Service
	Files       *file.Service
	Layers      *layer.Service
	Watchers    *record.Watchers
	Analytics   *analytics.Service
	Notes       *notification.Service
	Inboxes     *notification.Watchers
	Audit       *audit.Log
	Log         *slog.Logger
	Web         fs.FS // the web application; nil serves the API alone
	// BaseURL is where people find the server, such as https://crm.example.com;
	// empty while it is only reached on this machine.
	BaseURL string
	// TrustedProxies are the addresses whose X-Forwarded-For is believed; without
	// any, a request comes from who is connected.
	TrustedProxies []netip.Prefix
	// Patience is how long requests may take to come in.
	Patience Patience
	// MoveClock is called by POST /test/clock; nil leaves the route out.
	MoveClock func(ctx context.Context, offset time.Duration) error
}

// Server answers HTTP requests.
type Server struct {
	Services
	app         *fiber.App
	routes      []Route
	web         *application
	protections [][2][]byte
	streams     streams
	stopping    atomic.Bool
}

// The limits of a request.
const (
	maxHeader   = 16 << 10
	maxAddress  = 8 << 10
	prefetch    = 64 << 10        // of a body that is streamed
	requestWait = 5 * time.Minute // to take or give a file
	answerWait  = 60 * time.Second
	idleWait    = 75 * time.Second
)

// Need says who may call a route.
type Need uint8

// The needs. Open routes are for everybody, Person needs somebody who signed
// in or an API key, SetUp exists only until the installation is set up.
const (
	Person Need = iota
	Open
	SetUp
)

// Route is one operation of the API.
type Route struct {
	Method  string
	Path    string
	Need    Need
	Ability string // what the person needs beside, or ""
	Summary string // for the API's description
	Slow    bool   // it takes or gives a file, which may take minutes
	Whole   bool   // no limited key reaches it: it is about the person himself, or about records of all objects
	// Remembers lets the actor be one that an earlier request has read. The
	// route does nothing for him but one read or one write of records, which
	// see to it that what is remembered still holds.
	Remembers bool
	// Reads says of a route that is no GET that it writes nothing.
	Reads bool
	// Private is how the caller signs in, which nobody is told who looks at the
	// application as him.
	Private bool
	// Own is for who is signed in, whoever he looks at the application as.
	Own bool
	// Enrols lets who lacks a second factor that is required give himself one, or
	// tells him that he does.
	Enrols bool
	handle handler
}

type handler func(r *request) error

// New makes the server.
func New(services Services) (*Server, error) {
	s := &Server{Services: services, protections: protections(), streams: newStreams()}
	for _, list := range [][]Route{
		s.healthRoutes(), s.setupRoutes(), s.sessionRoutes(), s.totpRoutes(), s.passkeyRoutes(), s.oidcRoutes(), s.singleSignOnRoutes(), s.organisationRoutes(), s.requirementRoutes(), s.personRoutes(), s.peopleRoutes(), s.invitationRoutes(), s.passwordRoutes(), s.handoverRoutes(), s.delegationRoutes(), s.recordRoutes(), s.searchRoutes(), s.duplicateRoutes(), s.conversionRoutes(), s.poolRoutes(), s.mergeRoutes(), s.binRoutes(), s.sampleRoutes(),
		s.feedRoutes(), s.eventRoutes(), s.commentRoutes(), s.shareRoutes(), s.accessRoutes(), s.metaJobRoutes(), s.draftRoutes(), s.metaRoutes(), s.expressionRoutes(), s.importRoutes(), s.exportRoutes(), s.describeRoutes(), s.clockRoutes(),
		s.fileRoutes(), s.figureRoutes(), s.notificationRoutes(), s.layerRoutes(), s.auditRoutes(), s.roleRoutes(), s.calendarRoutes(), s.viewAsRoutes(),
	} {
		s.routes = append(s.routes, list...)
	}
	patience := services.Patience.orUsual()
	var err error
	if s.web, err = newApplication(services.Web); err != nil {
		return nil, fmt.Errorf("read the web application: %w", err)
	}
	s.app = fiber.New(fiber.Config{
		DisableStartupMessage: true, StrictRouting: true, CaseSensitive: true, Immutable: true,
		StreamRequestBody: true, BodyLimit: prefetch, ReadBufferSize: maxHeader,
		ReadTimeout: patience.Header, WriteTimeout: answerWait, IdleTimeout: idleWait,
		ErrorHandler: s.fail, ServerHeader: "",
	})
	s.app.Server().Handler = s.spoken(s.app.Handler())
	s.app.Server().HeaderReceived = patience.forBody
	s.app.Server().ConnState = rested
	s.app.Use(s.protect)
	for _, route := range s.routes {
		s.app.Add(route.Method, route.Path, s.serve(route))
	}
	s.app.Use(s.page)
	return s, nil
}

// Routes lists every operation, for the tests that try each.
func (s *Server) Routes() []Route { return s.routes }

// Serve answers what comes in on a listener until Shutdown.
func (s *Server) Serve(listener net.Listener) error {
	if err := s.app.Listener(polite{listener, &s.stopping}); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Shutdown takes no new requests, ends the streams and waits for the running
// requests.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stopping.Store(true)
	s.streams.end()
	if err := s.app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return nil
}
