package api

import (
	"maps"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/conversion"
	"github.com/trellis-crm/trellis/engine/duplicate"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/identity"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/pool"
	"github.com/trellis-crm/trellis/engine/query"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/sample"
	"github.com/trellis-crm/trellis/engine/setup"
	"github.com/trellis-crm/trellis/engine/template"
	"github.com/trellis-crm/trellis/engine/transfer"
)

// exchange is what goes in and out of a route.
type exchange struct {
	status  int
	later   bool     // also 202, when a job does it
	asks    []string // in the query string
	headers []string
	takes   shape  // nil takes no body
	gives   shape  // nil answers no body
	format  string // of what it gives, where it is not JSON
}

const (
	recordsPath = "/api/v1/records/:object"
	recordPath  = "/api/v1/records/:object/:id"
)

// exchanges are those of every route, by its method and path.
func exchanges() map[string]exchange {
	all := recordExchanges(anyObject(), anyObject(), anyObject())
	for _, part := range []map[string]exchange{personExchanges(), totpExchanges(), passkeyExchanges(), oidcExchanges(), singleSignOnExchanges(), organisationExchanges(), requirementExchanges(), peopleExchanges(), invitationExchanges(), passwordExchanges(), handoverExchanges(), delegationExchanges(), feedExchanges(), commentExchanges(), fileExchanges(), metaExchanges(), transferExchanges(), otherExchanges(), figureExchanges(), notificationExchanges(), layerExchanges(), auditExchanges(), roleExchanges(), viewAsExchanges()} {
		maps.Copy(all, part)
	}
	return all
}

// data answers {"data": value}.
func data(value shape) shape { return members(map[string]any{"data": value}) }

// paged answers {"data": [value], "page": {"next": …}}.
func paged(value, next shape, more map[string]any) shape {
	answer := map[string]any{"data": listOf(value), "page": members(map[string]any{"next": nullable(next)})}
	maps.Copy(answer, more)
	return members(answer)
}

// onceOnly are the headers of a write that can be sent twice.
func onceOnly(more ...string) []string { return append([]string{idempotencyKey}, more...) }

