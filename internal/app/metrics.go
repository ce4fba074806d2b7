package app

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"steward/internal/base/acl"
	"steward/internal/base/clock"
)

// meter counts what happens, for Prometheus. No label holds anything of a case,
// a person or an address: only patterns of routes, and words of this program.
type meter struct {
	registry *prometheus.Registry

	requests *prometheus.CounterVec   // by route and class of status
	seconds  *prometheus.HistogramVec // by route
	reports  *prometheus.CounterVec   // by outcome

	publications   prometheus.Counter
	publishSeconds prometheus.Histogram
	releases       prometheus.Counter

	commits       prometheus.Histogram // writes kept by each
	commitSeconds prometheus.Histogram
}

func newMeter(a *App) *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "steward_requests_total", Help: "Requests answered, by the pattern of their route."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "steward_request_seconds", Help: "How long requests took, by the pattern of their route.",
			Buckets: []float64{.001, .005, .025, .1, .25, 1, 5, 30}}, []string{"route"}),
		reports:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "steward_reports_total", Help: "Reports sent by the form and the API: received, or why not."}, []string{"outcome"}),
		publications: prometheus.NewCounter(prometheus.CounterOpts{Name: "steward_publications_total", Help: "How often the public tree was published since the start."}),
		publishSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "steward_publication_seconds", Help: "How long a publication took, to the synced disk.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 5, 30, 120}}),
		releases: prometheus.NewCounter(prometheus.CounterOpts{Name: "steward_timed_releases_total", Help: "Timed releases that went out since the start."}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "steward_commit_writes", Help: "How many writes one commit kept.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128}}),
		commitSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "steward_commit_seconds", Help: "How long a commit took to be on the disk.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .1, .5, 2}}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.reports, m.publications, m.publishSeconds, m.releases, m.commits, m.commitSeconds,
		&gauges{a}, collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meter) published(times int64, took time.Duration) {
	m.publications.Add(float64(times))
	m.publishSeconds.Observe(took.Seconds())
}

func (m *meter) committed(writes int, took time.Duration) {
	if writes > 0 {
		m.commits.Observe(float64(writes))
		m.commitSeconds.Observe(took.Seconds())
	}
}

// answered counts one request.
func (m *meter) answered(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, string('0'+rune(status/100))+"xx").Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
	if outcome := outcomeOf(route, status); outcome != "" {
		m.reports.WithLabelValues(outcome).Inc()
	}
}

// outcomeOf says what became of a report that was sent; "" for other requests.
// The form is also sent to be checked, which is answered as a receipt is: what
// is received is counted in the database.
func outcomeOf(route string, status int) string {
	if route != "POST /report" && route != "POST /api/v1/reports" {
		return ""
	}
	switch {
	case status == http.StatusTooManyRequests:
		return "too often"
	case status == http.StatusRequestEntityTooLarge:
		return "too large"
	case status >= 500:
		return "failed"
	case status >= 400:
		return "not acceptable"
	}
	return ""
}

// Metrics answers with all of it in Prometheus' format. It tells how busy the
// team is, so it is served on an address of its own and never to the public.
func (a *App) Metrics() http.Handler {
	return promhttp.HandlerFor(a.meter.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
}

// gauges are what is read when someone looks.
type gauges struct{ a *App }

// scrapeTime is how long the reading may take.
const scrapeTime = 5 * time.Second

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("steward_"+name, help, labels, nil)
}

var (
	gaugeCases      = gauge("cases", "Cases by state.", "state")
	gaugeReports    = gauge("reports", "Reports that were received, ever.")
	gaugeScheduled  = gauge("timed_releases", "Timed releases that are set.")
	gaugeOverdue    = gauge("timed_releases_overdue", "Timed releases whose hour is past.")
	gaugeUnanswered = gauge("acknowledgements_overdue", "Cases that nobody has answered by the hour that was promised.")
	gaugeSessions   = gauge("sessions", "Browsers that are signed in.", "as")
	gaugeWaiting    = gauge("publication_waiting", "Entries of the public record that are not in the public tree.")
	gaugePublished  = gauge("publication_timestamp_seconds", "When the public tree was last published.")
	gaugeWorked     = gauge("work_timestamp_seconds", "When all that was due was last done.")
	gaugeQueue      = gauge("writer_waiting", "Writes that wait for the writer.")
	gaugeRefused    = gauge("throttle_refusals_total", "What came too often, or was too much at once, and was refused or cut.", "what")
	gaugeDatabase   = gauge("database_bytes", "Room that the database takes.")
	gaugeBlobs      = gauge("attachments_bytes", "Room that attachments take, sealed, as of the last sweep.")
	gaugeFree       = gauge("disk_free_bytes", "Free room of the disk that the data directory is on.")
	gaugeSynced     = gauge("clock_synchronised", "Whether a time server vouches for the machine's clock.")
	gaugeHeld       = gauge("clock_held_seconds", "How far the machine's clock has jumped ahead of the time that Steward goes by.")
)

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		gaugeCases, gaugeReports, gaugeScheduled, gaugeOverdue, gaugeUnanswered, gaugeSessions, gaugeWaiting, gaugePublished,
		gaugeWorked, gaugeQueue, gaugeRefused, gaugeDatabase, gaugeBlobs, gaugeFree, gaugeSynced, gaugeHeld,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector. What cannot be read is left out and
// logged, so that the rest is still told.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	a := g.a
	tell := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	check := func(err error) bool {
		if err != nil {
			a.log.Warn("a metric cannot be read", "error", err)
		}
		return err == nil
	}
	if p, err := a.Cases.Pulse(ctx, acl.Myself()); check(err) {
		for state, n := range p.States {
			tell(gaugeCases, float64(n), string(state))
		}
		tell(gaugeReports, float64(p.Reports))
		tell(gaugeScheduled, float64(p.Scheduled))
		tell(gaugeOverdue, float64(p.Overdue))
		tell(gaugeUnanswered, float64(p.Unacknowledged))
	}
	if users, mailboxes, err := a.Accounts.CountSessions(ctx, acl.Myself()); check(err) {
		tell(gaugeSessions, float64(users), "user")
		tell(gaugeSessions, float64(mailboxes), "reporter")
	}
	if n, err := a.Publisher.Waiting(ctx); check(err) {
		tell(gaugeWaiting, float64(n))
	}
	if n, err := a.DB.Size(ctx); check(err) {
		tell(gaugeDatabase, float64(n))
	}
	if free, err := diskFree(string(a.Dir)); check(err) {
		tell(gaugeFree, float64(free))
	}
	if s, err := clock.Kernel(); err == nil { // some containers do not tell
		tell(gaugeSynced, map[bool]float64{true: 1}[s.Synced])
	}
	tell(gaugeBlobs, float64(a.blobBytes.Load()))
	tell(gaugePublished, seconds(a.Publisher.Tree.Published()))
	tell(gaugeWorked, seconds(a.heart.last()))
	tell(gaugeQueue, float64(a.DB.Waiting()))
	tell(gaugeHeld, a.heldBack().Seconds())
	if l := a.limits.Load(); l != nil {
		for what, n := range map[string]int64{
			"report": l.reports.Refused(), "phrase": l.phrases.Refused(), "sign-in": l.signIns.Refused(), "subscription": l.subscribes.Refused(),
			"body": l.bodies.Refused(), "body under way": l.bodies.Cut(), "connection": l.conns.Cut(),
		} {
			out <- prometheus.MustNewConstMetric(gaugeRefused, prometheus.CounterValue, float64(n), what)
		}
	}
}

// seconds is a time as Prometheus wants it; 0: never.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
