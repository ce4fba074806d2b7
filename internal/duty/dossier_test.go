package duty

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"steward/internal/base/errs"
)

var forms = []Kind{EarlyWarning, Notification, FinalReport}

// full is a subject in which every field is set; a text is its field's name.
func full(t testing.TB) Subject {
	t.Helper()
	var s Subject
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		switch f.Interface().(type) {
		case string:
			f.SetString("canary-" + v.Type().Field(i).Name)
		case Answer:
			f.SetString(string(Yes))
		case time.Time:
			f.Set(reflect.ValueOf(at(t, "2026-09-30T07:06:05Z")))
		case []string:
			f.Set(reflect.ValueOf([]string{"SE", "AT", "SE"}))
		case []Exception:
			f.Set(reflect.ValueOf([]Exception{HighRisk, OneState}))
		default:
			t.Fatalf("a field of a new type: %s", v.Type().Field(i).Name)
		}
	}
	s.Establishment, s.ProductType = "FI", "important"
	return s
}

func compose(t testing.TB, k Kind, tr Trigger, r Role, s Subject) Dossier {
	t.Helper()
	f := exploited(at(t, "2026-10-01T08:00:00Z"))
	f.Trigger, f.Role, f.FixAvailable = tr, r, at(t, "2026-10-02T08:00:00Z")
	f.Filings = []Filing{{Kind: EarlyWarning, At: at(t, "2026-10-01T09:00:00Z"), By: "ana", Reference: "canary-Reference"}}
	d, err := Compose(k, f, s, at(t, "2026-10-03T08:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func names(fields []Field) string {
	var out []string
	for _, f := range fields {
		n := f.Number
		if n == "" {
			n = strings.Fields(f.Name)[0]
		}
		out = append(out, n)
	}
	return strings.Join(out, " ")
}

// TestMissing: what is asked for at each step, written down once more from the
// glossary and the Article.
func TestMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trigger       Trigger
		kind          Kind
		missing, open string
	}{
		{Exploited, EarlyWarning, "2 3 4 5 6 7", "Member"},
		{Exploited, Notification, "2 3 4 5 6 7 v21 Date", "15 16 17 Member"},
		{Exploited, FinalReport, "2 3 4 5 6 7 15 16 17 v23 v24 v25", "v27 Member"},
		{Incident, EarlyWarning, "2 3 4 5 6 7 i31", "Member"},
		{Incident, Notification, "2 3 4 5 6 7 i31 i32 i38 i39", "15 16 17 Member"},
		{Incident, FinalReport, "2 3 4 5 6 7 15 16 17 i31 i33 i34 i35 i36", "Member"},
	} {
		d := compose(t, c.kind, c.trigger, Manufacturer, Subject{})
		if got := names(d.Missing()); got != c.missing {
			t.Errorf("%s, %s: missing %q, want %q", c.trigger, c.kind, got, c.missing)
		}
		if got := names(d.Open()); got != c.open {
			t.Errorf("%s, %s: open %q, want %q", c.trigger, c.kind, got, c.open)
		}
		d = compose(t, c.kind, c.trigger, Manufacturer, full(t))
		if m, o, l := d.Missing(), d.Open(), d.TooLong(); len(m)+len(o)+len(l) > 0 {
			t.Errorf("%s, %s: of a full subject %v are missing, %v open, %v too long", c.trigger, c.kind, m, o, l)
		}
	}
}

// TestChosen: what is chosen from a list says what is so, and nothing where
// nobody knows.
func TestChosen(t *testing.T) {
	t.Parallel()
	value := func(d Dossier, number string) string {
		for _, s := range d.Sections {
			for _, f := range s.Fields {
				if f.Number == number {
					return f.Value
				}
			}
		}
		t.Errorf("no field %s", number)
		return ""
	}
	for trigger, want := range map[Trigger]string{Exploited: "Vulnerability", Incident: "Incident"} {
		if got := value(compose(t, EarlyWarning, trigger, Manufacturer, Subject{}), "1"); got != want {
			t.Errorf("%s is a notification of the type %q", trigger, got)
		}
	}
	if got := value(compose(t, Notification, Exploited, Manufacturer, Subject{}), "v28"); got != "" {
		t.Errorf("exceptional circumstances that nobody named: %q", got)
	}
	for answer, want := range map[Answer]string{Yes: "Yes", No: "No", "": "", "unknown": ""} {
		if got := yesNo(answer); got != want {
			t.Errorf("%q is answered by %q", answer, got)
		}
	}
}