// recordExchanges are those of records of a shape, of the values that make one
// and of those that change one.
func recordExchanges(one, values, patch shape) map[string]exchange {
	included := map[string]any{"included": mapOf(mapOf(anyObject()))}
	answer := members(map[string]any{"data": one, "included": included["included"], "can": members(map[string]any{
		"update": yesOrNo(), "delete": yesOrNo(), "fields": mapOf(text()), "actions": listOf(text()),
	})})
	list := with(paged(one, text(), included), "page", shape{
		"type": "object", "required": []string{"next"}, "properties": map[string]any{"next": nullable(text()), "total": whole()},
	})
	operation := with(sent[record.Operation](), "op", oneOf("create", "update", "upsert", "delete"))
	image := nullable(mapOf(shape{})) // there is nothing before a creation, and nothing after a deletion
	entry := with(with(answered[record.Entry](), "before", image), "after", image)
	both := answered[record.Both]()
	preview := with(answer, "data", members(map[string]any{"about": listOf(answered[record.AboutBoth]()), "comments": both, "files": both, "result": one}))
	all := map[string]exchange{
		"GET " + recordsPath: {status: http.StatusOK, asks: listParameters(), gives: list},
		"POST " + recordsPath + "/_query": {status: http.StatusOK, gives: list, takes: someOf(map[string]any{
			"where": text(), "sort": namesShape(), "fields": namesShape(), "expand": namesShape(), "limit": whole(), "offset": whole(),
			"cursor": text(), "count": text(), "view": text(), "q": text(),
		})},
		"POST " + recordsPath + "/_aggregate": {status: http.StatusOK, takes: sent[query.Aggregate](), gives: data(listOf(anyObject()))},
		"POST " + recordsPath + "/_batch": {
			status: http.StatusOK, asks: []string{"allow"}, headers: onceOnly(), takes: someOf(map[string]any{"atomic": yesOrNo(), "dry_run": yesOrNo(), "operations": listOf(operation)}),
			gives: answered[batchAnswer](),
		},
		"POST " + recordsPath: {status: http.StatusCreated, asks: []string{"allow"}, headers: onceOnly(), takes: values, gives: answer},
		"POST " + recordsPath + "/_duplicates": {
			status: http.StatusOK, takes: someOf(map[string]any{"id": text(), "values": anyObject()}), gives: data(listOf(answered[duplicate.Candidate]())),
		},
		"POST " + recordsPath + "/_read_cells":          {status: http.StatusOK, takes: sent[transfer.Block](), gives: answered[cellsAnswer]()},
		"POST " + recordPath + "/actions/merge":         {status: http.StatusOK, headers: onceOnly(), takes: sent[mergeAsk](), gives: answer},
		"POST " + recordPath + "/actions/merge/preview": {status: http.StatusOK, takes: sent[mergeAsk](), gives: preview},
		"POST " + recordPath + "/actions/undo_merge": {
			status: http.StatusOK, headers: onceOnly(), takes: someOf(map[string]any{"merge": text()}), gives: data(answered[record.Split]()),
		},
		"GET " + recordPath + "/merges":      {status: http.StatusOK, gives: members(map[string]any{"data": listOf(answered[record.Merge]()), "included": included["included"]})},
		"GET " + recordPath:                  {status: http.StatusOK, asks: []string{"fields", "expand"}, gives: answer},
		"PATCH " + recordPath:                {status: http.StatusOK, asks: []string{"allow"}, headers: onceOnly(fiber.HeaderIfMatch), takes: patch, gives: answer},
		"DELETE " + recordPath:               {status: http.StatusNoContent, headers: onceOnly(fiber.HeaderIfMatch)},
		"POST " + recordPath + "/restore":    {status: http.StatusOK, headers: onceOnly(), takes: someOf(map[string]any{"values": anyObject()}), gives: answer},
		"GET /api/v1/bin":                    {status: http.StatusOK, asks: []string{"object", "q", "limit", "cursor"}, gives: paged(answered[record.Deletion](), text(), included)},
		"DELETE /api/v1/bin/:object/:id":     {status: http.StatusNoContent, headers: onceOnly()},
		"GET /api/v1/bin/files":              {status: http.StatusOK, asks: []string{"limit", "cursor"}, gives: paged(answered[record.RemovedFile](), text(), included)},
		"POST /api/v1/bin/files/:id/restore": {status: http.StatusNoContent, headers: onceOnly()},
		"GET /api/v1/bin/retention":          {status: http.StatusOK, gives: data(answered[retention]())},
		"PUT /api/v1/bin/retention":          {status: http.StatusOK, takes: sent[retention](), gives: data(answered[retention]())},
		"GET " + recordPath + "/changes":     {status: http.StatusOK, asks: []string{"limit", "cursor"}, gives: paged(entry, text(), included)},
	}
	maps.Copy(all, poolExchanges(answer))
	return all
}

// poolExchanges are those of what waits in pools; answer is that of a record.
func poolExchanges(answer shape) map[string]exchange {
	one := func(takes shape) exchange {
		return exchange{status: http.StatusOK, headers: onceOnly(), takes: takes, gives: answer}
	}
	many := func(takes shape) exchange {
		return exchange{status: http.StatusOK, headers: onceOnly(), takes: takes, gives: answered[batchAnswer]()}
	}
	return map[string]exchange{
		"GET /api/v1/pools":                     {status: http.StatusOK, asks: []string{"object"}, gives: data(listOf(answered[pool.Mine]()))},
		"POST " + recordPath + "/actions/claim": one(nil), "POST " + recordsPath + "/_claim": many(sent[idsAsk]()),
		"POST " + recordPath + "/actions/release": one(sent[releaseAsk]()), "POST " + recordsPath + "/_release": many(sent[releaseManyAsk]()),
		"POST " + recordPath + "/actions/assign": one(sent[assignAsk]()), "POST " + recordsPath + "/_assign": many(sent[assignManyAsk]()),
	}
}

