package api

import (
	"context"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/rota"
)

type (
	// Rota is who takes turns, with people by their names.
	Rota struct {
		Version   int64         `json:"version"`
		Zone      string        `json:"zone"`
		Handover  rota.Handover `json:"handover"`
		Order     []string      `json:"order"`
		Start     rota.Date     `json:"start"`
		Overrides []Override    `json:"overrides"`
	}
	// Override gives a time to someone.
	Override struct {
		From   time.Time `json:"from"`
		To     time.Time `json:"to"`
		Who    string    `json:"who"`
		Reason string    `json:"reason,omitempty"`
	}
	// Duty is who is on call, and what comes.
	Duty struct {
		Rota     Rota      `json:"rota"`
		Who      string    `json:"who"` // empty: all handlers and leads
		Until    time.Time `json:"until,omitzero"`
		Upcoming []Shift   `json:"upcoming"`
	}
	// Shift is a time in which one person is on call.
	Shift struct {
		From     time.Time `json:"from"`
		To       time.Time `json:"to,omitzero"`
		Who      string    `json:"who"`
		Override bool      `json:"override,omitempty"`
		Reason   string    `json:"reason,omitempty"`
	}
)

// shownShifts is how many shifts are shown.
const shownShifts = 8

// rotaRoutes are about who is on call.
func (s *Server) rotaRoutes() []Route {
	return []Route{
		{"GET", "/rota", "who is on call", deed(s.readRota)},
		{"POST", "/rota", "put another rota in force", deed(s.editRota)},
	}
}

func (s *Server) readRota(ctx context.Context, c acl.Caller, _ string, _ none) (Duty, error) {
	v, err := s.Rota.Read(ctx, c)
	if err != nil {
		return Duty{}, err
	}
	return s.duty(ctx, c, v)
}

// duty shows a version of the rota by people's names.
func (s *Server) duty(ctx context.Context, c acl.Caller, v rota.Version) (Duty, error) {
	names, able := map[rota.Member]string{}, map[rota.Member]bool{}
	know := func(m rota.Member) error {
		if _, known := names[m]; known {
			return nil
		}
		u, err := s.Accounts.User(ctx, c, string(m))
		if err == nil {
			names[m], able[m] = u.Name, u.Active() && (u.Role == acl.Handler || u.Role == acl.Lead)
		}
		if errs.Is(err, errs.NotFound) {
			return nil
		}
		return err
	}
	for _, m := range v.Order {
		if err := know(m); err != nil {
			return Duty{}, err
		}
	}
	for _, o := range v.Overrides {
		if err := know(o.Who); err != nil {
			return Duty{}, err
		}
	}
	can := func(m rota.Member) bool { return able[m] }
	out := Duty{
		Rota: Rota{
			Version: v.Number, Zone: v.Zone, Handover: v.Handover, Start: v.Start, Order: []string{}, Overrides: []Override{},
		},
		Upcoming: []Shift{},
	}
	for _, m := range v.Order {
		out.Rota.Order = append(out.Rota.Order, names[m])
	}
	for _, o := range v.Overrides {
		out.Rota.Overrides = append(out.Rota.Overrides, Override{From: o.From, To: o.To, Who: names[o.Who], Reason: o.Reason})
	}
	who, until := v.OnCall(s.Clock(), can)
	out.Who, out.Until = names[who], until
	for _, x := range v.Upcoming(s.Clock(), shownShifts, can) {
		out.Upcoming = append(out.Upcoming, Shift{From: x.From, To: x.To, Who: names[x.Who], Override: x.Override, Reason: x.Reason})
	}
	return out, nil
}

func (s *Server) editRota(ctx context.Context, c acl.Caller, _ string, in Rota) (Duty, error) {
	if err := acl.Check(acl.RotaRead, acl.RotaEdit, c.Role); err != nil {
		return Duty{}, err
	}
	r := rota.Rota{Zone: in.Zone, Handover: in.Handover, Start: in.Start}
	member := func(field, name string) (rota.Member, error) {
		u, err := s.Accounts.UserNamed(ctx, c, name)
		if errs.Is(err, errs.NotFound) {
			err = errs.Invalidf(field, "There is no person of the name %q.", name)
		}
		return rota.Member(u.ID), err
	}
	for i, name := range in.Order {
		m, err := member(fmt.Sprintf("order.%d", i), name)
		if err != nil {
			return Duty{}, err
		}
		r.Order = append(r.Order, m)
	}
	for i, o := range in.Overrides {
		m, err := member(fmt.Sprintf("overrides.%d", i), o.Who)
		if err != nil {
			return Duty{}, err
		}
		r.Overrides = append(r.Overrides, rota.Override{From: o.From, To: o.To, Who: m, Reason: o.Reason})
	}
	v, err := s.Rota.Edit(ctx, c, in.Version, r)
	if err != nil {
		return Duty{}, err
	}
	return s.duty(ctx, c, v)
}