// TestPoints: every point of Article 14(2) and (4) is a field of its step, and
// of no other.
func TestPoints(t *testing.T) {
	t.Parallel()
	points := map[Trigger]map[Kind][]string{
		Exploited: {EarlyWarning: {"14(2)(a)"}, Notification: {"14(2)(b)"}, FinalReport: {"14(2)(c)(i)", "14(2)(c)(ii)", "14(2)(c)(iii)"}},
		Incident:  {EarlyWarning: {"14(4)(a)"}, Notification: {"14(4)(b)"}, FinalReport: {"14(4)(c)(i)", "14(4)(c)(ii)", "14(4)(c)(iii)"}},
	}
	for tr, byKind := range points {
		for _, k := range forms {
			for _, r := range Roles() {
				var bases []string
				for _, s := range compose(t, k, tr, r, full(t)).Sections {
					for _, f := range s.Fields {
						if f.Basis == "" || f.Need == "" || f.Help == "" {
							t.Errorf("%s, %s: %+v", tr, k, f)
						}
						bases = append(bases, f.Basis)
					}
				}
				for kind, want := range byKind {
					for _, p := range want {
						has := slices.ContainsFunc(bases, func(b string) bool { return strings.HasSuffix(b, "Article "+p) })
						if has != (kind == k) {
							t.Errorf("%s, %s, %s: point %s among the fields: %v", r, tr, k, p, has)
						}
					}
				}
				if r == Steward && !slices.ContainsFunc(bases, func(b string) bool { return strings.Contains(b, "24(3)") }) {
					t.Errorf("%s, %s: a steward's fields do not name Article 24(3)", tr, k)
				}
			}
		}
	}
}

// TestNothingLost: every text that a person enters stands in some dossier, and
// once in its order.
func TestNothingLost(t *testing.T) {
	t.Parallel()
	s := full(t)
	var all string
	for _, tr := range Triggers() {
		for _, k := range forms {
			all += compose(t, k, tr, Manufacturer, s).Text(72)
		}
	}
	want := []string{"canary-Reference", "Austria, Sweden\n", "Finland", "Important", "2026-09-30 07:06 UTC", "2026-10-01 08:00 UTC", "2026-10-02 08:00 UTC",
		"(a) exploited in one Member State only\n    (c) imminent"}
	for name := range s.texts() {
		field := strings.ToUpper(name[:1]) + name[1:]
		if name == "cve" || name == "euvd" {
			field = strings.ToUpper(name)
		}
		want = append(want, "canary-"+field)
	}
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("%q is in no dossier", w)
		}
	}
	if n, m := len(s.texts()), reflect.TypeFor[Subject]().NumField(); n != m-8 {
		t.Errorf("%d texts are checked; of %d fields 8 are no texts", n, m)
	}
}

// TestOrder: fields of the glossary come in its order, each once, and what is
// missing comes before all of them.
func TestOrder(t *testing.T) {
	t.Parallel()
	for _, tr := range Triggers() {
		for _, k := range forms {
			d := compose(t, k, tr, Steward, Subject{})
			last := 0
			for _, s := range d.Sections {
				for _, f := range s.Fields {
					if f.Number == "" {
						continue
					}
					var n int
					if _, err := fmt.Sscanf(strings.TrimLeft(f.Number, "vi"), "%d", &n); err != nil || n <= last {
						t.Errorf("%s, %s: %q after %d", tr, k, f.Number, last)
					}
					last = n
				}
			}
			text := d.Text(72)
			if m, first := strings.Index(text, "Missing\n"), strings.Index(text, "1. Notification type"); m < 0 || first < m {
				t.Errorf("%s, %s: what is missing does not come first", tr, k)
			}
			if text != compose(t, k, tr, Steward, Subject{}).Text(72) {
				t.Errorf("%s, %s: not the same bytes", tr, k)
			}
		}
	}
}

