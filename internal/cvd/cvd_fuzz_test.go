package cvd

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/calendar"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// FuzzNumberOf: a reference of a case is read as it is written, and no other
// text is one.
func FuzzNumberOf(f *testing.F) {
	for _, s := range []string{"2026-0007", " 2026-7 ", "2026-1000000", "99999-1", "2026-+1", "-1-1", "2026-0000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		n, err := numberOf(ref)
		if err != nil {
			return
		}
		if again, err := numberOf(refOf(n)); err != nil || again != n {
			t.Errorf("%q is %d, written %q: %d, %v", ref, n, refOf(n), again, err)
		}
		if strings.Trim(strings.TrimSpace(ref), "0123456789-") != "" {
			t.Errorf("%q is taken for a reference", ref)
		}
	})
}

// FuzzSpot: a place in the queue that a page hands out is read as it is
// written, and the order of places is an order.
func FuzzSpot(f *testing.F) {
	f.Add("1.2.3.4", "-1.0.0.0", "0.0.0.9223372036854775807")
	f.Add("1.2.3.4 ", "+1.0.0.0", "0x1.0.0.0")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		x, err1 := readSpot(a)
		y, err2 := readSpot(b)
		z, err3 := readSpot(c)
		if err1 == nil && a != "" && x.String() != a {
			t.Errorf("%q is read as %v", a, x)
		}
		if err1 != nil || err2 != nil || err3 != nil {
			return
		}
		if x.compare(y) != -y.compare(x) || x.compare(y) <= 0 && y.compare(z) <= 0 && x.compare(z) > 0 {
			t.Errorf("%v, %v, %v", x, y, z)
		}
	})
}

// FuzzLocalHour: the clocks of the zone show the hour at the time that comes
// out, and at no other time; so says a walk through all offsets around it.
func FuzzLocalHour(f *testing.F) {
	f.Add("2026-12-01T08:00", "Europe/Stockholm")
	f.Add("2026-03-29T02:30", "Europe/Stockholm")
	f.Add("2026-10-25T02:30", "Europe/Stockholm")
	f.Add("2011-12-30T12:00", "Pacific/Apia")
	f.Add("2026-04-05T01:45", "Australia/Lord_Howe")
	f.Add("0000-01-01T00:00", "UTC")
	f.Add("9999-12-31T23:59", "Asia/Kathmandu")
	f.Add("1900-01-01T00:00", "../UTC")
	f.Fuzz(func(t *testing.T, hour, zone string) {
		at, err := LocalHour(hour, zone)
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Error(err)
		}
		loc, zoneErr := calendar.Location(zone)
		shown, hourErr := time.Parse("2006-01-02T15:04", hour)
		if zoneErr != nil || hourErr != nil {
			if err == nil {
				t.Errorf("%q in %q is taken for %v", hour, zone, at)
			}
			return
		}
		found := map[int64]bool{}
		for m := -30 * 60; m <= 30*60; m += 15 {
			_, offset := shown.Add(time.Duration(m) * time.Minute).In(loc).Zone()
			one := shown.Add(-time.Duration(offset) * time.Second)
			if _, is := one.In(loc).Zone(); is == offset {
				found[one.Unix()] = true
			}
		}
		if (err == nil) != (len(found) == 1) || err == nil && !found[at.Unix()] {
			t.Errorf("%q in %s: %v, %v; the zone has %v", hour, zone, at, err, found)
		}
	})
}

// FuzzHour: an embargo ends within two years after now, or is refused, in any
// zone; and is written without a failure.
func FuzzHour(f *testing.F) {
	f.Add(int64(86400), "Europe/Stockholm", "as agreed")
	f.Add(int64(-1), "Local", "")
	f.Add(int64(1<<60), "UTC", "\xff")
	f.Fuzz(func(t *testing.T, seconds int64, zone, reason string) {
		now := day0
		until := time.Unix(now.Unix()+seconds, 0)
		var e Embargo
		e.State = EmbargoNone
		if err := e.Move(EmbargoPropose, Terms{Until: until, Zone: zone, Reason: reason}, Person{ID: "a"}, now); err != nil {
			if errs.KindOf(err) == errs.Internal || e.Proposal != nil {
				t.Errorf("%v, and %+v", err, e)
			}
			return
		}
		if !e.Proposal.Until.After(now) || e.Proposal.Until.Sub(now) > maxEmbargo || e.Proposal.Until.Location() != time.UTC {
			t.Errorf("proposed: %v", e.Proposal.Until)
		}
		if _, err := json.Marshal(e); err != nil || !strings.Contains(e.Proposal.When(), "UTC") {
			t.Errorf("%v, %q", err, e.Proposal.When())
		}
	})
}

