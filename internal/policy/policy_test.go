package policy

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
)

func preset(t testing.TB, name string) Policy {
	t.Helper()
	p, _, err := Preset(name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

const stamp = "2006-01-02T15:04"

func at(t testing.TB, text string) time.Time {
	t.Helper()
	got, err := time.Parse(stamp, text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestPublishedDates walks each preset with a case of each severity, and
// compares the dates with those that a person worked out from the published
// text, in testdata. A report comes on Wednesday, 4 March 2026, 09:00 UTC; where
// the policy waits for the next release, that is on 8 April, 06:00 UTC.
func TestPublishedDates(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/dates.csv")
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, row := range rows {
		key := row[0] + " " + row[1]
		want[key] = append(want[key], row[4]+" "+row[2]+" "+row[3])
	}
	for _, name := range Presets() {
		p := preset(t, name)
		for _, s := range Severities() {
			c := Case{Severity: s, Reported: at(t, "2026-03-04T09:00")}
			if rule, _ := p.Rule(s); rule.Track == NextRelease {
				c.Release = at(t, "2026-04-08T06:00")
			}
			plan, err := p.Plan(c)
			if err != nil {
				t.Errorf("%s, %s: %v", name, s, err)
			}
			var got []string
			for _, step := range plan.Steps {
				got = append(got, strings.TrimSpace(step.At.Format(stamp)+" "+string(step.Deed)+" "+step.Who))
				if step.Basis == "" {
					t.Errorf("%s, %s: %s has no basis", name, s, step.Deed)
				}
			}
			trimmed := want[name+" "+string(s)]
			for i := range trimmed {
				trimmed[i] = strings.TrimSpace(trimmed[i])
			}
			slices.Sort(got)
			slices.Sort(trimmed)
			if !slices.Equal(got, trimmed) {
				t.Errorf("%s, %s:\n got %s\nwant %s", name, s, strings.Join(got, "\n     "), strings.Join(trimmed, "\n     "))
			}
		}
	}
}

// TestPlanWaits: a release waits for the window, for a notice that has a least
// length and not for one that has a greatest; and the other tracks are there.
func TestPlanWaits(t *testing.T) {
	t.Parallel()
	p := preset(t, "default")
	k := preset(t, "kubernetes")
	month := preset(t, "kubernetes")
	month.Release = calendar.Window{}
	month.Severity.High.Notices[0].Before = calendar.Span{N: 1, Unit: calendar.Months}
	holiday := preset(t, "default")
	holiday.Calendar.Countries = []string{"DE"}
	for _, tt := range []struct {
		why     string
		p       Policy
		c       Case
		release string
	}{
		{"two days later is a Friday", p, Case{Severity: Moderate, Reported: at(t, "2026-03-04T14:00")}, "2026-03-09T13:00"},
		{"two days later is in the window", p, Case{Severity: Moderate, Reported: at(t, "2026-03-02T14:00")}, "2026-03-04T14:00"},
		{"in two weeks, as agreed", p, Case{Severity: High, Track: Coordinated, Reported: at(t, "2026-03-03T14:00")}, "2026-03-17T14:00"},
		{"Easter Monday is a holiday", holiday, Case{Severity: Moderate, Reported: at(t, "2026-04-02T18:00")}, "2026-04-07T13:00"},
		{"seven days for distributors at least", k, Case{Severity: High, Reported: at(t, "2026-03-04T17:00"), Ready: at(t, "2026-03-05T17:00")}, "2026-03-16T16:00"},
		{"a month that is short", month, Case{Severity: High, Reported: at(t, "2026-01-30T17:00"), Ready: at(t, "2026-01-31T17:00")}, "2026-02-28T17:00"},
		{"the hour that was agreed on", p, Case{Severity: High, Reported: at(t, "2026-03-04T09:00"), Release: at(t, "2026-03-06T03:00")}, "2026-03-06T03:00"},
	} {
		plan, err := tt.p.Plan(tt.c)
		if err != nil || plan.Release.Format(stamp) != tt.release {
			t.Errorf("%s: %v, %v; want %s", tt.why, plan.Release, err, tt.release)
		}
		for i, s := range plan.Steps {
			if s.Deed != Escalate && s.Deed != Acknowledge && s.Deed != Update && s.Deed != Limit && s.At.After(plan.Release) || s.At.Before(tt.c.Reported) || i > 0 && s.At.Before(plan.Steps[i-1].At) {
				t.Errorf("%s: %+v", tt.why, s)
			}
		}
	}
	for _, c := range []Case{
		{Severity: "huge", Reported: at(t, "2026-03-04T09:00")},
		{Severity: High},
		{Severity: High, Track: "slow", Reported: at(t, "2026-03-04T09:00")},
		{Severity: High, Reported: at(t, "2026-03-04T09:00"), Ready: at(t, "2026-03-03T09:00")},
		{Severity: High, Reported: at(t, "2026-03-04T09:00"), Release: at(t, "2026-03-03T09:00")},
		{Severity: High, Track: NextRelease, Reported: at(t, "2026-03-04T09:00")},
	} {
		if plan, err := p.Plan(c); !errs.Is(err, errs.Invalid) {
			t.Errorf("%+v is planned: %+v, %v", c, plan, err)
		}
	}
	c := Case{Severity: High, Reported: at(t, "2026-03-04T09:00"), Ready: at(t, "2026-03-05T09:00"), Release: at(t, "2026-03-09T16:00")}
	if _, err := k.Plan(c); !errs.Is(err, errs.Invalid) {
		t.Errorf("distributors get four days of seven: %v", err)
	}
}

// TestListRules breaks each rule of a list, one at a time.
func TestListRules(t *testing.T) {
	t.Parallel()
	p := preset(t, "default")
	linux, ok := p.List("linux-distros")
	if !ok {
		t.Fatal("linux-distros is not known")
	}
	release := at(t, "2026-03-17T14:00") // a Tuesday
	plan := func(told, out time.Time, post bool, fix time.Time) Plan {
		l := Plan{Release: out, Ready: told, Steps: []Step{{At: told, Deed: Notify, Who: linux.Name}, {At: fix, Deed: PublishFix}}}
		if post {
			l.Steps = append(l.Steps, Step{At: out, Deed: Post, Who: "oss-security"})
		}
		return l
	}
	days := func(n float64) time.Time { return release.Add(-time.Duration(n * 24 * float64(time.Hour))) }
	for _, tt := range []struct {
		why  string
		plan Plan
		want []bool // of each problem, whether it is soft
	}{
		{"as it should be", plan(days(7), release, true, release), nil},
		{"14 days are accepted", plan(days(14), release, true, release), []bool{true}},
		{"a minute more is not", plan(days(14).Add(-time.Minute), release, true, release), []bool{false}},
		{"an hour is of little use", plan(days(0.04), release, true, release), []bool{true}},
		{"no post to oss-security", plan(days(7), release, false, release), []bool{false}},
		{"public already", plan(release, release, true, release), []bool{false}},
		{"the fix is public", plan(days(5), release, true, days(6)), []bool{false}},
		{"the fix is public after the notice", plan(days(5), release, true, days(2)), nil},
		{"on a Saturday", plan(days(3), at(t, "2026-03-21T14:00"), true, at(t, "2026-03-21T14:00")), []bool{true}},
		{"on a Friday", plan(days(-1), at(t, "2026-03-20T14:00"), true, at(t, "2026-03-20T14:00")), []bool{true}},
		{"the list is not told", Plan{Release: release}, nil},
	} {
		var got []bool
		for _, problem := range Check(linux, tt.plan) {
			got = append(got, problem.Soft)
			if problem.Why == "" || problem.Way == "" {
				t.Errorf("%s: %+v says too little", tt.why, problem)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v", tt.why, Check(linux, tt.plan))
		}
	}
	fixed, _ := p.List("xen-security-issues")
	early := Plan{Release: release, Ready: days(3), Steps: []Step{{At: days(5), Deed: Notify, Who: fixed.Name}}}
	if got := Check(fixed, early); len(got) != 1 || got[0].Soft {
		t.Errorf("told before there is a fix: %+v", got)
	}
}

// TestRefused: a word that is none, and what cannot be meant.
func TestRefused(t *testing.T) {
	t.Parallel()
	_, text, err := Preset("default")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ old, new, at string }{
		{"acknowledge =", "acknowlege =", "acknowlege"},
		{`"72h"`, `"72 fortnights"`, field},
		{`tell = "lead"`, `tell = "nobody"`, "ladder.tell"},
		{`after = "48h"`, `after = "24h"`, "ladder.after"},
		{`standard = "7d"`, ``, "tracks.standard"},
		{`list = "distros"`, `list = "bugtraq"`, "severity.high.notice.list"},
		{`zone = "UTC"`, `zone = "Mars/North"`, "calendar"},
		{`"monday"`, `"moonday"`, field},
		{`"security@example.org"`, `"security"`, "contacts"},
		{`"security@example.org"`, `"https://a/<script>"`, "contacts"},
		{`name = "The project"`, `name = "The\nproject"`, "name"},
		{`name = "The project"`, "name = \"The \u202eproject\"", "name"},
		{`pre_announce = "3 business days"`, ``, "severity.high.tells"},
		{`track = "public"`, `track = "secret"`, "severity.low.track"},
		{`fix = "before the release"`, `fix = "with the release"`, "severity.low"},
		{`cve = true`, `cve = true` + "\nfix_at_most = '48h'", "severity.moderate.fix_at_most"},
		{`name = "The project"`, "name = 'x'\na.b.c.d.e.f.g = 1", field},
		{`name = "The project"`, "name = 'x' #" + strings.Repeat("x", maxSize), field},
	} {
		broken := strings.Replace(string(text), tt.old, tt.new, 1)
		if broken == string(text) {
			t.Fatalf("%q is not in the preset", tt.old)
		}
		_, err := Parse([]byte(broken))
		if !errs.Is(err, errs.Invalid) || !slices.ContainsFunc(strings.Split(err.Error(), "\n"), func(l string) bool { return strings.HasPrefix(l, tt.at+": ") }) {
			t.Errorf("%q for %q: %v, want a fault of %s", tt.new, tt.old, err, tt.at)
		}
	}
	if _, _, err := Preset("../policy"); !errs.Is(err, errs.Invalid) {
		t.Errorf("a preset outside: %v", err)
	}
}

// TestRoundTrip: each preset is written and read as the same, and so are the
// rules of the lists.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	if len(Known()) < 4 || len(Presets()) != 6 {
		t.Errorf("%d lists, presets %v", len(Known()), Presets())
	}
	for _, l := range Known() {
		p := preset(t, "default")
		p.Lists = []List{l}
		if err := p.Check(); err != nil || len(l.Sources) == 0 {
			t.Errorf("%s: %v", l.Name, err)
		}
	}
	for _, name := range Presets() {
		p := preset(t, name)
		if name != "default" && len(p.Sources) == 0 {
			t.Errorf("%s names no source", name)
		}
		again := wholly(t, p)
		if Page(again) != Page(p) || SecurityMD(again) != SecurityMD(p) {
			t.Errorf("%s reads otherwise when it was written", name)
		}
	}
}

// wholly writes a policy, reads it, and sees that it is written the same again.
func wholly(t testing.TB, p Policy) Policy {
	t.Helper()
	text, err := Write(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if second, err := Write(again); err != nil || !bytes.Equal(text, second) {
		t.Errorf("written first\n%s\nand then\n%s\n%v", text, second, err)
	}
	return again
}

var figure = regexp.MustCompile(`[0-9]+`)

// TestPages: the pages are the same each time, and every figure on them is one of
// the policy: a policy with other figures has no page with the old ones.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, name := range Presets() {
		p := preset(t, name)
		text, err := Write(p)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{"2024": true, "2847": true} // the number of the law, where duties are
		for _, n := range figure.FindAllString(string(text), -1) {
			known[n] = true
		}
		for _, page := range []string{Page(p), SecurityMD(p)} {
			for _, n := range figure.FindAllString(page, -1) {
				if !known[n] {
					t.Errorf("%s: %s is on a page and not in the policy", name, n)
				}
			}
		}
		if Page(p) != Page(p) || strings.Count(Page(p), "\n| ") != 5 {
			t.Errorf("%s: the table is not one:\n%s", name, Page(p))
		}
	}
	p := preset(t, "default")
	p.Acknowledge = calendar.Span{N: 41, Unit: calendar.Hours}
	if !strings.Contains(Page(p), "41 hours") || !strings.Contains(SecurityMD(p), "41 hours") {
		t.Error("another figure is on no page")
	}
	p.Name, p.Products = "a|b <script> [x](y)", []Product{{"One", Steward}}
	if page := Page(p); strings.Contains(page, "<script>") || !strings.Contains(page, "steward") {
		t.Error(page)
	}
	p.URL = "https://example.org/policy"
	p.Contacts = append(p.Contacts, "https://example.org/report")
	got := SecurityTXTFields(p)
	if got.Policy != p.URL || !slices.Equal(got.Contact, []string{"mailto:security@example.org", "https://example.org/report"}) {
		t.Errorf("%+v", got)
	}
}

// FuzzParse: a policy that is taken is written and read as the same, has pages,
// and plans a case of each severity or says why not.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("presets/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("a = [[[[[[[["))
	f.Add([]byte("name = 'x'\n[severity.low]\ntrack = 'public'\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 20_000 {
			return
		}
		p, err := Parse(text)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		again := wholly(t, p)
		if Page(again) != Page(p) || SecurityMD(p) == "" || len(SecurityTXTFields(p).Contact) == 0 {
			t.Errorf("another page:\n%s", Page(again))
		}
		for _, s := range Severities() {
			c := Case{Severity: s, Reported: time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)}
			plan, err := p.Plan(c)
			if err != nil && !errs.Is(err, errs.Invalid) || err == nil && plan.Release.Before(c.Reported) {
				t.Errorf("%s: %+v, %v", s, plan, err)
			}
			for _, l := range Known() {
				Check(l, plan)
			}
		}
	})
}
