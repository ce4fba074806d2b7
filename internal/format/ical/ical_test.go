package ical

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	goical "github.com/emersion/go-ical"
	"pgregory.net/rapid"
)

var (
	at      = time.Date(2026, 3, 29, 2, 30, 0, 0, time.FixedZone("CEST", 7200))
	updated = time.Date(2026, 3, 2, 10, 0, 0, 999, time.UTC)
)

func parse(t rapid.TB, raw []byte) *goical.Calendar {
	t.Helper()
	cal, err := goical.NewDecoder(bytes.NewReader(raw)).Decode()
	if err != nil {
		t.Fatalf("go-ical: %v\n%s", err, raw)
	}
	return cal
}

func sample() Calendar {
	return Calendar{
		Name: "Deadlines; all, of them", ProdID: "-//Example//Steward//EN", Refresh: time.Hour, Alarm: 24 * time.Hour,
		Entries: []Entry{
			{UID: "b@example.org", At: at.Add(time.Hour), Summary: "later", Updated: updated},
			{UID: "a@example.org", At: at, Summary: "Embargo of CVE-2026-1, ends\r\nBEGIN:VEVENT \\n; " + strings.Repeat("å界🔒", 60), URL: "https://s.example/c/1?a=b;c,d", Updated: updated},
		},
	}
}

func TestReadBack(t *testing.T) {
	t.Parallel()
	c := sample()
	raw, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	cal := parse(t, raw)
	name, _ := cal.Props.Text("NAME")
	refresh, err := cal.Props.Get(goical.PropRefreshInterval).Duration()
	if name != c.Name || err != nil || refresh != time.Hour {
		t.Errorf("name %q, refresh %v %v", name, refresh, err)
	}
	events := cal.Events()
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	first := events[0]
	start, err := first.DateTimeStart(time.UTC)
	if err != nil || !start.Equal(at) {
		t.Errorf("start %v, %v", start, err)
	}
	end, err := first.DateTimeEnd(time.UTC)
	if err != nil || !end.Equal(at.Add(length)) {
		t.Errorf("end %v, %v", end, err)
	}
	summary, err := first.Props.Text(goical.PropSummary)
	if want := oneLine(c.Entries[1].Summary); err != nil || summary != want {
		t.Errorf("summary %q, %v, want %q", summary, err, want)
	}
	if u, err := first.Props.URI(goical.PropURL); err != nil || u.String() != c.Entries[1].URL {
		t.Errorf("url %v, %v", u, err)
	}
	if len(first.Children) != 1 || first.Children[0].Name != goical.CompAlarm {
		t.Fatalf("alarm: %v", first.Children)
	}
	if d, err := first.Children[0].Props.Get(goical.PropTrigger).Duration(); err != nil || d != -24*time.Hour {
		t.Errorf("trigger %v, %v", d, err)
	}
}

func TestEmptyIsValid(t *testing.T) {
	t.Parallel()
	raw, err := Calendar{ProdID: "-//x"}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	cal := parse(t, raw)
	if len(cal.Events()) != 0 || len(cal.Children) == 0 { // rfc5545:3.6: at least one component
		t.Errorf("%s", raw)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Calendar){
		"no product":      func(c *Calendar) { c.ProdID = "" },
		"product breaks":  func(c *Calendar) { c.ProdID = "a\r\nB:c" },
		"no uid":          func(c *Calendar) { c.Entries[0].UID = "" },
		"uid breaks":      func(c *Calendar) { c.Entries[0].UID = "a\nb" },
		"two of one uid":  func(c *Calendar) { c.Entries[0].UID = c.Entries[1].UID },
		"no time":         func(c *Calendar) { c.Entries[0].At = time.Time{} },
		"no update":       func(c *Calendar) { c.Entries[0].Updated = time.Time{} },
		"year 10000":      func(c *Calendar) { c.Entries[0].At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"script":          func(c *Calendar) { c.Entries[0].URL = "javascript:alert(1)" },
		"url breaks":      func(c *Calendar) { c.Entries[0].URL = "https://a/\r\nX:y" },
		"too many":        func(c *Calendar) { c.Entries = many(MaxEntries + 1) },
		"relative":        func(c *Calendar) { c.Entries[0].URL = "/c/1" },
		"url of too much": func(c *Calendar) { c.Entries[0].URL = "https://a/" + strings.Repeat("x", maxURL) },
	} {
		c := sample()
		spoil(&c)
		if raw, err := c.Encode(); err == nil {
			t.Errorf("%s: written\n%s", name, raw)
		}
	}
}

// many are so many entries, each good.
func many(n int) (out []Entry) {
	for i := range n {
		out = append(out, Entry{UID: fmt.Sprint(i, "@example.org"), At: at, Updated: updated})
	}
	return out
}

// TestMost: the limit itself can be written, and an alarm of less than a minute
// is none.
func TestMost(t *testing.T) {
	t.Parallel()
	c := sample()
	c.Entries, c.Alarm = many(MaxEntries), 59*time.Second
	raw, err := c.Encode()
	if err != nil || bytes.Count(raw, []byte("BEGIN:VEVENT")) != MaxEntries || bytes.Contains(raw, []byte("VALARM")) {
		t.Errorf("%v, %d bytes", err, len(raw))
	}
}

func TestLongIsCut(t *testing.T) {
	t.Parallel()
	if got := oneLine(strings.Repeat("å ", 5*maxText)); utf8.RuneCountInString(got) > 2*maxText || !strings.HasPrefix(got, "å å") {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

// TestLines: whatever the text, every line is CRLF, at most 75 octets and whole
// characters, the order of the input does not matter, and nothing gets out of
// its property.
func TestLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Calendar{Name: rapid.String().Draw(t, "name"), ProdID: "-//x"}
		for i := range rapid.IntRange(0, 5).Draw(t, "n") {
			c.Entries = append(c.Entries, Entry{
				UID: string(rune('a'+i)) + "@x", At: at.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "h")) * time.Hour),
				Summary: rapid.StringN(0, 300, -1).Draw(t, "summary"), Updated: updated,
			})
		}
		raw, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
				t.Fatalf("line %q", line)
			}
		}
		cal := parse(t, raw)
		if len(cal.Events()) != len(c.Entries) {
			t.Fatalf("%d events of %d", len(cal.Events()), len(c.Entries))
		}
		for _, ev := range cal.Events() {
			uid, _ := ev.Props.Text("UID")
			got, _ := ev.Props.Text("SUMMARY")
			if want := oneLine(c.Entries[uid[0]-'a'].Summary); got != want {
				t.Fatalf("summary %q, want %q", got, want)
			}
		}
		mixed := Calendar{Name: c.Name, ProdID: c.ProdID, Entries: rapid.Permutation(c.Entries).Draw(t, "mixed")}
		if again, err := mixed.Encode(); err != nil || !bytes.Equal(raw, again) {
			t.Fatalf("other bytes for the same entries: %v", err)
		}
	})
}
