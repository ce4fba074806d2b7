package web

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	goical "github.com/emersion/go-ical"

	"steward/internal/base/acl"
)

// feedAt makes a feed and gives the path of its address.
func (b *browser) feedAt() string {
	b.h.t.Helper()
	b.get("/team/me").submit("/team/me/calendar", nil).expect(200, "shown this once")
	m := regexp.MustCompile(`http://localhost(/calendar/[a-z2-7]{52}\.ics)`).FindSubmatch(b.page)
	if m == nil {
		b.h.t.Fatalf("there is no address: %s", b.words())
	}
	return string(m[1])
}

// feed reads a feed as a calendar program, without a session.
func (h *house) feed(path string) (*goical.Calendar, []byte, http.Header) {
	h.t.Helper()
	res := must(http.Get(h.server.URL + path))(h.t)
	b := h.browser()
	header := res.Header
	b.take(res, nil).expect(200)
	return must(goical.NewDecoder(bytes.NewReader(b.page)).Decode())(h.t), b.page, header
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hal, ivo := h.member("Hal", acl.Handler), h.member("Ivo", "")
	at, _ := openCase(h, hal)
	first := hal.feedAt()
	path := hal.feedAt()
	cal, raw, header := h.feed(path)
	if n := len(cal.Events()); n != 1 || header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(header.Get("Cache-Control"), "private") {
		t.Errorf("%d entries, %v", n, header)
	}
	id := at[len("/team/cases/"):]
	for _, private := range []string{id, "2026-0001", "acknowledge", "libquill", "overflow", "Ada"} {
		if bytes.Contains(raw, []byte(private)) {
			t.Errorf("the feed holds %q: %s", private, raw)
		}
	}
	if !bytes.Contains(raw, []byte("BEGIN:VALARM")) || !bytes.Contains(raw, []byte("URL:http://localhost/team\r\n")) {
		t.Errorf("the feed: %s", raw)
	}
	uid := must(cal.Events()[0].Props.Text(goical.PropUID))(t)
	if again, _, _ := h.feed(path); must(again.Events()[0].Props.Text(goical.PropUID))(t) != uid {
		t.Error("an entry has another name each time")
	}

	mine := ivo.feedAt()
	if cal, _, _ := h.feed(mine); len(cal.Events()) != 0 {
		t.Error("who is invited to nothing is told of a deadline")
	}
	hal.get(at+"/people").submit(at+"/people", one("name", "Ivo", "role", "distributor")).expect(200)
	hal.get(at+"/embargo").submit(at+"/embargo", one("event", "propose", "until", "2026-03-24", "until.time", "15:00", "until.zone", "UTC")).expect(200)
	hal.submit(at+"/embargo", one("event", "accept")).expect(200)
	if cal, _, _ := h.feed(mine); len(cal.Events()) != 1 {
		t.Errorf("who is invited is told of %d deadlines", len(cal.Events()))
	}
	if cal, _, _ := h.feed(path); len(cal.Events()) != 2 {
		t.Errorf("the handler is told of %d deadlines", len(cal.Events()))
	}

	nobody := h.browser()
	wrong := nobody.get("/calendar/" + strings.Repeat("a", 52) + ".ics").expect(404).page
	for _, path := range []string{first, strings.TrimSuffix(path, ".ics"), "/calendar/x.ics", "/calendar/.ics"} {
		if page := nobody.get(path).expect(404).page; !bytes.Equal(page, wrong) {
			t.Errorf("%s is answered otherwise than a wrong address", path)
		}
	}
	hal.get("/team/me").submit("/team/me/calendar/remove", nil).expect(200, "Removed.", "There is none.")
	nobody.get(path).expect(404)
	if strings.Contains(h.log.String(), path[10:30]) {
		t.Error("the address is in the log")
	}
}
