package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

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
	Days     []daysEntries
	Older    string // address of the part before; empty at the beginning
	Verified *audit.Head
	Broken   string
}

const auditShown = 100

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
	var entries []entry
	err = s.DB.Read(v.ctx(), func(q db.Queryer) error {
		list, err := audit.Page(v.ctx(), q, before, auditShown)
		if err != nil {
			return err
		}
		for _, e := range list {
			one := entryOf(e)
			one.Case, _ = strings.CutPrefix(e.Subject, "case/")
			if one.Case == e.Subject {
				one.Case = ""
			}
			entries = append(entries, one)
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
	p.Days = byDay(entries)
	if n := len(entries); n == auditShown {
		p.Older = "/team/audit?before=" + strconv.FormatInt(entries[n-1].Seq, 10)
	}
	return s.render(v, http.StatusOK, "audit", p)
}