// FuzzFields: facts that are kept come back as they were, and nothing of them
// stops the draft from being made.
func FuzzFields(f *testing.F) {
	f.Add([]byte(`{"title":"a","severity":{"level":"high","cvss31":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},"cwe":["CWE-79"],"affected":[{"product":"p","ranges":[{"introduced":"0"}]}],"cve":"CVE-2026-12345"}`), []byte(`{"overview":"x","timeline":[{"at":"2026-03-03T00:00:00Z","what":"y"}],"credits":[{"name":"A","role":"finder","agreed":true}]}`))
	f.Add([]byte(`{"title":"a\nb"}`), []byte(`{"timeline":[{"at":"9999-12-31T23:59:59.999999999-23:59"}]}`))
	f.Fuzz(func(t *testing.T, fields, text []byte) {
		var c Case
		if json.Unmarshal(fields, &c.Fields) != nil || json.Unmarshal(text, &c.Text) != nil {
			return
		}
		if c.Fields.check() != nil || c.Text.check() != nil {
			return
		}
		kept, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var again Case
		if err := json.Unmarshal(kept, &again); err != nil {
			t.Fatal(err)
		}
		if c.hash() != again.hash() {
			t.Errorf("what a reviewer signs changes when the case is kept:\n%s", kept)
		}
		advisory.Lint(c.Draft(), day0)
	})
}

// FuzzCreditWish: a name that a reporter wishes for is one that the lint lets
// out, and it is kept as it is.
func FuzzCreditWish(f *testing.F) {
	f.Add("Ada Example", "https://ada.example", "Example Labs")
	f.Add("\u202eAda\n", "javascript:alert(1)", "TBD")
	f.Add("", "mailto:a@example.org", strings.Repeat("x", 600))
	f.Fuzz(func(t *testing.T, name, url, group string) {
		w := CreditWish{Agree: true, Name: name, URL: url, Group: group}
		k, err := w.named()
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		for _, p := range advisory.Blocking(advisory.Lint(advisory.Advisory{Credits: []advisory.Credit{k}}, day0)) {
			if strings.HasPrefix(p.Path, "credits") {
				t.Errorf("%+v: %v", k, p)
			}
		}
		again := CreditWish{Agree: true, Name: k.Name, URL: k.URL, Group: k.Group}
		if got, err := again.named(); err != nil || got != k {
			t.Errorf("%+v became %+v: %v", k, got, err)
		}
	})
}

// FuzzPatchFields: where a patch is and who works on it is kept as it is, and
// nobody reviews their own.
func FuzzPatchFields(f *testing.F) {
	f.Add([]byte(`{"branches":[{"name":"fix","url":"ssh://git@example.org/x"}],"author":{"id":"a","name":"A"},"reviewer":{"id":"b","name":"B"}}`))
	f.Add([]byte(`{"branches":[{"name":"--upload-pack=x\u202e"}],"author":{"name":"A"},"reviewer":{"name":"A"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var fields PatchFields
		if json.Unmarshal(raw, &fields) != nil {
			return
		}
		p := Patch{State: PatchNone}
		if err := p.Edit(fields); err != nil {
			if errs.KindOf(err) == errs.Internal {
				t.Error(err)
			}
			return
		}
		if !reflect.DeepEqual(p.PatchFields, fields) || fields.Author.Is(fields.Reviewer) {
			t.Errorf("%+v was kept as %+v", fields, p.PatchFields)
		}
		for _, b := range fields.Branches {
			if !isLine(b.Name) || !isLine(b.URL) {
				t.Errorf("%+v is no line", b)
			}
		}
	})
}

// FuzzTakeOver: whatever a reporter sends, the case that opens shows one line
// as its subject and no private text elsewhere.
func FuzzTakeOver(f *testing.F) {
	f.Add("heap overflow", "Ada", "2026-12-01", "yes")
	f.Add("a\u202e\nb", "", "\xff", "no")
	f.Fuzz(func(t *testing.T, summary, name, plan, want string) {
		var c Case
		c.takeOver(intake.Submission{
			Summary: summary, PublicPlan: plan, Reporter: intake.Reporter{Name: name}, Credit: intake.Credit{Want: intake.Wish(want)},
		}, nil)
		if c.Subject != advisory.OneLine(summary) || !isLine(c.Subject) {
			t.Errorf("%q became the subject %q", summary, c.Subject)
		}
		if _, err := json.Marshal(c); err != nil {
			t.Error(err)
		}
		if d := c.Draft(); d.Title != "" || len(d.Credits) > 0 && want != "yes" {
			t.Errorf("the draft says %+v", d)
		}
	})
}
