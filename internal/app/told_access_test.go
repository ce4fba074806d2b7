package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"steward/internal/api"
	"steward/internal/cvd"
	"steward/internal/web"
)

// told makes of the case of canaries one that an organisation was told of, and
// gives its contact, who can sign in.
func (s *secret) told() *person {
	w := s.w
	w.t.Helper()
	w.openList(s.lead)
	contact := w.person("Ann", "")
	w.linkContact(contact)
	for _, p := range []*person{s.hand, s.lead} {
		p.api("/members/"+w.member+"/vet", api.Reason{}, nil)
	}
	var v cvd.View
	s.hand.api("/cases/"+s.ref, nil, &v)
	s.hand.api(s.on("distribution"), api.Send{Version: v.Version, Send: cvd.Send{List: listID, Members: []string{w.member}, Message: "Please test."}}, nil)
	return contact
}

// TestSuspendedOrganisationFindsNothing: once its organisation is suspended, a
// contact is told by every route and page of the case what those are told who
// ask for one that does not exist; lists and the calendar hold nothing; and all
// is back when the organisation is.
func TestSuspendedOrganisationFindsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	s := fill(w)
	ann := s.told()
	w.await("/")
	feed, err := w.Accounts.MakeCalendar(t.Context(), ann.Caller)
	if err != nil {
		t.Fatal(err)
	}
	nowhere := strings.Repeat("a", len(s.case_))
	shown := func() (cases, hours int) {
		var page cvd.Page
		ann.api("/mine", nil, &page)
		return len(page.Cases), bytes.Count(w.nobody().get("/calendar/"+feed+".ics").body, []byte("BEGIN:VEVENT"))
	}
	if cases, hours := shown(); cases != 1 || hours == 0 {
		t.Fatalf("who was told finds %d cases and %d hours", cases, hours)
	}
	for _, at := range []string{"/api/v1/cases/" + s.case_, "/api/v1" + s.on("portal"), "/team/cases/" + s.case_ + "/portal"} {
		if a := ann.get(at); a.code != http.StatusOK {
			t.Errorf("%s, while told: %d", at, a.code)
		}
	}
	s.hand.api("/members/"+w.member+"/suspend", api.Reason{Reason: "it spoke"}, nil)
	if cases, hours := shown(); cases+hours != 0 {
		t.Errorf("while suspended it finds %d cases and %d hours", cases, hours)
	}
	same := func(what string, one, other answer) {
		if one.code != http.StatusNotFound || other.code != one.code || !bytes.Equal(one.body, other.body) {
			t.Errorf("%s, while suspended: %d, and of no case %d", what, one.code, other.code)
		}
	}
	for _, rt := range (&api.Server{}).Routes() {
		if strings.Contains(rt.Path, "/cases/{id}") {
			path := "/api/v1" + strings.NewReplacer("{file}", nowhere, "{report}", nowhere, "{kind}", "linux-distros").Replace(rt.Path)
			same(rt.Method+" "+path, send(ann, rt.Method, strings.ReplaceAll(path, "{id}", s.case_)), send(ann, rt.Method, strings.ReplaceAll(path, "{id}", nowhere)))
		}
	}
	for _, pattern := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if strings.Contains(path, "/cases/{id}") {
			path = strings.NewReplacer("{file}", nowhere, "{report}", nowhere, "{deed}", "now", "{delivery}", nowhere, "{trigger}", "exploited", "{kind}", "early-warning").Replace(path)
			same(pattern, visit(ann, method, strings.ReplaceAll(path, "{id}", s.case_)), visit(ann, method, strings.ReplaceAll(path, "{id}", nowhere)))
		}
	}
	page := s.hand.get("/team/cases/" + s.case_ + "/distribution")
	if page.code != http.StatusOK || !bytes.Contains(page.body, []byte("Suspended")) || !bytes.Contains(page.body, []byte("Canary Linux")) {
		t.Errorf("the team's page (%d) does not show that Canary Linux is suspended", page.code)
	}
	var v cvd.View
	s.hand.api("/cases/"+s.ref, nil, &v)
	if r := v.Told.Recipients; len(r) != 1 || !r[0].Barred || r[0].People[0].Access != cvd.AccessEnded {
		t.Errorf("by the API the team sees %+v", r)
	}
	s.hand.api("/members/"+w.member+"/restore", api.Reason{Reason: "it was another"}, nil)
	if cases, hours := shown(); cases != 1 || hours == 0 || ann.get("/team/cases/"+s.case_+"/portal").code != http.StatusOK {
		t.Errorf("restored, it finds %d cases and %d hours", cases, hours)
	}
}
