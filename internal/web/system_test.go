package web

import (
	"bytes"
	"errors"
	"net/url"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

func TestSystem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead := h.member("Dana", acl.Lead)
	if page := lead.get("/team").page; !bytes.Contains(page, []byte(`href="/team/system"`)) {
		t.Error("a lead is not led to the page")
	}
	lead.get("/team/system").expect(200, "1 in order, 1 wrong.", "The key is open.", "Let nobody else read it.", "chmod 600 key", "There is room.")
	h.member("Hugo", acl.Handler).get("/team/system").expect(404, "There is nothing here")
}

// TestReadHour: an hour is that of its zone's clocks; what is wrong stands at
// its field.
func TestReadHour(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ day, hour, zone, want, field string }{
		{"2026-03-24", "15:00", "Europe/Stockholm", "2026-03-24T14:00:00Z", ""},
		{"2026-03-24", "15:00", " UTC ", "2026-03-24T15:00:00Z", ""},
		{"2026-03-29", "02:30", "Europe/Stockholm", "", "at"},
		{"2026-10-25", "02:30", "Europe/Stockholm", "", "at"},
		{"2026-10-25", "01:30", "UTC", "2026-10-25T01:30:00Z", ""},
		{"", "15:00", "UTC", "", "at"},
		{"2026-03-24", "", "UTC", "", "at"},
		{"2026-03-24", "15:00", "Nowhere", "", "at.zone"},
	} {
		got, _, err := readHour(url.Values{"at": {tt.day}, "at.time": {tt.hour}, "at.zone": {tt.zone}}, "at")
		e, _ := errors.AsType[*errs.Error](err)
		switch {
		case tt.field == "" && (err != nil || got.Format(time.RFC3339) != tt.want):
			t.Errorf("%+v: %s, %v", tt, got, err)
		case tt.field != "" && (e == nil || e.Field != tt.field || e.Hint == ""):
			t.Errorf("%+v: %s, %v", tt, got, err)
		}
	}
}
