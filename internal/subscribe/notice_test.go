package subscribe

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

var at = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func entryOf(a advisory.Advisory) advisory.Entry {
	a.Published, a.Updated = at, at
	a.Revisions = append(a.Revisions, advisory.Revision{Number: len(a.Revisions) + 1, At: at, Summary: "First release."})
	return advisory.Entry{Seq: 7, At: at, Advisory: &a}
}

func TestAdvisoryNotice(t *testing.T) {
	t.Parallel()
	a := sample("SEC-2026-0001", advisory.Critical, "libquill", "Quill Server")
	a.Severity.CVSS31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
	a.Aliases = []string{"CVE-2026-12345"}
	a.Affected[1].Ranges = []advisory.Range{{Introduced: "0", LastAffected: "8.3.1"}, {Introduced: "8.4.0"}}
	a.Exploited = true
	subj, text := NoticeText(entryOf(a), site)
	const whole = `SEC-2026-0001: libquill: overflow in the header parser

Severity:   critical; 9.8 critical (CVSS 3.1)
Exploited:  yes, this vulnerability is known to be exploited
Affected:   libquill: 1.0.0 to before 1.4.2
            Quill Server: up to 8.3.1, 8.4.0 and later
Fixed in:   libquill 1.4.2
Known as:   CVE-2026-12345
Published:  2026-03-04 12:00 UTC

https://example.org/advisories/SEC-2026-0001/
`
	if subj != "SEC-2026-0001: libquill: overflow in the header parser" || text != whole {
		t.Errorf("%s\n%s", subj, text)
	}
	a.Revisions = []advisory.Revision{{Number: 1, At: at, Summary: "First."}}
	e := entryOf(a)
	e.Advisory.Revisions[1].Summary = "Another workaround."
	if subj, text = NoticeText(e, site); !strings.HasPrefix(subj, "Revised: ") || !strings.Contains(text, "revision 2: Another workaround.") {
		t.Errorf("%s\n%s", subj, text)
	}
	e.Advisory.Withdrawn = &advisory.Withdrawal{At: at, Reason: "It was no fault."}
	if subj, text = NoticeText(e, site); !strings.HasPrefix(subj, "Withdrawn: ") || !strings.Contains(text, "It was no fault.") {
		t.Errorf("%s\n%s", subj, text)
	}
}

func TestPrenoticeNotice(t *testing.T) {
	t.Parallel()
	p := advisory.Prenotice{ID: "PRE-2026-0001", Product: "Quill Server", Versions: "8.4.0, 8.3.2", Severity: advisory.Critical,
		Release: time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC), Zone: "Europe/Stockholm", Posted: at}
	subj, text := NoticeText(advisory.Entry{Seq: 1, At: at, Prenotice: &p}, site)
	const whole = `Quill security will make a security release.

Product:    Quill Server
Release:    8.4.0, 8.3.2
Severity:   at most critical
When:       Tuesday, 2026-03-31 22:30 UTC
            Wednesday, 2026-04-01 00:30 CEST (Europe/Stockholm)
Identifier: PRE-2026-0001

What it fixes is told with the release. Please plan to install it soon
after.

https://example.org/advisories/
`
	if subj != "Security release announced: Quill Server 8.4.0, 8.3.2" || text != whole {
		t.Errorf("%s\n%s", subj, text)
	}
	if subj, _ = NoticeText(advisory.Entry{Seq: 2, At: at.Add(time.Hour), Prenotice: &p}, site); !strings.HasPrefix(subj, "Changed: ") {
		t.Errorf("%s", subj)
	}
	p.Mitigation, p.Branches = "Set `max = 200`:\n\n- in *every* file", []string{"8.4", "8.3"}
	e := advisory.Entry{Seq: 2, At: at.Add(time.Hour), Prenotice: &p}
	if _, text = NoticeText(e, site); !strings.Contains(text, "\nUntil then, please do this on 8.4, 8.3:\n\nSet `max = 200`:\n\n- in every file\n") {
		t.Errorf("%s", text)
	}
	if data, err := EventOf(e, site); err != nil || !strings.Contains(string(data), `"mitigation":"Set `) {
		t.Errorf("%s, %v", data, err)
	}
}

// TestHostileWords: whatever stands in an advisory, a notice of it is plain
// text, its subject is one line, and it comes out the same each time.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := func(name string) string {
			return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"x\r\nBcc: eve@example.org", "\x1b[2J", "\u202egnp", "\xff\xfe", strings.Repeat("long ", 500)})).Draw(t, name)
		}
		a := sample("SEC-2026-0001", advisory.Level(word("level")), word("product"))
		a.Title, a.Aliases = word("title"), []string{word("alias")}
		a.Affected[0].Versions, a.Affected[0].Ranges[0].Fixed = []string{word("version")}, word("fixed")
		if rapid.Bool().Draw(t, "withdrawn") {
			a.Withdrawn = &advisory.Withdrawal{At: at, Reason: word("reason")}
		}
		p := advisory.Prenotice{Product: word("p"), Versions: word("v"), Severity: advisory.Level(word("s")), Zone: word("zone"), Release: at}
		for _, e := range []advisory.Entry{entryOf(a), {Seq: 1, At: at, Prenotice: &p}} {
			subj, text := NoticeText(e, site)
			if len([]rune(subj)) > maxSubject || subj != advisory.OneLine(subj) || text != advisory.CleanText(text) {
				t.Errorf("%q\n%q", subj, text)
			}
			if s2, t2 := NoticeText(e, site); s2 != subj || t2 != text {
				t.Error("it comes out otherwise the second time")
			}
			body, err := EventOf(e, site)
			if err != nil || !json.Valid(body) {
				t.Errorf("%q, %v", body, err)
			}
		}
	})
}

