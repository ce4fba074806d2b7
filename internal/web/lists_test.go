package web

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/intake"
)

// follow opens the link of a page that says some words.
func (b *browser) follow(words string) *browser {
	b.h.t.Helper()
	m := regexp.MustCompile(`<a class="button" href="([^"]*)">` + words).FindSubmatch(b.page)
	if m == nil {
		b.h.t.Fatalf("%s has no link %q: %s", b.at, words, b.words())
	}
	return b.get(html.UnescapeString(string(m[1])))
}

// TestLongRecord goes through a record of several pages, and verifies it part
// by part; then one entry is altered in its last part.
func TestLongRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	log := &audit.Log{Clock: h.clock}
	write := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := h.cases.DB.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *db.Tx) error {
		for range 2*auditPart + 50 {
			if err := log.Append(t.Context(), tx, nil, acl.Myself(), acl.Sweep, "", nil); err != nil {
				return err
			}
		}
		return nil
	})
	auditor := h.member("Aud", acl.Auditor)
	auditor.get("/team/audit").lacks("The latest").follow("Older").follow("Older").expect(200, "entry 3853").follow("The latest").expect(200, "entry 4053")

	auditor.submit("/team/audit", nil).expect(200, "2000 of 4053 entries", "Stop").lacks("The record is whole")
	place := string(auditor.page[strings.Index(string(auditor.page), "verify=")+len("verify="):])
	place = place[:strings.IndexByte(place, '"')]
	auditor.follow("Go on").expect(200, "4000 of 4053 entries").follow("Go on").expect(200, "The record is whole, up to entry 4053")

	write(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE audit SET actor = 'nobody' WHERE seq = 3999")
		return err
	})
	auditor.get("/team/audit?verify="+place).expect(200, "The record is not as it was written", "entry 3999")
	for _, other := range []string{strings.Replace(place, "2000", "4000", 1), "4000", ":", "4000:aa:0:00"} {
		auditor.get("/team/audit?verify="+other).expect(http.StatusConflict, "begun too long ago, or not here")
	}
	h.pass(2 * time.Hour)
	auditor.get("/team/audit?verify="+place).expect(http.StatusConflict, "begun too long ago")
}

// TestManyPeople goes through more people than one page shows.
func TestManyPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead := h.member("Lea", acl.Lead)
	lead.get("/team/people").expect(200, "Lea").lacks("Names from", "Pages of the list")
	for i := range 120 {
		if _, err := h.accounts.AddUser(t.Context(), acl.Myself(), account.Profile{Name: fmt.Sprintf("Person %03d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	lead.get("/team/people").expect(200, "Lea", "Person 098", "Names from").lacks("Person 099", "From the start")
	lead.follow("More").expect(200, "Person 099", "Person 119").lacks("Person 098</a>", "More").follow("From the start").expect(200, "Lea")
	lead.get("/team/people?after=person+11").expect(200, "Person 110").lacks("Person 109")
	lead.get("/team/people?after=zz").expect(200, "Nobody's name comes after this one.")
}

// TestFindByNumber opens a case by the number that people say.
func TestFindByNumber(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if _, err := h.cases.Receive(t.Context(), acl.Nobody(), nil, intake.Submission{
		Token: "a-token-of-one-report", Channel: intake.Web, Product: "libquill", Summary: "Overflow", What: "It crashes.", Reporter: intake.Reporter{Anonymous: true},
		Credit: intake.Credit{Want: intake.CreditNo},
	}, nil); err != nil {
		t.Fatal(err)
	}
	hana := h.member("Hana", acl.Handler)
	hana.get("/team?ref=+2026-0001").expect(200, "Overflow")
	if !strings.HasPrefix(hana.at, "/team/cases/") {
		t.Errorf("the number leads to %s", hana.at)
	}
	hana.get("/team?ref=2026-0002").expect(200, "No case has this number.")
	hana.get("/team?ref=seven").expect(200, "Write the number of a case as 2026-0007.")
	ivo := h.member("Ivo", "")
	if ivo.get("/team?ref=2026-0001"); ivo.at != "/team" || strings.Contains(string(ivo.page), "Number of a case") {
		t.Errorf("who is only invited came to %s", ivo.at)
	}
}