func feedExchanges() map[string]exchange {
	image := nullable(mapOf(shape{}))
	entry := with(with(answered[record.FeedEntry](), "before", image), "after", image)
	return map[string]exchange{
		"GET /api/v1/events": {status: http.StatusOK, asks: []string{"object", "record", "notifications", "since"}, headers: []string{lastEvent}, gives: text(), format: eventStream},
		"GET /api/v1/changes": {
			status: http.StatusOK, asks: []string{"since", "object", "limit"},
			gives: members(map[string]any{"data": listOf(entry), "page": members(map[string]any{"next": text()})}),
		},
	}
}

func commentExchanges() map[string]exchange {
	included := map[string]any{"included": mapOf(mapOf(anyObject()))}
	comment, said := answered[record.Comment](), sent[record.Said]()
	one := members(map[string]any{"data": comment, "included": included["included"]})
	image := nullable(mapOf(shape{}))
	change := with(with(answered[record.Entry](), "before", image), "after", image)
	activity := members(map[string]any{"object": text(), "record": mapOf(shape{})})
	entry := with(with(with(answered[record.TimelineEntry](), "change", change), "comment", comment), "activity", activity)
	return map[string]exchange{
		"GET " + recordPath + "/timeline":         {status: http.StatusOK, asks: []string{"kinds", "limit", "cursor"}, gives: paged(entry, text(), included)},
		"GET " + recordPath + "/comments":         {status: http.StatusOK, asks: []string{"limit", "cursor"}, gives: paged(comment, text(), included)},
		"POST " + recordPath + "/comments":        {status: http.StatusCreated, headers: onceOnly(), takes: said, gives: one},
		"PATCH " + commentPath:                    {status: http.StatusOK, headers: onceOnly(fiber.HeaderIfMatch), takes: said, gives: one},
		"DELETE " + commentPath:                   {status: http.StatusNoContent, headers: onceOnly(fiber.HeaderIfMatch)},
		"GET " + recordPath + "/access":           {status: http.StatusOK, asks: []string{"user"}, gives: data(answered[record.Access]())},
		"GET " + recordPath + "/shares":           {status: http.StatusOK, gives: members(map[string]any{"data": listOf(answered[record.Share]()), "can": members(map[string]any{"share": yesOrNo()}), "included": included["included"]})},
		"POST " + recordPath + "/shares":          {status: http.StatusCreated, headers: onceOnly(), takes: with(sent[record.Offer](), "to", sent[record.Recipient]()), gives: data(answered[record.Share]())},
		"DELETE " + recordPath + "/shares/:share": {status: http.StatusNoContent, headers: onceOnly()},
		"GET " + commentPath + "/edits":           {status: http.StatusOK, gives: data(listOf(answered[record.Edit]()))},
	}
}

func fileExchanges() map[string]exchange {
	one, upload := answered[file.File](), members(map[string]any{"file": shape{"type": "string", "format": "binary"}})
	content := shape{"type": "string", "format": "binary"}
	included := map[string]any{"included": mapOf(mapOf(anyObject()))}
	return map[string]exchange{
		"POST /api/v1/files":              {status: http.StatusCreated, headers: onceOnly(), takes: upload, gives: data(one)},
		"GET /api/v1/files/:id":           {status: http.StatusOK, gives: content, format: "*/*"},
		"DELETE /api/v1/files/:id":        {status: http.StatusNoContent, headers: onceOnly()},
		"GET /api/v1/files/:id/thumbnail": {status: http.StatusOK, gives: content, format: "image/*"},
		"GET " + recordPath + "/files":    {status: http.StatusOK, asks: []string{"limit", "cursor"}, gives: paged(one, text(), included)},
		"POST " + recordPath + "/files":   {status: http.StatusCreated, headers: onceOnly(), takes: upload, gives: members(map[string]any{"data": one, "included": included["included"]})},
		"DELETE " + attachmentPath:        {status: http.StatusNoContent, headers: onceOnly()},
	}
}