// TestValueIsNoField: what a person writes cannot look like another field, and
// what no field takes is gone.
func TestValueIsNoField(t *testing.T) {
	t.Parallel()
	s := full(t)
	s.Summary = "one\r\n2. Title [required]\n\x1b[2Jforged\u202e\x07\n\nMissing\n-------"
	s.Title = strings.Repeat("ä", 256)
	d := compose(t, Notification, Exploited, Manufacturer, s)
	text := d.Text(72)
	if strings.Count(text, "\n2. Title") != 1 || strings.Contains(text, "\nMissing") || strings.ContainsAny(text, "\x1b\x07\r\u202e") {
		t.Errorf("%s", text)
	}
	if got := names(d.TooLong()); got != "2" {
		t.Errorf("too long: %q", got)
	}
	s.Title = strings.Repeat("ä", 255)
	if got := names(compose(t, Notification, Exploited, Manufacturer, s).TooLong()); got != "" {
		t.Errorf("255 characters are too long: %q", got)
	}
}

// TestRefused: what cannot be meant is said by field.
func TestRefused(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-10-03T08:00:00Z")
	f := exploited(at(t, "2026-10-01T08:00:00Z"))
	for _, k := range []Kind{Users, Intermediate, "poem"} {
		if _, err := Compose(k, f, Subject{}, now); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", k, err)
		}
	}
	if _, err := Compose(EarlyWarning, Facts{}, Subject{}, now); !errs.Is(err, errs.Invalid) {
		t.Errorf("facts without anything: %v", err)
	}
	bad := Subject{Title: "\xff", Summary: strings.Repeat("x", maxText+1), Establishment: "UK", MemberStates: []string{"Germany"},
		ProductType: "nice", EndOfSupport: "soon", Exceptions: []Exception{"shame"}, OccurredAt: now.Add(time.Hour)}
	_, err := Compose(EarlyWarning, f, bad, now)
	for _, word := range []string{"title", "summary", "establishment", "memberStates", "productType", "endOfSupport", "exceptions", "occurredAt"} {
		if !slices.ContainsFunc(err.(errs.Problems), func(p *errs.Error) bool { return p.Field == word }) {
			t.Errorf("nothing about %s in %v", word, err)
		}
	}
	if err := (&Subject{MemberStates: make([]string, 1000), Exceptions: make([]Exception, 1000)}).Check(now); len(err.(errs.Problems)) > 40 {
		t.Errorf("%d problems", len(err.(errs.Problems)))
	}
	if n := len(MemberStates()); n != 27 || !slices.IsSorted(MemberStates()) {
		t.Errorf("%d Member States, or not in order", n)
	}
}

// FuzzText: whatever is written, the text is valid, has no control characters,
// keeps its width but for long words, and each value is indented.
func FuzzText(f *testing.F) {
	f.Add("a summary", "line\nline", uint8(72))
	f.Add("\u202e\x00", "x\u2028y \t z", uint8(0))
	f.Add(strings.Repeat("wide ", 50), strings.Repeat("w", 200), uint8(41))
	f.Fuzz(func(t *testing.T, title, summary string, width uint8) {
		s := Subject{Title: title, Summary: summary}
		facts := exploited(at(t, "2026-10-01T08:00:00Z"))
		d, err := Compose(EarlyWarning, facts, s, at(t, "2026-10-03T08:00:00Z"))
		if err != nil {
			return
		}
		text := d.Text(int(width))
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x1b\r\u202e\u2028") {
			t.Fatalf("%q", text)
		}
		bare := compose(t, EarlyWarning, Exploited, Manufacturer, Subject{})
		if got, want := strings.Count(text, "\n2. Title ["), strings.Count(bare.Text(int(width)), "\n2. Title ["); got != want {
			t.Fatalf("%d titles, want %d", got, want)
		}
		for line := range strings.SplitSeq(text, "\n") {
			if n := utf8.RuneCountInString(line); n > max(int(width), minWidth) && len(strings.Fields(line)) > 1 {
				t.Fatalf("a line of %d characters: %q", n, line)
			}
		}
	})
}
