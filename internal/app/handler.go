package app

import (
	"crypto/rand"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"steward/internal/api"
	"steward/internal/base/errs"
	"steward/internal/base/throttle"
	"steward/internal/publish/render"
	"steward/internal/web"
)

// limits are shared by the faces, so that one network has one allowance.
type limits struct {
	reports, phrases, signIns *throttle.Limiter
	subscribes                *throttle.Limiter
	bodies                    *throttle.Bodies
	conns                     *throttle.Conns // of the server
}

// How much is taken at the same time, by all and from one network. A form is
// in work for some milliseconds, a file as long as it takes to come in.
const (
	smallBodies = 128
	largeBodies = 128
	bodiesOfOne = 16
	connections = 4096 // of each of them some 30 KB is kept
	connsOfOne  = 128
)

// subscribesPerHour is how often one network may ask for notices, or show a
// link that opens nothing.
const subscribesPerHour = 30

// strangersPerHour is how many reports from everyone outside stand in the
// queue as they come. More are kept just as well, and stand behind what the
// team has to do: people cannot read more, whoever sends them.
const strangersPerHour = 60

func (a *App) newLimits() (l limits, err error) {
	for _, x := range []struct {
		to *(*throttle.Limiter)
		n  int
	}{{&l.reports, a.Config.Intake.ReportsPerHour}, {&l.phrases, a.Config.Intake.PhrasesPerHour}, {&l.signIns, a.Config.Intake.SignInsPerHour}, {&l.subscribes, subscribesPerHour}} {
		if *x.to, err = throttle.PerHour(x.n, throttle.DefaultKeys, a.clock, rand.Reader); err != nil {
			return l, err
		}
	}
	l.bodies = throttle.NewBodies(smallBodies, largeBodies, bodiesOfOne)
	return l, nil
}

// API is the JSON face alone, for a command that works on the data directory.
func (a *App) API() (http.Handler, error) {
	l, err := a.newLimits()
	if err != nil {
		return nil, err
	}
	return a.api(l), nil
}

func (a *App) api(l limits) http.Handler {
	s := &api.Server{
		DB: a.DB, Cases: a.Cases, Lists: a.Lists, Accounts: a.Accounts, Advisories: a.Advisories, Mail: a.Mail, Rota: a.Rota, Linter: a.Linter, Log: a.log, Clock: a.clock,
		Reports: l.reports, Phrases: l.phrases, BaseURL: a.Config.BaseURL,
		Published: a.published, Subscribers: a.Subscribers,
	}
	return s.Handler()
}

// Handler is all of Steward on one address: the API, the dynamic pages, and
// the published tree for everything else.
func (a *App) Handler() (http.Handler, error) {
	l, err := a.newLimits()
	if err != nil {
		return nil, err
	}
	proxies, err := a.proxies()
	if err != nil {
		return nil, err
	}
	l.conns = throttle.NewConns(min(connections, openFiles()/2), connsOfOne, func(from netip.Addr) bool { return trusted(proxies, from) })
	a.limits.Store(&l)
	strangers, err := throttle.PerHour(strangersPerHour, 1, a.clock, rand.Reader)
	if err != nil {
		return nil, err
	}
	a.Cases.Crowd = func() bool {
		_, ok := strangers.Allow("everyone")
		return !ok
	}
	dynamic, err := web.New(web.Deps{
		DB: a.DB, Keys: a.Keys, Cases: a.Cases, Lists: a.Lists, Accounts: a.Accounts, Mail: a.Mail, Rota: a.Rota, Linter: a.Linter,
		Site: func() render.Site { return a.site }, Publish: a.published,
		Checkup: a.Checkup,
		Zone:    a.Config.Advisories.Zone,
		Reports: l.reports, Phrases: l.phrases, SignIns: l.signIns,
		Subscribers: a.Subscribers, Subscribes: l.subscribes, ByMail: a.Mail.Send != nil,
		Census: a.census(), CensusPublic: a.Config.Census.Public(),
		Log: a.log, Clock: a.clock, Rand: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	assets, public := a.observe("assets", dynamic), a.observe("public", a.Publisher.Handler())
	census := a.observe("census", dynamic)
	machine, dynamic := a.observe("", l.bodies.Handler(a.api(l))), a.observe("", l.bodies.Handler(dynamic))
	return behind(proxies, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/"):
			machine.ServeHTTP(w, r)
		case r.URL.Path == "/healthz":
			a.answerHealth(w, r)
		case strings.HasPrefix(r.URL.Path, "/assets/"):
			assets.ServeHTTP(w, r)
		case a.Config.Census.Public() && strings.HasPrefix(r.URL.Path+"/", censusPath):
			census.ServeHTTP(w, r)
		case isDynamic(r.URL.Path):
			dynamic.ServeHTTP(w, r)
		default:
			public.ServeHTTP(w, r)
		}
	})), nil
}

// isDynamic tells the pages that are made on request from those of the tree.
func isDynamic(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "report", "mailbox", "team", "enrol", "subscribe", "calendar", "lists", "census":
		return true
	}
	return false
}

func (a *App) proxies() (list []netip.Prefix, err error) {
	for _, p := range a.Config.Proxies {
		prefix, err := netip.ParsePrefix(p)
		if addr, aerr := netip.ParseAddr(p); aerr == nil {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, errs.Invalidf("proxies", "%q is not an address or a network", p).WithHint("write it as 127.0.0.1 or 10.0.0.0/8")
		}
		list = append(list, prefix.Masked())
	}
	return list, nil
}

// promise is the sentence in which the security page says how soon a person answers.
func promise(within time.Duration) string {
	switch hours := int(within.Round(time.Hour).Hours()); {
	case hours >= 48 && hours%24 == 0:
		return "A person answers within " + number(hours/24) + " days."
	case hours == 1:
		return "A person answers within an hour."
	default:
		return "A person answers within " + number(hours) + " hours."
	}
}