func personExchanges() map[string]exchange {
	me := data(answered[identity.Me]())
	return map[string]exchange{
		"POST /api/v1/auth/login":     {status: http.StatusOK, takes: members(map[string]any{"email": text(), "password": text()}), gives: data(shape{"anyOf": []any{answered[identity.Me](), answered[secondStep]()}})},
		"POST /api/v1/auth/logout":    {status: http.StatusNoContent},
		"POST /api/v1/auth/password":  {status: http.StatusNoContent, takes: members(map[string]any{"current": text(), "new": text()})},
		"GET /api/v1/session":         {status: http.StatusOK, gives: data(nullable(answered[identity.Me]()))},
		"GET /api/v1/sessions":        {status: http.StatusOK, gives: data(listOf(answered[identity.Session]()))},
		"DELETE /api/v1/sessions":     {status: http.StatusNoContent},
		"DELETE /api/v1/sessions/:id": {status: http.StatusNoContent},
		"GET /api/v1/me":              {status: http.StatusOK, gives: me},
		"PATCH /api/v1/me":            {status: http.StatusOK, takes: sent[identity.Profile](), gives: me},
		"GET /api/v1/tokens":          {status: http.StatusOK, gives: data(listOf(answered[identity.Token]()))},
		"POST /api/v1/tokens":         {status: http.StatusCreated, takes: sent[keyAsk](), gives: data(answered[identity.Token]())},
		"DELETE /api/v1/tokens/:id":   {status: http.StatusNoContent},
		"GET /api/v1/setup": {status: http.StatusOK, gives: data(members(map[string]any{
			"templates": listOf(answered[template.Template]()), "locales": listOf(text()),
		}))},
		"POST /api/v1/setup": {status: http.StatusCreated, takes: sent[setup.Request](), gives: me},
	}
}

func metaExchanges() map[string]exchange {
	result := data(answered[catalog.Result]())
	allow := []string{"allow"}
	ask := sent[catalog.Request]()
	job := exchange{status: http.StatusOK, gives: data(with(answered[catalog.Job](), "fault", nullable(answered[toldFault]())))}
	draft := data(answered[catalog.Draft]())
	return map[string]exchange{
		"GET " + draftsPath:   {status: http.StatusOK, gives: data(listOf(answered[catalog.DraftEntry]()))},
		"GET " + draftPath:    {status: http.StatusOK, gives: draft},
		"PUT " + draftPath:    {status: http.StatusOK, headers: onceOnly(fiber.HeaderIfMatch), takes: sent[catalog.Prepared](), gives: draft},
		"DELETE " + draftPath: {status: http.StatusNoContent, headers: onceOnly(fiber.HeaderIfMatch)},
		"GET /api/v1/meta": {status: http.StatusOK, asks: []string{"raw"}, headers: []string{fiber.HeaderIfNoneMatch}, gives: data(members(map[string]any{
			"revision": whole(), "definitions": listOf(anyObject()), "expressions": mapOf(anyObject()),
		}))},
		"POST /api/v1/meta/_plan":                        {status: http.StatusOK, takes: ask, gives: result},
		"POST /api/v1/meta/_apply":                       {status: http.StatusOK, later: true, headers: onceOnly(), takes: ask, gives: result},
		"GET /api/v1/meta/_jobs/:id":                     job,
		"POST /api/v1/meta/_jobs/:id/cancel":             job,
		"GET /api/v1/meta/_revisions":                    {status: http.StatusOK, asks: []string{"limit", "cursor"}, gives: paged(answered[catalog.Revision](), whole(), nil)},
		"POST /api/v1/meta/_revisions/:revision/restore": {status: http.StatusOK, later: true, asks: allow, headers: onceOnly(), gives: result},
		"GET /api/v1/bin/definitions":                    {status: http.StatusOK, gives: members(map[string]any{"data": listOf(answered[catalog.Deletion]()), "included": mapOf(mapOf(anyObject()))})},
		"POST /api/v1/bin/definitions/restore":           {status: http.StatusOK, later: true, headers: onceOnly(), takes: sent[bringBackAsk](), gives: result},
		"GET /api/v1/meta/object/:name/schema":           {status: http.StatusOK, gives: anyObject()},
		"GET /api/v1/meta/:kind":                         {status: http.StatusOK, asks: []string{"raw"}, gives: data(listOf(anyObject()))},
		"GET /api/v1/meta/:kind/:name":                   {status: http.StatusOK, asks: []string{"raw", "revision"}, gives: data(anyObject())},
		"GET " + missingPath:                             {status: http.StatusOK, gives: data(members(map[string]any{"texts": whole(), "missing": listOf(answered[metadata.Text]())}))},
		"GET /api/v1/meta/:kind/:name/users":             {status: http.StatusOK, asks: []string{"at"}, gives: data(listOf(answered[metadata.Use]()))},
		"PUT /api/v1/meta/:kind/:name":                   {status: http.StatusOK, later: true, asks: []string{"allow", "base"}, headers: onceOnly(), takes: anyObject(), gives: result},
		"DELETE /api/v1/meta/:kind/:name":                {status: http.StatusOK, later: true, asks: []string{"allow", "base"}, headers: onceOnly(), gives: result},
	}
}

