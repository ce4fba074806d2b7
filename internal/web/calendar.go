package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/format/ical"
)

// How far ahead the feed looks, how often a program should come again, and how
// long before a deadline it sounds.
const (
	feedAhead   = 366 * 24 * time.Hour
	feedRefresh = time.Hour
	feedAlarm   = 2 * time.Hour
)

// calendar gives the feed of a person's deadlines to whoever has its address.
// Calendar programs hand it to other machines, so it says when, and nothing
// else: neither what falls due nor of which case.
func (s *server) calendar(v *visit) error {
	secret, ok := strings.CutSuffix(v.r.PathValue("secret"), ".ics")
	if !ok {
		return errs.Missing()
	}
	c, err := s.Accounts.CalendarOf(v.ctx(), secret)
	if err != nil {
		return err
	}
	now := s.now()
	list, err := s.Cases.Deadlines(v.ctx(), c, now.Add(feedAhead))
	if err != nil {
		return err
	}
	body, err := s.feed(list, now).Encode()
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="steward.ics"`)
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = v.w.Write(body) // a program that has gone needs nothing
	return nil
}

// feed makes entries whose names stay the same when their hour moves, and tell
// nothing to whoever does not have our keys.
func (s *server) feed(list []cvd.Falling, now time.Time) ical.Calendar {
	site := s.Site()
	host := "steward.invalid"
	if u, err := url.Parse(site.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	cal := ical.Calendar{Name: "Steward", ProdID: "-//Steward//Deadlines//EN", Refresh: feedRefresh, Alarm: feedAlarm}
	seen := map[string]int{}
	for _, f := range list {
		m := hmac.New(sha256.New, s.Keys.Derive("calendar entry"))
		m.Write([]byte(f.Case + "\x00" + string(f.What)))
		name := hex.EncodeToString(m.Sum(nil)[:16])
		if seen[name]++; seen[name] > 1 {
			name += "-" + strconv.Itoa(seen[name])
		}
		cal.Entries = append(cal.Entries, ical.Entry{
			UID: name + "@" + host, At: f.At, Summary: "A deadline in Steward", URL: site.URL("team"), Updated: now.Truncate(time.Hour),
		})
	}
	return cal
}

// makeCalendar makes the address of the feed and shows it in the answer itself
// and nowhere again.
func (s *server) makeCalendar(v *visit) error {
	secret, err := s.Accounts.MakeCalendar(v.ctx(), v.c)
	if err != nil {
		return s.meDeed(v, "", err)
	}
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showMe(v, http.StatusOK, f, func(p *mePage) { p.Feed = s.Site().URL("calendar/" + secret + ".ics") })
}

func (s *server) removeCalendar(v *visit) error {
	return s.meDeed(v, "removed", s.Accounts.RemoveCalendar(v.ctx(), v.c))
}