// TestEventFacts: the JSON holds these keys and no others: nothing that is not
// public could be in it.
func TestEventFacts(t *testing.T) {
	t.Parallel()
	a := sample("SEC-2026-0001", advisory.High, "libquill")
	a.Aliases, a.Severity.CVSS4, a.Affected[0].PURL = []string{"CVE-2026-1"}, "CVSS:4.0/x", "pkg:golang/x"
	a.Withdrawn = &advisory.Withdrawal{At: at, Reason: "No."}
	p := advisory.Prenotice{ID: "PRE-2026-0001", Product: "x", Versions: "1", Severity: advisory.Low, Zone: "UTC", Posted: at, Release: at, Advisory: "SEC-2026-0001"}
	for _, c := range []struct {
		e    advisory.Entry
		kind Type
		keys string
	}{
		{entryOf(a), AdvisoryWithdrawn, "aliases cvss4 exploited id links products published revision severity summary title updated withdrawn"},
		{advisory.Entry{Seq: 2, At: at, Prenotice: &p}, PrenoticePosted, "advisory id page posted product release severity versions zone"},
	} {
		var got struct {
			Type      Type
			Timestamp time.Time
			Data      map[string]json.RawMessage
		}
		body := must(EventOf(c.e, site))
		if err := json.Unmarshal(body, &got); err != nil || got.Type != c.kind || !got.Timestamp.Equal(at) {
			t.Errorf("%s, %v", body, err)
		}
		var facts map[string]json.RawMessage
		for _, k := range []string{"advisory", "prenotice"} {
			if raw := got.Data[k]; raw != nil {
				if err := json.Unmarshal(raw, &facts); err != nil {
					t.Error(err)
				}
			}
		}
		if keys := strings.Join(slices.Sorted(maps.Keys(facts)), " "); keys != c.keys || len(got.Data) != 2 {
			t.Errorf("the facts are %s", keys)
		}
	}
}

// TestOnlyPublicFactsLeave: canaries stand in all that is kept beside the
// public record; letters and calls hold none of them but the one address that
// they go to.
func TestOnlyPublicFactsLeave(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		r := newReceiver(t)
		trust(w.Hooks, r.Server)
		lead := acl.Caller{ID: "canary-id", Name: "canary-name", Role: acl.Lead}
		_, secret, err := w.AddWebhook(ctx, lead, HookWish{URL: r.URL + "/canary-path"})
		want(t, "adding a webhook", err, "")
		w.fanOut()
		for _, name := range []string{"ada", "bob"} {
			w.subscribed(Wish{Address: "canary-" + name + "@example.org", Prenotices: true})
		}
		w.announce(advisory.Prenotice{ID: "PRE-2026-0001", Product: "libquill", Versions: "1.4.2", Severity: advisory.Critical, Release: w.now().Add(72 * time.Hour), Zone: "UTC"})
		w.release(sample("SEC-2026-0001", advisory.High, "libquill"))
		w.withdraw("SEC-2026-0001")
		w.fanOut()
		mails := w.step()
		if len(mails) != 6 || len(r.bodies) != 3 {
			t.Fatalf("%d letters and %d calls", len(mails), len(r.bodies))
		}
		for _, m := range mails {
			if out := strings.ReplaceAll(fmt.Sprint(m.Subject, m.Text, m.UnsubscribeURL, m.Job), m.To, ""); strings.Contains(out, "canary") {
				t.Errorf("%+v", m)
			}
		}
		for i, b := range r.bodies {
			if out := fmt.Sprint(string(b), r.heads[i]); strings.Contains(out, "canary") || strings.Contains(out, secret[len(secretPrefix):]) {
				t.Errorf("%s", out)
			}
		}
		for _, err := range w.failed {
			t.Errorf("%v", err)
		}
	})
}

func TestTypesAreAll(t *testing.T) {
	t.Parallel()
	revised := sample("SEC-2026-0001", advisory.High, "libquill")
	revised.Revisions = []advisory.Revision{{Number: 1}}
	withdrawn := revised
	withdrawn.Withdrawn = &advisory.Withdrawal{}
	p := advisory.Prenotice{Posted: at}
	got := map[Type]bool{}
	for _, e := range []advisory.Entry{entryOf(sample("SEC-2026-0001", advisory.High, "libquill")), entryOf(revised), entryOf(withdrawn),
		{At: at, Prenotice: &p}, {At: at.Add(1), Prenotice: &p}} {
		got[typeOf(e)] = true
	}
	for _, k := range Types {
		if !got[k] {
			t.Errorf("nothing is %s", k)
		}
	}
}
