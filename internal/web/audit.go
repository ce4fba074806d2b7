package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/look"
)

// auditPage shows the record of all deeds, the latest first, without what is
// private of a case, and verifies it.
type auditPage struct {
	look.Shell
	form
	Entries  []entry
	Older    string // address of the part before; empty at the beginning
	Verified *audit.Head
	Broken   string
}

const auditShown = 100

func entryOf(e audit.Entry) entry {
	out := entry{At: e.At, Who: e.ActorName, Role: e.Role, Did: e.Action, Seq: e.Seq}
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		out.Details = append(out.Details, name+": "+e.Detail[name])
	}
	return out
}

func (s *server) auditPage(v *visit) error {
	if err := acl.Check(acl.AuditRead, acl.AuditRead, v.c.Role); err != nil {
		return err
	}
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	p := auditPage{Shell: s.shell(v, "The record"), form: f}
	before, err := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0
	}
	err = s.DB.Read(v.ctx(), func(q db.Queryer) error {
		list, err := audit.Page(v.ctx(), q, before, auditShown)
		if err != nil {
			return err
		}
		for _, e := range list {
			p.Entries = append(p.Entries, entryOf(e))
		}
		if !v.post() {
			return nil
		}
		head, err := audit.Verify(v.ctx(), q, nil)
		if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
			p.Broken = broken.Error()
			return nil
		}
		p.Verified = &head
		return err
	})
	if err != nil {
		return err
	}
	if n := len(p.Entries); n == auditShown {
		p.Older = "/team/audit?before=" + strconv.FormatInt(p.Entries[n-1].Seq, 10)
	}
	return s.render(v, http.StatusOK, "audit", p)
}
