package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
	"steward/internal/rota"
)

// rotaPage says who is on call, and edits the rota.
type rotaPage struct {
	look.Shell
	form
	Made      bool // there is a rota
	Who       string
	Until     time.Time
	Zone      string
	Shifts    []shift
	Lanes     []lane
	From, To  time.Time // of the picture
	May       bool
	Weekdays  []time.Weekday
	Hours     []string
	People    []choice // who can take turns
	Order     []int    // rows of the form
	Overrides []int
	Changed   string // who made this version
	ChangedAt time.Time
	Now       time.Time
}

// shift is a time in which one person is on call, as the table shows it.
type shift struct {
	Who      string
	From, To string // in the zone of the rota
	FromAt   time.Time
	Override bool
	Reason   string
	Now      bool
}

// lane is one person's shifts in the picture, whose width is 100.
type lane struct {
	Who  string
	Bars []bar
}

type bar struct {
	X, Width float64
	Override bool
}

// choice is a person to choose.
type choice struct{ ID, Name string }

// shownShifts is how many shifts are shown.
const shownShifts = 8

// everyone is who is told where nobody is on call.
const everyone = "All handlers"

// onCallNow names who is on call, for the navigation; empty if nobody is.
func (s *server) onCallNow(v *visit) string {
	r, err := s.Rota.Read(v.ctx(), v.c)
	if err != nil {
		v.lack(err)
		return ""
	}
	if r.Number == 0 {
		return ""
	}
	names := map[rota.Member]string{}
	who, _ := r.OnCall(s.now(), func(m rota.Member) bool {
		u, err := s.Accounts.User(v.ctx(), v.c, string(m))
		if err != nil && errs.KindOf(err) != errs.NotFound {
			v.lack(err)
		}
		if err != nil || !onTurn(u) {
			return false
		}
		names[m] = u.Name
		return true
	})
	if who == rota.Nobody {
		return ""
	}
	return names[who]
}

// onTurn tells who can be on call: the same that is asked when someone is to
// be told.
func onTurn(u account.User) bool {
	return u.Active() && (u.Role == acl.Handler || u.Role == acl.Lead)
}

func (s *server) rota(v *visit) error { return s.showRota(v, http.StatusOK, nil) }

// showRota shows the rota; f is nil for what is kept.
func (s *server) showRota(v *visit, code int, f *form) error {
	r, err := s.Rota.Read(v.ctx(), v.c)
	if err != nil {
		return err
	}
	users, err := s.onTheRota(v, r)
	if err != nil {
		return err
	}
	names, able := map[rota.Member]string{}, map[rota.Member]bool{}
	p := rotaPage{
		Shell: s.shell(v, "On call"), Made: r.Number > 0, Zone: r.Zone, May: v.may(acl.RotaEdit), Now: s.now(), ChangedAt: r.At,
		Weekdays: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday},
	}
	for h := range 24 {
		p.Hours = append(p.Hours, fmt.Sprintf("%02d:00", h))
	}
	for _, u := range users {
		m := rota.Member(u.ID)
		names[m], able[m] = u.Name, onTurn(u)
		if able[m] || slices.Contains(r.Order, m) || slices.ContainsFunc(r.Overrides, func(o rota.Override) bool { return o.Who == m }) {
			p.People = append(p.People, choice{u.ID, u.Name})
		}
		if u.ID == r.By {
			p.Changed = u.Name
		}
	}
	p.shifts(r.Rota, names, able)
	if f == nil {
		kept, err := s.newForm(v)
		if err != nil {
			return err
		}
		kept.fillRota(r, s.Zone, p.Now)
		f = &kept
	}
	p.form = *f
	p.Order, p.Overrides = f.rows("order", code == http.StatusOK, 1), f.rows("overrides", false, 1)
	return s.render(v, code, "rota", p)
}

// onTheRota gives who can take turns, and who else the rota names.
func (s *server) onTheRota(v *visit, r rota.Version) (users []account.User, err error) {
	err = s.DB.Read(v.ctx(), func(q db.Queryer) error {
		users, err = s.Accounts.Holding(v.ctx(), acl.Myself(), q, acl.Handler, acl.Lead)
		return err
	})
	if err != nil {
		return nil, err
	}
	named := append(slices.Clone(r.Order), rota.Member(r.By))
	for _, o := range r.Overrides {
		named = append(named, o.Who)
	}
	for _, m := range named {
		if slices.ContainsFunc(users, func(u account.User) bool { return u.ID == string(m) }) {
			continue
		}
		u, err := s.Accounts.User(v.ctx(), v.c, string(m))
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}

// shifts fills in who is on call now, the table and the picture.
func (p *rotaPage) shifts(r rota.Rota, names map[rota.Member]string, able map[rota.Member]bool) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = time.UTC
	}
	name := func(m rota.Member) string {
		if m == rota.Nobody {
			return everyone
		}
		return names[m]
	}
	can := func(m rota.Member) bool { return able[m] }
	who, until := r.OnCall(p.Now, can)
	p.Who, p.Until = name(who), until
	coming := r.Upcoming(p.Now, shownShifts, can)
	if len(coming) == 0 || coming[0].To.IsZero() {
		return
	}
	p.From, p.To = p.Now, coming[len(coming)-1].To
	if p.To.IsZero() {
		p.To = coming[len(coming)-1].From.AddDate(0, 0, 7)
	}
	for i, c := range coming {
		one := shift{
			Who: name(c.Who), From: c.From.In(zone).Format("Mon 2 Jan, 15:04"), FromAt: c.From, Override: c.Override, Reason: c.Reason, Now: i == 0,
		}
		if !c.To.IsZero() {
			one.To = c.To.In(zone).Format("Mon 2 Jan, 15:04")
		} else {
			c.To = p.To
		}
		p.Shifts = append(p.Shifts, one)
		at := slices.IndexFunc(p.Lanes, func(l lane) bool { return l.Who == one.Who })
		if at < 0 {
			p.Lanes, at = append(p.Lanes, lane{Who: one.Who}), len(p.Lanes)
		}
		p.Lanes[at].Bars = append(p.Lanes[at].Bars, p.bar(c))
	}
}