func transferExchanges() map[string]exchange {
	one := data(answered[transfer.Import]())
	exported := data(answered[transfer.Export]())
	moved := exchange{status: http.StatusAccepted, gives: one}
	return map[string]exchange{
		"GET /api/v1/imports": {status: http.StatusOK, gives: data(listOf(answered[transfer.Import]()))},
		"POST /api/v1/imports": {
			status: http.StatusCreated, asks: []string{"object"}, headers: onceOnly(), gives: one,
			takes: someOf(map[string]any{"object": text(), "file": shape{"type": "string", "format": "binary"}}),
		},
		"GET /api/v1/imports/:id":          {status: http.StatusOK, gives: one},
		"PATCH /api/v1/imports/:id":        {status: http.StatusOK, takes: sent[transfer.Mapping](), gives: one},
		"DELETE /api/v1/imports/:id":       {status: http.StatusNoContent},
		"POST /api/v1/imports/:id/plan":    moved,
		"POST /api/v1/imports/:id/run":     moved,
		"POST /api/v1/imports/:id/undo":    moved,
		"POST /api/v1/imports/:id/pause":   moved,
		"POST /api/v1/imports/:id/resume":  moved,
		"POST /api/v1/imports/:id/cancel":  moved,
		"GET /api/v1/imports/:id/recipes":  {status: http.StatusOK, gives: data(listOf(answered[transfer.Recipe]()))},
		"POST /api/v1/imports/:id/recipes": {status: http.StatusCreated, takes: sent[named](), gives: data(answered[transfer.Recipe]())},
		"DELETE /api/v1/recipes/:id":       {status: http.StatusNoContent},
		"PATCH /api/v1/imports/:id/rows":   {status: http.StatusOK, takes: sent[transfer.Corrections](), gives: one},
		"GET /api/v1/imports/:id/rows": {
			status: http.StatusOK, asks: []string{"limit", "cursor", "state", "corrected"}, gives: paged(answered[transfer.RowAnswer](), whole(), nil),
		},
		"GET /api/v1/imports/:id/errors.csv":  {status: http.StatusOK, gives: text(), format: "text/csv"},
		"GET /api/v1/imports/:id/report.xlsx": {status: http.StatusOK, gives: shape{"type": "string", "format": "binary"}, format: spreadsheet},
		"POST /api/v1/exports": {status: http.StatusAccepted, gives: exported, takes: someOf(map[string]any{
			"object": text(), "where": text(), "q": text(), "sort": namesShape(), "fields": namesShape(), "view": text(), "format": text(),
		})},
		"GET /api/v1/exports/:id":      {status: http.StatusOK, gives: exported},
		"GET /api/v1/exports/:id/file": {status: http.StatusOK, gives: text(), format: "text/csv"},
	}
}

