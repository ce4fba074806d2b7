package watermark

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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

// launderings are what happens to a text on its way. least is the part of 500
// recipients that must be named, in percent.
var launderings = []struct {
	name  string
	least int
	do    func(s string) string
}{
	{"as it was", 100, func(s string) string { return s }},
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
	{"HTML, one line a paragraph", 90, func(s string) string {
		return "<p>" + strings.ReplaceAll(oneSpace.ReplaceAllString(strings.ReplaceAll(html.EscapeString(body(s)), "\n\n", "</p>\x00<p>"), " "), "\n", " ") + "</p>"
	}},
	{"wrapped anew, single spaces", 70, func(s string) string { return rewrap(body(s), 72) }},
	{"wrapped anew, single spaces, plain quotes", 50, func(s string) string { return rewrap(plainQuotes(body(s)), 80) }},
	{"the first half", 95, func(s string) string { b := body(s); return b[:len(b)/2] }},
	{"half, wrapped anew, CRLF", 0, func(s string) string {
		b := body(s)
		return strings.ReplaceAll(rewrap(b[:len(b)/2], 72), "\n", "\r\n")
	}},
	{"the longest paragraph", 0, func(s string) string {
		return slices.MaxFunc(strings.Split(body(s), "\n\n"), func(a, b string) int { return len(a) - len(b) })
	}},
	{"the middle third", 90, func(s string) string { b := body(s); return b[len(b)/3 : 2*len(b)/3] }},
	{"a comment around it", 100, func(s string) string { return "Look what they hide:\n\n" + body(s) + "\n\nFound this." }},
}

func TestTrace(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	all := recipients(t, 500)
	const every = 10
	copies := map[int]string{}
	for i := 0; i < len(all); i += every {
		copies[i] = mustText(t, plain, all[i])
	}
	from := newOriginal(plain)
	for _, l := range launderings {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			tried := len(all) / every
			named, wrong, places, bits := 0, 0, 0, 0.0
			for i := 0; i < len(all); i += every {
				c := all[i]
				r := from.trace([]byte(l.do(copies[i])), all)
				places += r.Places
				for _, v := range r.Verdicts {
					switch {
					case v.ID == c.ID:
						bits += v.Bits
						if v.Traced {
							named++
						}
					case v.Traced:
						wrong++
					}
				}
			}
			t.Logf("named %d of %d, wrongly %d; %d places, %.0f bits", named, tried, wrong, places/tried, bits/float64(tried))
			if wrong > 0 || named*100 < l.least*tried {
				t.Errorf("named %d of %d, wrongly %d", named, tried, wrong)
			}
		})
	}
}

// TestInnocent: a leak of the text as it was, or of another text, names nobody.
func TestInnocent(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	all := recipients(t, 500)
	for i, leak := range []string{plain, rewrap(plain, 72), "", "nothing of the kind", strings.Repeat("<p> > a", 1000)} {
		r := TraceText(plain, []byte(leak), all)
		if len(r.Traced()) > 0 || len(r.Verdicts) != len(all) || (i != 1 && r.Enough) {
			t.Errorf("leak %d is traced to %+v, enough %v", i, r.Traced(), r.Enough)
		}
	}
}

// TestStrangers: a leak of the copy of someone who is not among the candidates
// names nobody, and evidence against them is as rare as the bound tells.
func TestStrangers(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	all := recipients(t, 500)
	const strangers = 200
	from := newOriginal(plain)
	var most float64
	over := make([]int, 16) // candidates with so many bits against them, or more
	for i := range strangers {
		s := body(mustText(t, plain, Candidate{Line: "x", Mark: mark(t, fmt.Sprint("stranger ", i))}))
		if i%2 == 1 {
			s = rewrap(s, 72)
		}
		r := from.trace([]byte(s), all)
		if n := len(r.Traced()); n > 0 {
			t.Errorf("stranger %d: %d are accused", i, n)
		}
		for _, v := range r.Verdicts {
			most = max(most, v.Bits)
			for k := range over {
				if v.Bits >= float64(k) {
					over[k]++
				}
			}
		}
	}
	t.Logf("at most %.1f bits against one of %d; by bits: %v", most, strangers*len(all), over)
	for k, n := range over {
		// Three standard deviations above what may be expected at most.
		if p := math.Exp2(-float64(k)) * strangers * float64(len(all)); float64(n) > p+3*math.Sqrt(p)+1 {
			t.Errorf("%d have %d bits against them, of which there should be %.0f at most", n, k, p)
		}
	}
}

