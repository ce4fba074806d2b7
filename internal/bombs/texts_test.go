package bombs

import (
	"bytes"
	b64 "encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"steward/internal/bombs/keybomb"
)

func base64(s string) string { return b64.StdEncoding.EncodeToString([]byte(s)) }

var tokenInput = regexp.MustCompile(`name="token" value="([^"]+)"`)

// formToken gives the token of a page's form.
func (s *server) formToken(page string) string {
	s.t.Helper()
	m := tokenInput.FindSubmatch(s.send("GET", page, nil).body)
	if m == nil {
		s.t.Fatalf("%s has no token", page)
	}
	return string(m[1])
}

func jsonText(v any) string {
	raw, err := json.Marshal(v)
	must(err)
	return string(raw)
}

// markdownBombs are prose of the draft, and notes, that a parser could tie
// itself into knots with. Each is kept, linted and shown as it would be
// published.
func markdownBombs() []bomb {
	const size = 100_000
	rep := func(s string) string { return strings.Repeat(s, size/len(s)) }
	table := strings.Repeat("|", 141) + "\n" + strings.Repeat("|-", 140) + "|\n" + strings.Repeat("|\n", 138) + "\n"
	var list []bomb
	for _, m := range []struct{ name, text string }{
		{"quotes", rep(">")},
		{"lists", rep("- ")},
		{"brackets", rep("[")},
		{"links", rep("[a](")},
		{"images", rep("![")},
		{"emphasis", rep("*a_ ")},
		{"code spans", rep("`a``b")},
		{"entities", rep("&amp;")},
		{"tables", rep(table)},
		{"one link used often", "[a]: https://example.org/" + strings.Repeat("x", size/2) + "\n\n" + strings.Repeat("[a]", size/6)},
		{"definitions", rep("[a]: b\n")},
		{"HTML", rep("<a b=")},
		{"headings", rep("a\n=\n")},
	} {
		list = append(list,
			bomb{"Markdown", m.name + " in the draft", func(s *server) answer { return s.draft(m.text) }, either(harmless, refused)},
			bomb{"Markdown", m.name + " shown", func(s *server) answer { return s.page("/team/cases/" + s.caseID() + "/preview") }, harmless})
	}
	return append(list, bomb{"Markdown", "a note of 100,000 quotes", func(s *server) answer {
		got := s.api("POST", "/cases/"+s.ref+"/notes", jsonText(map[string]string{"body": strings.Repeat(">", 100_000)}))
		if got.code != http.StatusOK {
			return got
		}
		return s.page("/team/cases/" + s.caseID() + "/notes")
	}, harmless})
}

// view is what the trial needs to know of the case.
func (s *server) view() (v struct {
	ID      string
	Version int64
}) {
	s.t.Helper()
	got := s.api("GET", "/cases/"+s.ref, "")
	if err := json.Unmarshal(got.body, &v); err != nil {
		s.t.Fatalf("the case: %d %.300s: %v", got.code, got.body, err)
	}
	return v
}

func (s *server) caseID() string { return s.view().ID }

// draft puts a text into the draft and has it judged.
func (s *server) draft(text string) answer {
	s.t.Helper()
	got := s.api("POST", "/cases/"+s.ref+"/draft", jsonText(map[string]any{
		"version": s.view().Version, "overview": text, "impact": "x", "remedy": "x",
	}))
	if got.code != http.StatusNoContent {
		return got
	}
	return s.api("GET", "/cases/"+s.ref+"/draft", "")
}

// lintBombs are reports that every expression of the report lint looks through
// for long.
func lintBombs() []bomb {
	var list []bomb
	for name, piece := range map[string]string{
		"paths": "a/", "files": "a.c ", "cited files": "lib/file1.c:1 ", "lines": "line 1 of lib/file2.c, ", "functions": "in function a::b() in ", "addresses": "http://",
		"backticks": "`", "brackets": "a(", "prompts": "\n$ ", "patches": "diff --git \n", "versions": "8.4.0-", "hashes": "abc1234 ", "letters": "aaaaaaaa", "x": "xxxx", "dots": ".=",
		"spaces": " ", "hexadecimal": "\\x0", "names": "example ", "numbers": "1.",
	} {
		list = append(list, bomb{"report lint", name, func(s *server) answer {
			text := func(n int) string { return strings.Repeat(piece, n/len(piece)) }
			return s.api("POST", "/reports/lint", jsonText(map[string]any{
				"product": "example " + text(200), "versions": "1.0 " + text(100_000), "summary": text(250), "what": text(250_000), "reproduce": text(250_000), "impact": text(100_000),
			}))
		}, harmless})
	}
	return list
}

