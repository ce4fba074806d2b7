package web

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
)

func TestRota(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lea, hal := h.member("Lea", acl.Lead), h.member("Hal", acl.Handler)
	id := func(name string) string { return must(h.accounts.UserNamed(t.Context(), acl.Myself(), name))(t).ID }
	hal.get("/team/rota").expect(200, "Nobody takes turns yet").lacks("Save the rota")
	lea.get("/team/rota").expect(200, "Make a rota")
	lea.submit("/team/rota", one("do", "more", "order.0", id("Hal"))).expect(200)
	if n := strings.Count(string(lea.page), `aria-label="Turn `); n < 2 {
		t.Errorf("more rows gave %d", n)
	}
	lea.submit("/team/rota", one("do", "save", "zone", "Mars/Olympus", "order.0", id("Hal"))).expect(422, "is not a time zone")
	lea.submit("/team/rota", one("do", "save", "zone", "Europe/Stockholm", "weekday", "1", "hour", "10", "start", "2026-03-02",
		"order.0", id("Hal"), "order.1", id("Lea"), "overrides.0.who", id("Lea"), "overrides.0.reason", "Hal is at the dentist",
		"overrides.0.from", "2026-03-04", "overrides.0.from.time", "18:00", "overrides.0.to", "2026-03-04", "overrides.0.to.time", "08:00"))
	lea.expect(422, "It ends before it begins.")
	stale := *lea
	lea.submit("/team/rota", one("do", "save", "overrides.0.to", "2026-03-05")).expect(200, "Saved.", "On call nowHal", "Until 4 March 2026, 17:00 UTC", "Hal is at the dentist", "Mon 9 Mar, 10:00")
	stale.submit("/team/rota", one("do", "save", "overrides.0.to", "2026-03-05")).expect(409, "Someone else changed the rota", "Hal is at the dentist")
	if hal.get("/team"); !bytes.Contains(hal.page, []byte(`On call<span class="on-wide"> · Hal</span>`)) {
		t.Error("the navigation does not say who is on call")
	}
	hal.get("/team/rota").expect(200, "Lea", "swap")
	if n := strings.Count(string(hal.page), "<tr><th"); n != 8+1 {
		t.Errorf("%d shifts are shown", n-1)
	}
	h.pass(36 * time.Hour)
	h.again("Hal").get("/team/rota").expect(200, "On call nowLea")
	if _, err := h.accounts.DisableUser(t.Context(), acl.Myself(), id("Hal")); err != nil {
		t.Fatal(err)
	}
	h.pass(24 * time.Hour)
	lea = h.again("Lea")
	lea.get("/team/rota").expect(200, "On call nowLea")
	lea.submit("/team/rota", one("do", "save", "order.0", "", "order.1", "", "overrides.0.who", "", "overrides.0.reason", "",
		"overrides.0.from", "", "overrides.0.from.time", "", "overrides.0.to", "", "overrides.0.to.time", "")).expect(200, "Saved.", "All handlers")
}