func (p *rotaPage) bar(c rota.Shift) bar {
	share := func(t time.Time) float64 {
		return float64(int(1000*t.Sub(p.From).Seconds()/p.To.Sub(p.From).Seconds())) / 10
	}
	return bar{X: share(c.From), Width: max(0.5, share(c.To)-share(c.From)-0.4), Override: c.Override}
}

// fillRota fills the form; an empty rota begins with what most teams want.
func (f form) fillRota(r rota.Version, zone string, now time.Time) {
	f.set("version", strconv.FormatInt(r.Number, 10))
	if r.Number == 0 {
		r.Zone, r.Start = zone, rota.Date(now.Format(time.DateOnly))
		r.Handover = rota.Handover{Weekday: time.Monday, Hour: 10}
	}
	f.set("zone", r.Zone)
	f.set("weekday", strconv.Itoa(int(r.Handover.Weekday)))
	f.set("hour", strconv.Itoa(r.Handover.Hour))
	f.set("start", string(r.Start))
	for i, m := range r.Order {
		f.set(fmt.Sprintf("order.%d", i), string(m))
	}
	n := 0
	for _, o := range r.Overrides {
		if o.To.Before(now.AddDate(0, 0, -7)) {
			continue // long past: it goes with the next edit
		}
		row := fmt.Sprintf("overrides.%d.", n)
		f.set(row+"who", string(o.Who))
		f.set(row+"reason", o.Reason)
		f.setHour(row+"from", o.From, r.Zone)
		f.setHour(row+"to", o.To, r.Zone)
		n++
	}
}

// editRota puts another rota in force, or gives more rows, as the button says.
func (s *server) editRota(v *visit) error {
	typed := v.r.PostForm
	if v.field("do") == "more" {
		if err := acl.Check(acl.RotaRead, acl.RotaEdit, v.c.Role); err != nil {
			return err
		}
		return s.rotaAgain(v, nil)
	}
	if err := acl.Check(acl.RotaRead, acl.RotaEdit, v.c.Role); err != nil {
		return err
	}
	r, places, err := readRota(typed)
	at, stale := version(typed)
	if err = errors.Join(err, stale); err == nil {
		_, err = s.Rota.Edit(v.ctx(), v.c, at, r)
	}
	if err == nil {
		return s.done(v, "saved", "/team/rota")
	}
	return s.rotaAgain(v, placed(err, func(field string) string {
		if place, ok := places[field]; ok {
			return place
		}
		return field
	}))
}

func (s *server) rotaAgain(v *visit, err error) error {
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showRota(v, code, &f)
}

// readRota reads the form. places tells where in the form each override of the
// result came from.
func readRota(typed url.Values) (r rota.Rota, places map[string]string, err error) {
	line := func(name string) string { return strings.TrimSpace(typed.Get(name)) }
	r.Zone, r.Start = line("zone"), rota.Date(line("start"))
	weekday, dayErr := strconv.Atoi(line("weekday"))
	hour, hourErr := strconv.Atoi(line("hour"))
	if dayErr != nil || hourErr != nil {
		weekday, hour = -1, -1
	}
	r.Handover = rota.Handover{Weekday: time.Weekday(weekday), Hour: hour}
	f := form{Values: typed}
	for _, i := range f.rows("order", false, 0) {
		if who := line(fmt.Sprintf("order.%d", i)); who != "" {
			r.Order = append(r.Order, rota.Member(who))
		}
	}
	places = map[string]string{}
	var ps errs.Problems
	for _, i := range f.rows("overrides", false, 0) {
		row := fmt.Sprintf("overrides.%d", i)
		o := rota.Override{Who: rota.Member(line(row + ".who")), Reason: line(row + ".reason")}
		from, fromErr := readLocal(typed, row+".from", r.Zone)
		to, toErr := readLocal(typed, row+".to", r.Zone)
		if o.Who == rota.Nobody && o.Reason == "" && from.IsZero() && to.IsZero() && fromErr == nil && toErr == nil {
			continue
		}
		for _, err := range []error{fromErr, toErr} {
			if e, ok := errors.AsType[*errs.Error](err); ok {
				ps = append(ps, e)
			}
		}
		o.From, o.To = from, to
		places[fmt.Sprintf("overrides.%d", len(r.Overrides))] = row
		r.Overrides = append(r.Overrides, o)
	}
	return r, places, ps.Err()
}

// readLocal reads a day and an hour of a zone; both empty are zero.
func readLocal(form url.Values, field, zone string) (time.Time, error) {
	day, hour := strings.TrimSpace(form.Get(field)), strings.TrimSpace(form.Get(field+".time"))
	if day == "" && hour == "" {
		return time.Time{}, nil
	}
	at, err := cvd.LocalHour(day+"T"+hour, zone)
	return at, placed(err, func(name string) string {
		if name == "zone" {
			return "zone"
		}
		return field
	})
}
