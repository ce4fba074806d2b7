package watermark

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var secret = bytes.Repeat([]byte{3}, SecretSize)

func mark(t testing.TB, who string) Mark {
	t.Helper()
	m, err := New(secret, "case 1", who)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func recipients(t testing.TB, n int) []Candidate {
	t.Helper()
	out := make([]Candidate, n)
	for i := range out {
		id := fmt.Sprintf("r%d", i)
		out[i] = Candidate{ID: id, Mark: mark(t, id), Line: fmt.Sprintf("Copy for Distributor %d of the list, TLP:AMBER.", i)}
	}
	return out
}

func advisory(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/advisory.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// rewrap joins paragraphs and breaks them at a width; it keeps list items and
// indented lines.
func rewrap(s string, width int) string {
	var out []string
	for para := range strings.SplitSeq(s, "\n\n") {
		if strings.HasPrefix(para, "    ") {
			out = append(out, para)
			continue
		}
		line, text := "", ""
		for _, w := range strings.Fields(para) {
			if line != "" && len(line)+1+len(w) > width {
				text += line + "\n"
				line = ""
			}
			line = strings.TrimPrefix(line+" "+w, " ")
		}
		out = append(out, text+line)
	}
	return strings.Join(out, "\n\n")
}

func body(s string) string { // without the visible lines
	ls := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return strings.Join(ls[2:len(ls)-2], "\n")
}

var oneSpace = regexp.MustCompile(`[ \t]+`)

func plainQuotes(s string) string {
	return strings.NewReplacer("“", `"`, "”", `"`, "’", "'", "–", "-", "—", "-").Replace(s)
}

// traceEach is how many recipients there are for one whose copy leaks: each
// leak is weighed for all of them.
const traceEach = 125

// launderings are what happens to a text on its way. least is the part of 500
// recipients that must be named, in percent.
var launderings = []struct {
	name  string
	least int
	do    func(s string) string
}{
	{"as it was", 100, func(s string) string { return s }},
	{"without the visible lines", 100, body},
	{"quoted", 100, func(s string) string { return "> " + strings.ReplaceAll(body(s), "\n", "\n> ") }},
	{"quoted twice, CRLF", 100, func(s string) string { return ">> " + strings.ReplaceAll(body(s), "\n", "\r\n>> ") }},
	{"indented", 100, func(s string) string { return "\t" + strings.ReplaceAll(body(s), "\n", "\n\t") }},
	{"no trailing spaces", 100, func(s string) string {
		return regexp.MustCompile(`(?m) +$`).ReplaceAllString(body(s), "")
	}},
	{"plain quotes and dashes", 100, func(s string) string { return plainQuotes(body(s)) }},
	{"typographic apostrophes", 100, func(s string) string { return strings.ReplaceAll(body(s), "'", "’") }},
	{"HTML, preformatted", 100, func(s string) string {
		return "<html><body><pre>" + html.EscapeString(body(s)) + "</pre></body></html>"
	}},
	{"HTML, one line a paragraph", 95, func(s string) string {
		return "<p>" + strings.ReplaceAll(oneSpace.ReplaceAllString(strings.ReplaceAll(html.EscapeString(body(s)), "\n\n", "</p>\x00<p>"), " "), "\n", " ") + "</p>"
	}},
	{"wrapped anew, single spaces", 95, func(s string) string { return rewrap(body(s), 72) }},
	{"wrapped anew, single spaces, plain quotes", 90, func(s string) string { return rewrap(plainQuotes(body(s)), 80) }},
	{"the middle third", 95, func(s string) string { b := body(s); return b[len(b)/3 : 2*len(b)/3] }},
	{"a comment around it", 100, func(s string) string { return "Look what they hide:\n\n" + body(s) + "\n\nFound this." }},
}

func TestTrace(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	all := recipients(t, 500)
	copies := make([]string, len(all))
	for i, c := range all {
		var err error
		if copies[i], err = Text(plain, c.Line, c.Mark); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range launderings {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			tried := len(all) / traceEach
			named, wrong, places, bits := 0, 0, 0, 0.0
			for i := 0; i < len(all); i += traceEach {
				c := all[i]
				r := TraceText(plain, []byte(l.do(copies[i])), all)
				places += r.Places
				for _, v := range r.Traced() {
					if v.ID == c.ID {
						named++
						bits += v.Bits
					} else {
						wrong++
					}
				}
			}
			t.Logf("named %d of %d, wrongly %d; %d places, %.0f bits", named, tried, wrong, places/tried, bits/float64(max(named, 1)))
			if wrong > 0 || named*100 < l.least*tried {
				t.Errorf("named %d of %d, wrongly %d", named, tried, wrong)
			}
		})
	}
}

// TestInnocent: a leak of the text as it was, of a copy of someone who is not
// among the candidates, or of another text, names nobody.
func TestInnocent(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	all := recipients(t, 500)
	leaks := []string{plain, rewrap(plain, 72), "", "nothing of the kind", strings.Repeat("<p> > a", 1000)}
	for i := range 3 {
		s, err := Text(plain, "x", mark(t, fmt.Sprint("other ", i)))
		if err != nil {
			t.Fatal(err)
		}
		leaks = append(leaks, s, rewrap(body(s), 72))
	}
	for i, leak := range leaks {
		if r := TraceText(plain, []byte(leak), all); len(r.Traced()) > 0 || len(r.Verdicts) != len(all) {
			t.Errorf("leak %d is traced to %+v", i, r.Traced())
		}
	}
}

// TestCollusion: two who compare their copies, line by line or word by word,
// and toss a coin where these differ. Nobody else is ever named.
func TestCollusion(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	all := recipients(t, 500)
	p := newPlan(plain)
	one, both, wrong := 0, 0, 0
	const pairs = 4
	for i := range pairs {
		a, b := all[2*i], all[2*i+1]
		coin := mark(t, fmt.Sprint("coin ", i))
		found := p.look(body(mustText(t, plain, a)))
		// What each place of the mixture fits.
		for k, s := range found {
			if coin.choice(s.channel, fmt.Sprint(k), 2) == 1 && !s.fits(b.Mark) {
				was := s.fits
				found[k].fits = func(m Mark) bool { return !was(m) }
				found[k].chance = 1 - s.chance
			}
		}
		n := 0
		for _, v := range judge(found, "", all).Traced() {
			if v.ID == a.ID || v.ID == b.ID {
				n++
			} else {
				wrong++
			}
		}
		if n > 0 {
			one++
		}
		if n == 2 {
			both++
		}
	}
	t.Logf("of %d pairs, at least one named in %d, both in %d, others %d", pairs, one, both, wrong)
	if wrong > 0 {
		t.Errorf("one %d, both %d, wrong %d", one, both, wrong)
	}
}

func mustText(t testing.TB, plain string, c Candidate) string {
	t.Helper()
	s, err := Text(plain, c.Line, c.Mark)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func norms(s string) []string {
	var out []string
	for _, w := range words(s) {
		out = append(out, w.norm)
	}
	return out
}

// TestSameText: all copies say the same, and what a machine reads is the same
// to the byte.
func TestSameText(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	keep := []string{
		"    example-server --set http.chunks=strict -- \"reload now\"\n", "Affected: 2.0.0 to 2.4.6\nFixed in: 2.4.7 and 2.5.0\n",
		"<security@example.org>", "https://example.org/security/ES-2026-0007", "HTTP/1.1", "rules\n----------",
	}
	seen := map[string]bool{}
	for _, c := range recipients(t, 100) {
		s := mustText(t, plain, c)
		if again := mustText(t, plain, c); again != s {
			t.Fatal("the same mark gave another copy")
		}
		if !slices.Equal(norms(body(s)), norms(plain)) {
			t.Fatal("a copy has other words")
		}
		for _, k := range keep {
			if !strings.Contains(s, k) {
				t.Fatalf("%q is not in\n%s", k, s)
			}
		}
		for l := range strings.SplitSeq(s, "\n") {
			if len([]rune(l)) > 84 {
				t.Errorf("a line of %d: %q", len([]rune(l)), l)
			}
		}
		if seen[body(s)] {
			t.Fatal("two copies are the same")
		}
		seen[body(s)] = true
		if strings.Count(s, c.Line) != 2 {
			t.Error("the visible line is not there twice")
		}
	}
}

func TestVisibleLine(t *testing.T) {
	t.Parallel()
	all := recipients(t, 3)
	r := TraceText("x", []byte("> Copy for Distributor 1 of\n> the list,  TLP:AMBER."), all)
	for _, v := range r.Verdicts {
		if v.Line != (v.ID == "r1") || v.Traced {
			t.Errorf("%+v", v)
		}
	}
	if _, err := Text("x", "a\nb", mark(t, "r")); err == nil {
		t.Error("a visible line of two lines was taken")
	}
	if _, err := New(secret[1:], "c", "r"); err == nil {
		t.Error("a short secret was taken")
	}
}

// TestAnyText: whatever the text, a copy has its words, what is not prose stays
// to the byte, and nothing panics.
func TestAnyText(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"don't", "for example,", "e.g.", "cannot", "do not", " ", "\n", "\n\n", "- ", "* ", "\"", "“", "”", " – ", "`", "```\n", "    code", ". ", "Word", "leads to", "\t", "a/b", "--x", "1. "}),
		rapid.StringN(0, 8, -1))
	rapid.Check(t, func(t *rapid.T) {
		plain := strings.ToValidUTF8(strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "pieces"), ""), "?")
		m, err := New(secret, "c", rapid.String().Draw(t, "who"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Text(plain, "", m)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := norms(s), norms(unixLines(plain)); !slices.Equal(got, want) {
			t.Fatalf("%q became %q", plain, s)
		}
		r := TraceText(plain, []byte(s), []Candidate{{ID: "a", Mark: m}})
		if v := r.Verdicts[0]; v.Fit != r.Places {
			t.Fatalf("%d of %d places fit their own copy: %q became %q", v.Fit, r.Places, plain, s)
		}
	})
}

func FuzzTraceText(f *testing.F) {
	f.Add("You don't know. For example this.\n", "> You don’t know.")
	f.Add("- a\n- b\n", "<p>* a &amp; b")
	f.Fuzz(func(t *testing.T, plain, leak string) {
		m := mark(t, "f")
		if s, err := Text(plain, "", m); err == nil {
			TraceText(plain, []byte(leak), []Candidate{{Mark: m}})
			TraceText(plain, []byte(s), []Candidate{{Mark: m}})
		}
	})
}