// textBombs are texts that are hard to show, or no texts at all.
func textBombs() []bomb {
	report := func(summary, what string) string {
		return jsonText(map[string]any{"summary": summary, "what": what, "product": "example", "credit": map[string]string{"want": "later"}})
	}
	var list []bomb
	for _, x := range []struct{ name, text string }{
		{"combining marks", "a" + strings.Repeat("\u0301\u0489\u0334", 16_000)},
		{"turned around", strings.Repeat("\u202e\u2066\u202d", 11_000)},
		{"joined", strings.Repeat("\U0001f468\u200d", 14_000)},
		{"one line", strings.Repeat("a", 99_000)},
		{"widest letter", strings.Repeat("\ufdfa", 33_000)},
		{"control characters", strings.Repeat("\x1b[2J\x07\x00", 14_000)},
		{"a message for OpenPGP", string(keybomb.Nested(50))},
	} {
		list = append(list,
			bomb{"Unicode", x.name, func(s *server) answer { return s.api("POST", "/reports", report("x", x.text)) }, harmless},
			bomb{"Unicode", x.name + " as the title", func(s *server) answer { return s.api("POST", "/reports", report(x.text, "x")) }, refused})
	}
	return append(list,
		bomb{"Unicode", "not UTF-8", func(s *server) answer {
			return s.send("POST", "/report", strings.NewReader("token="+s.formToken("/report")+"&do=check&summary=x&what="+strings.Repeat("%ff", 90_000)), "Content-Type", asForm)
		}, refused},
		bomb{"Unicode", "a line of 1 MiB in the form", func(s *server) answer {
			return s.send("POST", "/report", strings.NewReader("token="+s.formToken("/report")+"&do=check&summary=x&what="+strings.Repeat("a", 1<<20)), "Content-Type", asForm)
		}, refused})
}

// factBombs are facts of a case, which only the team writes.
func factBombs() []bomb {
	facts := func(more string) func(s *server) answer {
		return func(s *server) answer {
			got := s.api("POST", "/cases/"+s.ref+"/facts", fmt.Sprintf(`{"version":%d,%s}`, s.view().Version, more))
			if got.code != http.StatusNoContent {
				return got
			}
			return s.page("/team/cases/" + s.caseID() + "/draft")
		}
	}
	var ranges bytes.Buffer
	for i := range 2_000 {
		fmt.Fprintf(&ranges, `{"introduced":"%d.0","fixed":"%d.5"},`, i, i)
	}
	return []bomb{
		{"versions", "none, and a draft without bombs", func(s *server) answer { return s.draft("x") }, harmless}, // to compare with
		{"CVSS", "a vector of 1 MB", facts(`"severity":{"cvss31":"CVSS:3.1/` + strings.Repeat("AV:N/", 200_000) + `"}`), refused},
		{"CVSS", "a vector of slashes", facts(`"severity":{"cvss4":"CVSS:4.0/` + strings.Repeat("/", 500_000) + `"}`), refused},
		{"versions", "one of 200 KB", facts(`"title":"x","affected":[{"product":"p","ranges":[{"introduced":"` + strings.Repeat("1.", 100_000) + `","fixed":"` + strings.Repeat("9", 50_000) + `"}]}]`), either(refused, harmless)},
		{"versions", "2,000 ranges", facts(`"title":"x","affected":[{"product":"p","ranges":[` + strings.TrimSuffix(ranges.String(), ",") + `]}]`), either(refused, harmless)},
		{"versions", "20,000 versions", facts(`"title":"x","affected":[{"product":"p","versions":["1"` + strings.Repeat(`,"1"`, 20_000) + `]}]`), either(refused, harmless)},
		{"versions", "a table of 400,000 cells", func(s *server) answer {
			return s.send("POST", "/team/cases/"+s.caseID()+"/facts", strings.NewReader("do=more"+strings.Repeat("&affected.0.versions=1", 80_000)), "Content-Type", asForm, "Cookie", s.cookie)
		}, refused},
	}
}

// keyBombs are OpenPGP keys of a reporter.
func keyBombs() []bomb {
	var list []bomb
	for _, k := range []struct {
		name string
		key  []byte
	}{
		{"DSA numbers of 64 Kibit, 50 signatures", keybomb.DSA(64<<10-8, 50)},
		{"RSA numbers of 64 Kibit", keybomb.RSA(64<<10-8, 3)},
		{"250 signatures on the slowest curve", keybomb.Curve(250)},
		{"50 signatures on the slowest curve", keybomb.Curve(50)},
		{"1,700 names", keybomb.Names(1_700)},
		{"20,000 names", keybomb.Names(20_000)},
		{"a number that is cut off", keybomb.Numbers()},
		{"compressed 100 times", keybomb.Nested(100)},
		{"lines of armor", []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n" + strings.Repeat("A: b\n", 10_000))},
	} {
		list = append(list, bomb{"OpenPGP key", k.name, func(s *server) answer {
			return s.api("POST", "/reports", jsonText(map[string]any{"summary": "x", "what": "x", "pgp_key": string(k.key), "credit": map[string]string{"want": "later"}}))
		}, refused})
	}
	return list
}
