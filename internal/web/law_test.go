package web

import (
	"bytes"
	"testing"
	"time"

	"steward/internal/base/acl"
)

func TestLaw(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.pass(250 * 24 * time.Hour) // 8 November 2026: Article 14 applies
	hal, aud := h.member("Hal", acl.Handler), h.member("Aud", acl.Auditor)
	at, _ := openCase(h, hal)
	hal.get(at+"/law").expect(200, "It submits nothing and gives no legal advice", "Nobody has said", "Say that the clock runs")
	aud.get(at+"/law").expect(200, "Nobody has said").lacks("Say that the clock runs")
	form := at + "/law/exploited"
	aud.get(form).expect(403)
	hal.get(at + "/law/nonsense").expect(404)
	hal.get(form).submit(form, nil).expect(422, "Say when you became aware")
	hal.submit(form, one("zone", "Mars/Olympus", "awareness", "2026-11-07", "awareness.time", "12:00")).expect(422, "not a time zone")
	hal.submit(form, one("zone", "Europe/Stockholm")).expect(422, "Say what shows it")
	hal.submit(form, one("evidence", "A customer's logs.", "awareness", "2026-12-24")).expect(422, "in the future", "A customer's logs.")
	hal.submit(form, one("awareness", "2026-11-07", "memberStates", "de, XX")).expect(422, "is no Member State")
	stale := *hal
	hal.submit(form, one("memberStates", "de FR", "title", "libquill: heap overflow", "summary", "It is exploited.", "manufacturer", "Quillfeather e.V.")).
		expect(200, "Saved.", "Early warning", "Running", "Article 14(2)(a)", "set by Hal", "2026-11-08 11:00 UTC")
	stale.submit(form, nil).expect(409)
	hal.get(at).expect(200, "Early warning", "Regulation (EU) 2024/2847, Article 14(2)(a); set by Hal", "Promised in the receipt")

	aud.get(form+"/early-warning").expect(200, "Member States where product available", "Germany", "libquill: heap overflow", "Missing")
	if aud.get(form + "/early-warning/text"); aud.code != 200 || !bytes.Contains(aud.page, []byte("(MISSING)")) {
		t.Errorf("as text: %d %s", aud.code, aud.page)
	}
	aud.get(form + "/nonsense").expect(404)
	hal.get(at + "/law/incident/early-warning").expect(404)

	hal.get(form).submit(form+"/file", one("kind", "early warning", "filed", "2026-12-24", "filed.time", "09:00")).expect(422, "in the future")
	hal.submit(form+"/file", one("filed", "2026-11-08", "filed.time", "09:30", "reference", "SRP-2026-7")).expect(200, "Noted.", "Met", "SRP-2026-7")
	hal.get(form).expect(200)
	if got := hal.form(form).Fields.Get("memberStates"); got != "DE FR" {
		t.Errorf("the form holds the Member States %q", got)
	}
	h.pass(4 * 24 * time.Hour)
	h.again("Hal").get(at+"/law").expect(200, "Overdue", "it was due")
	fixer := h.member("Fia", "")
	h.again("Hal").get(at+"/people").submit(at+"/people", one("name", "Fia", "role", "fixer")).expect(200)
	fixer.get(at + "/law").expect(403)
	fixer.get(at).expect(200).lacks("/law")
}