func otherExchanges() map[string]exchange {
	health := members(map[string]any{"status": text()})
	checked := shape{"type": "object", "required": []string{"valid"}, "properties": map[string]any{
		"valid": yesOrNo(), "type": text(), "sql": yesOrNo(), "tree": anyObject(),
		"error": members(map[string]any{"position": whole(), "end": whole(), "code": text(), "message": text()}),
	}}
	offer := with(answered[conversion.Offer](), "conversion", nullable(answered[conversion.Conversion]()))
	return map[string]exchange{
		"GET " + healthPath: {status: http.StatusOK, gives: health},
		"GET " + readyPath:  {status: http.StatusOK, gives: health},
		"POST /api/v1/expressions/check": {
			status: http.StatusOK, takes: someOf(map[string]any{"object": text(), "expression": text(), "use": text()}), gives: data(checked),
		},
		"POST " + holidaysPath: {status: http.StatusOK, takes: someOf(map[string]any{"text": text()}), gives: data(answered[transfer.Holidays]())},
		"POST /api/v1/expressions/evaluate": {
			status: http.StatusOK, takes: someOf(map[string]any{"object": text(), "expression": text(), "record": text()}),
			gives: data(members(map[string]any{"value": shape{}, "type": text()})),
		},
		"GET " + recordPath + "/conversion": {status: http.StatusOK, gives: data(offer)},
		"POST " + recordPath + "/actions/convert": {
			status: http.StatusOK, asks: []string{"allow"}, headers: onceOnly(), gives: data(answered[conversion.Conversion]()),
			takes: someOf(map[string]any{"targets": mapOf(sent[conversion.Choice]())}),
		},
		"POST " + recordPath + "/actions/undo_convert": {status: http.StatusOK, headers: onceOnly(), gives: data(answered[conversion.Conversion]())},
		"GET /api/v1/samples":                          {status: http.StatusOK, gives: data(answered[sample.State]())},
		"DELETE /api/v1/samples":                       {status: http.StatusAccepted, gives: data(answered[sample.State]())},
		"GET /api/v1/duplicates":                       {status: http.StatusOK, asks: []string{"object", "limit", "cursor"}, gives: paged(answered[duplicate.Pair](), text(), nil)},
		"GET /api/v1/duplicates/:object/scan":          {status: http.StatusOK, gives: data(answered[duplicate.Scan]())},
		"POST /api/v1/duplicates/:object/_dismiss":     {status: http.StatusNoContent, takes: someOf(map[string]any{"records": listOf(text())})},
		"POST /api/v1/duplicates/:object/_scan":        {status: http.StatusAccepted, gives: data(members(map[string]any{"job": whole()}))},
		"POST /api/v1/duplicates/:id/dismiss":          {status: http.StatusNoContent},
		"GET /api/v1/search":                           {status: http.StatusOK, asks: []string{"q", "objects", "limit"}, gives: data(listOf(answered[record.Result]()))},
		"GET /api/v1/openapi.json":                     {status: http.StatusOK, gives: anyObject()},
		"GET /api/v1/kinds": {status: http.StatusOK, gives: data(members(map[string]any{
			"fields": listOf(members(map[string]any{"name": text(), "schema": anyObject()})), "functions": listOf(anyObject()),
		}))},
		"POST /test/clock": {
			status: http.StatusOK, takes: someOf(map[string]any{"now": shape{"type": "string", "format": "date-time"}, "advance": text()}),
			gives: data(members(map[string]any{"now": shape{"type": "string", "format": "date-time"}})),
		},
	}
}