// mixed is what two make of their copies who compare them word by word and toss
// a coin for each, or for each run of words.
func mixed(a, b string, run int, coin *chooser) string {
	wa, wb := words(a), words(b)
	var out strings.Builder
	fromA, atA, atB := true, 0, 0
	for i := range wa {
		if i%run == 0 {
			fromA = coin.at(chWord, fmt.Sprint(i), 2) == 0
		}
		if fromA {
			out.WriteString(a[atA:wa[i].end])
		} else {
			out.WriteString(b[atB:wb[i].end])
		}
		atA, atB = wa[i].end, wb[i].end
	}
	return out.String()
}

// TestCollusion: two who mix their copies. Nobody else is ever named.
func TestCollusion(t *testing.T) {
	t.Parallel()
	plain := advisory(t)
	all := recipients(t, 500)
	const pairs = 100
	copies := make([]string, 2*pairs)
	for i := range copies {
		copies[i] = body(mustText(t, plain, all[i]))
	}
	from := newOriginal(plain)
	for _, run := range []int{1, 60} {
		one, both, wrong := 0, 0, 0
		for i := range pairs {
			a, b := all[2*i], all[2*i+1]
			leak := mixed(copies[2*i], copies[2*i+1], run, mark(t, fmt.Sprint("coin ", i)).chooser())
			n := 0
			for _, v := range from.trace([]byte(leak), all).Traced() {
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
		t.Logf("a coin for %d words: of %d pairs, at least one named in %d, both in %d, others %d", run, pairs, one, both, wrong)
		if wrong > 0 || one == 0 {
			t.Errorf("a coin for %d words: one %d, both %d, wrong %d", run, one, both, wrong)
		}
	}
}

// TestSpeed: a long text and many candidates take well under a second; and
// texts that are made to be slow are not.
func TestSpeed(t *testing.T) {
	t.Parallel()
	all := recipients(t, 500)
	var long strings.Builder
	words := strings.Fields("server proxy request anyone length do not chunk rules parser reads checks cannot behaviour closes among page")
	fill := mark(t, "fill").chooser()
	for i := 0; long.Len() < 20<<10; i++ {
		fmt.Fprint(&long, words[fill.at(chWord, fmt.Sprint(i), len(words))])
		switch {
		case i%80 == 79:
			fmt.Fprint(&long, ".\n\nIt ")
		case i%10 == 9:
			fmt.Fprint(&long, ". The ")
		default:
			fmt.Fprint(&long, " ")
		}
	}
	text := rewrap(long.String(), 78)
	leak := mustText(t, text, all[7])
	start := time.Now()
	r := TraceText(text, []byte(leak), all)
	t.Logf("%d bytes, %d candidates: %d places in %v", len(text), len(all), r.Places, time.Since(start))
	if len(r.Traced()) != 1 || r.Verdicts[0].ID != "r7" {
		t.Errorf("traced to %v", r.Traced())
	}
	var numbers strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&numbers, "%d. ", i)
	}
	const n = 1 << 15
	for _, s := range []string{
		numbers.String(), strings.Repeat("- a b c d\n", n/10), strings.Repeat("do not ", n/7), strings.Repeat("a.", n/2),
		strings.Repeat("\"a\" ", n/4), strings.Repeat("a – b\n\n", n/9), strings.Repeat("<", n), strings.Repeat("don't\n", n/6),
		strings.Repeat("> ", n/2), strings.Repeat("` a", n/3),
	} {
		start := time.Now()
		leak, err := Text(s, "", all[0].Mark)
		if err != nil {
			t.Fatal(err)
		}
		TraceText(s, []byte(leak), all[:2])
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%.20q took %v", s, took)
		} else {
			t.Logf("%.20q took %v", s, took)
		}
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
	for _, c := range recipients(t, 40) {
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

// levelled is a text with all channels normalised away, without the help of
// what is tested.
func levelled(s string) string {
	s = regexp.MustCompile(`(?m)^( {0,3})[-*+]( +\S)`).ReplaceAllString(s, "$1-$2")
	all := strings.Fields(strings.NewReplacer("“", `"`, "”", `"`, "’", "'").Replace(s))
	for i, w := range all {
		if w == "–" || w == "—" || w == "--" {
			all[i] = "-"
		}
	}
	s = strings.Join(all, " ")
	for _, ways := range same {
		for _, w := range ways[1:] {
			s = strings.ReplaceAll(s, w, ways[0])
		}
	}
	return s
}

// TestKept: code, commands, addresses, versions, hashes and identifiers are the
// same to the byte in every copy, wherever they stand.
func TestKept(t *testing.T) {
	t.Parallel()
	keep := []string{
		"```\ndo not - don't\n  \"x\"  – anyone\n```", "    do not touch – \"this\" isn't\n    prose", "\tdon't \"a\" – b",
		"`do not – isn't \"a\"`", "`anyone`", "https://example.org/do-not/isn't?q=anyone", "<anyone@example.org>", "2.4.0 – 2.4.6",
		"CVE-2026-12345", "3f786850e387550fdab836ed7e6dc881de23001b", "$ make do not – \"anyone\"", "--do-not isn't", "v1.2.3-do.not",
		"anyone/among.c", "anyone=among", "GHSA-xxxx-anyone", "towards.example", "| anyone | don't |", "ANYONE", "Do Not",
	}
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(keep).Draw(t, "kept")
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"anyone", "do not", "says", "the", "server.", "It", "– isn't", "\"quoted\"", "we"}), 0, 30)
		join := "\n\n"
		if !strings.ContainsAny(k, "\n\t$|") && !strings.HasPrefix(k, "--") {
			join = rapid.SampledFrom([]string{" ", "\n", "\n\n"}).Draw(t, "join")
		}
		plain := strings.Join(words.Draw(t, "before"), " ") + join + k + join + strings.Join(words.Draw(t, "after"), " ")
		m, err := New(secret, "c", rapid.String().Draw(t, "who"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Text(plain, "Copy for X", m)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(s, k) {
			t.Fatalf("%q is not in %q", k, s)
		}
		again, err := Text(s, "Copy for X", m)
		if err != nil || strings.Count(again, "Copy for X") != 2 {
			t.Fatalf("marked again: %q, %v", again, err)
		}
	})
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
		if got, want := levelled(s), levelled(unixLines(plain)); got != want {
			t.Fatalf("%q became %q:\n%q\n%q", plain, s, want, got)
		}
		r := TraceText(plain, []byte(s), []Candidate{{ID: "a", Mark: m}})
		// Where a text repeats itself, a place may be taken for another like it.
		misread := 0
		if all := norms(plain); len(slices.Compact(slices.Sorted(slices.Values(all)))) < len(all) {
			misread = 1
		}
		if v := r.Verdicts[0]; v.Fit < r.Places-misread && clean([]byte(s)) == s {
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

// Traced gives the candidates that the leak is traced to.
func (r Report) Traced() []Verdict {
	n := 0
	for n < len(r.Verdicts) && r.Verdicts[n].Traced {
		n++
	}
	return r.Verdicts[:n]
}
