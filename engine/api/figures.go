package api

import (
	"net/http"

	"github.com/trellis-crm/trellis/engine/analytics"
)

const (
	metricPath = "/api/v1/metrics/:name/_evaluate"
	reportPath = "/api/v1/reports/:name/_evaluate"
)

func (s *Server) figureRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: metricPath, Reads: true, Summary: "The figure of a metric", handle: s.evaluateMetric},
		{Method: http.MethodPost, Path: reportPath, Reads: true, Summary: "The figures of a report", handle: s.evaluateReport},
	}
}

func (s *Server) evaluateMetric(r *request) error {
	var filter analytics.Filter
	if err := r.into(smallBody, &filter); err != nil {
		return err
	}
	metric, err := s.Analytics.Metric(r.ctx, r.actor, r.Params("name"), filter)
	if err != nil {
		return err
	}
	return r.data(http.StatusOK, metric)
}

func (s *Server) evaluateReport(r *request) error {
	var filter analytics.Filter
	if err := r.into(smallBody, &filter); err != nil {
		return err
	}
	report, err := s.Analytics.Report(r.ctx, r.actor, r.Params("name"), filter)
	if err != nil {
		return err
	}
	return r.send(http.StatusOK, map[string]any{"data": report, "included": report.Included})
}

func figureExchanges() map[string]exchange {
	included := mapOf(mapOf(answered[analytics.Reference]()))
	metric := with(with(answered[analytics.Metric](), "period", nullable(answered[analytics.Period]())), "previous", nullable(answered[analytics.Figure]()))
	group := with(answered[analytics.Group](), "values", anyObject())
	return map[string]exchange{
		"POST " + metricPath: {status: http.StatusOK, takes: sent[analytics.Filter](), gives: data(metric)},
		"POST " + reportPath: {status: http.StatusOK, takes: sent[analytics.Filter](), gives: members(map[string]any{
			"data": with(answered[analytics.Report](), "groups", listOf(group)), "included": included,
		})},
	}
}
