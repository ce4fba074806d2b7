package web

import (
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/look"
)

// auditPage shows the record of all deeds, the latest first, without what is
// private of a case, and verifies it.
type auditPage struct {
	look.Shell
	form
	Days     []daysEntries
	Pages    pager
	Verified *audit.Head
	Broken   string
	Going    *going
}

// going is a verification on its way.
type going struct {
	Done, All, Share int64  // entries; percent
	Next             string // address of the part that follows
}

const (
	auditShown = 100
	auditPart  = 2000 // entries that one page verifies, so that none takes long
)

// auditPage shows a part of the record. Sent as a form it begins to verify the
// record; the address of the next part says how far it has come, so that a long
// record is verified page by page, and leaving the page ends it.
func (s *server) auditPage(v *visit) error {
	if err := acl.Check(acl.AuditRead, acl.AuditRead, v.c.Role); err != nil {
		return err
	}
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	p := auditPage{Shell: s.shell(v, "The record"), form: f}
	ask := v.r.URL.Query()
	var from audit.Head
	if place := ask.Get("verify"); place != "" {
		if from, err = s.tokens.readPlace(place); err != nil {
			return err
		}
	}
	if v.post() || from.Seq > 0 {
		if err := s.verify(v, &p, from); err != nil {
			return err
		}
	}
	if p.Going == nil {
		before, err := strconv.ParseInt(ask.Get("before"), 10, 64)
		if err != nil {
			before = 0
		}
		if err := s.readRecord(v, &p, before); err != nil {
			return err
		}
	}
	return s.render(v, http.StatusOK, "audit", p)
}

// readRecord reads the entries before one; 0 begins with the latest.
func (s *server) readRecord(v *visit, p *auditPage, before int64) error {
	var list []audit.Entry
	err := s.DB.Read(v.ctx(), func(q db.Queryer) (err error) {
		list, err = audit.Page(v.ctx(), q, before, auditShown)
		return err
	})
	if err != nil {
		return err
	}
	var entries []entry
	for _, e := range list {
		one := entryOf(e)
		if id, ok := strings.CutPrefix(e.Subject, "case/"); ok {
			one.Case = id
		}
		entries = append(entries, one)
	}
	p.Days = byDay(entries)
	if before > 0 {
		p.Pages.First, p.Pages.FirstLabel = "/team/audit", "The latest"
	}
	if n := len(entries); n == auditShown {
		p.Pages.Next, p.Pages.NextLabel = "/team/audit?before="+strconv.FormatInt(entries[n-1].Seq, 10), "Older"
	}
	return nil
}

// verify checks one part of the record. While there is more to check, the
// browser asks for the next part by itself.
func (s *server) verify(v *visit, p *auditPage, from audit.Head) error {
	return s.DB.Read(v.ctx(), func(q db.Queryer) error {
		at, whole, err := audit.VerifyPart(v.ctx(), q, from, audit.Head{}, auditPart)
		if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
			p.Broken = broken.Error()
			return nil
		}
		if err != nil {
			return err
		}
		if whole {
			p.Verified = &at
			return nil
		}
		end, err := audit.Latest(v.ctx(), q)
		if err != nil {
			return err
		}
		next := "/team/audit?" + url.Values{"verify": {s.tokens.place(at)}}.Encode()
		p.Going = &going{Done: at.Seq, All: end.Seq, Share: 100 * at.Seq / max(end.Seq, 1), Next: next}
		v.w.Header().Set("Refresh", "0; url="+next)
		return nil
	})
}

// placeLife is how long a verification may rest between two parts.
const placeLife = time.Hour

// place says how far the record was verified, in words that only we can make:
// a link with other words would pass over what it does not want to be seen.
func (t tokens) place(h audit.Head) string {
	words := fmt.Sprintf("%d:%s:%d", h.Seq, h.Hash, t.clock().Unix())
	return words + ":" + hex.EncodeToString(t.mac([]byte("verified "+words)))
}

func (t tokens) readPlace(place string) (h audit.Head, err error) {
	end := strings.LastIndexByte(place, ':')
	if end >= 0 {
		mac, err := hex.DecodeString(place[end+1:])
		if err == nil && hmac.Equal(mac, t.mac([]byte("verified "+place[:end]))) {
			part := strings.Split(place[:end], ":")
			at, _ := strconv.ParseInt(part[2], 10, 64) // ours: it can be read
			h.Seq, _ = strconv.ParseInt(part[0], 10, 64)
			h.Hash = part[1]
			if t.clock().Sub(time.Unix(at, 0)) < placeLife {
				return h, nil
			}
		}
	}
	return audit.Head{}, errs.Conflictf("This verification was begun too long ago, or not here.").WithHint("begin it again on the page of the record")
}
