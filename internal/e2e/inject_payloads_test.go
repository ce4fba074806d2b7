package e2e

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// The payloads are made by a small grammar: each way to run a script in a page
// (a vector) in each way to get it there (a wrapping). All of them call
// fired(n), where n says which payload it is and in which field it was put.
// Where the number stands in the text, it is numberMark until then.
const numberMark = "§"

// callFired is what a payload does.
const callFired = "fired(" + numberMark + ")"

// vector is a way to run a script. Most need the place of an element.
type vector struct{ name, home, text string }

var vectors = []vector{
	{"script", "text", `<script>fired(§)</script>`},
	{"image", "text", `<img src=data:, onerror=fired(§)>`},
	{"svg", "text", `<svg onload=fired(§)>`},
	{"frame", "text", `<iframe srcdoc="<script>fired(§)</script>"></iframe>`},
	{"script link", "text", `<a href="javascript:fired(§)">x</a>`},
	{"data link", "text", `<a href="data:text/html,<script>fired(§)</script>">x</a>`},
	{"details", "text", `<details open ontoggle=fired(§)>x</details>`},
	{"focus", "text", `<input autofocus onfocus=fired(§)>`},
	{"style", "text", `<style onload=fired(§)>@import"data:text/css,";*{x:expression(fired(§))}</style>`},
	{"refresh", "text", `<base href=javascript:/><meta http-equiv=refresh content="0;url=data:text/html,<script>fired(§)</script>">`},
	{"form", "text", `<form action="javascript:fired(§)"><input type=submit></form>`},
	{"button", "text", `<form><button formaction="javascript:fired(§)">x</button></form>`},
	{"object", "text", `<object data="data:text/html,<script>fired(§)</script>"></object><embed src=javascript:fired(§)>`},
	{"math", "text", `<math><mi xlink:href="javascript:fired(§)"><mglyph><img src=data:, onerror=fired(§)>`},
	{"template", "text", `<p><template shadowrootmode=open><img src=data:, onerror=fired(§)></template></p>`},
	{"video", "text", `<video><source onerror=fired(§) src=data:,></video><audio src=data:, onerror=fired(§)>`},
	{"style sheet", "text", `<link rel=stylesheet href=data:text/css, onload=fired(§)>`},
	{"marquee", "text", `<marquee onstart=fired(§) onmouseover=fired(§)>x</marquee>`},
	{"animation", "text", `<svg><animate onbegin=fired(§) attributeName=x dur=1s>`},
	{"body", "text", `<body onload=fired(§)>`},
	{"svg link", "text", `<svg><a xlink:href="javascript:fired(§)"><text y=9>x</text></a></svg>`},
	{"attribute", "double", `" onmouseover="fired(§)" x="`},
	{"string", "script", `';fired(§);//`},
	{"Markdown line", "markdown", `[x](javascript:fired(§)) <javascript:fired(§)> ![x](//127.0.0.1:9/§ "x" onerror=fired(§))`},
	{"Markdown block", "markdown", "[r]: javascript:fired(§) \"'\"\n\n[r] ![r]\n\n```\" onclick=fired(§)\n<!--\n```\n\n|<svg onload=fired(§)>|\n|-|"},
}

// wrapping brings a vector to where it can run. home is the careless page that
// lets it.
type wrapping struct {
	name, home string
	wrap       func(string) string
}

var wrappings = []wrapping{
	{"plain", "text", func(v string) string { return v }},
	{"out of a double quote", "double", func(v string) string { return `">` + v }},
	{"out of a single quote", "single", func(v string) string { return `'>` + v }},
	{"out of a title", "title", func(v string) string { return `</title>` + v }},
	{"out of a textarea", "textarea", func(v string) string { return `</textarea>` + v }},
	{"out of a script", "script", func(v string) string { return `</script>` + v }},
	{"out of a style", "style", func(v string) string { return `</style>` + v }},
	{"out of a comment", "comment", func(v string) string { return `--> ]]>` + v }},
	{"out of a noscript", "noscript", func(v string) string { return `</noscript>` + v }},
	{"out of a select", "select", func(v string) string { return `</option></select>` + v }},
	{"encoded", "decoded", encoded},
	{"encoded twice", "decoded twice", func(v string) string { return strings.ReplaceAll(encoded(v), "&", "&amp;") }},
	{"mixed case", "text", mixedCase},
	{"control characters", "text", withControls},
	{"full width", "folded", strings.NewReplacer("<", "＜", ">", "＞", `"`, "＂", "'", "＇", "=", "＝", "/", "／", ":", "：").Replace},
	{"UTF-7", "text", strings.NewReplacer("<", "+ADw-", ">", "+AD4-", `"`, "+ACI-", "'", "+ACc-").Replace},
	{"overlong", "text", strings.NewReplacer("<", "\xc0\xbc", ">", "\xc0\xbe", `"`, "\xc0\xa2", "'", "\xc0\xa7").Replace},
	{"template", "text", func(v string) string { return "{{html `" + v + "`}} ${" + callFired + "}`" }},
	{"within Markdown", "markdown", func(v string) string { return `> [` + v + `](javascript:` + callFired + ` "'")` }},
	{"unseen characters", "text", func(v string) string { return "\u202e\u200b" + v + "\u2066\ufeff" }},
}

func encoded(v string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#x27;").Replace(v)
}

// tagNames are those of elements and handlers.
var tagNames = regexp.MustCompile(`</?[a-z]+|\bon[a-z]+=`)

// mixedCase writes tags and schemes in letters of both sizes, and a colon as a
// reference.
func mixedCase(v string) string {
	v = strings.NewReplacer("javascript:", "jAvAsCrIpT&colon;", "data:text", "DaTa:TeXt", ";//", ";/*I*///").Replace(v)
	return tagNames.ReplaceAllStringFunc(v, func(tag string) string {
		b := []byte(tag)
		for i := 1; i < len(b); i += 2 {
			b[i] = strings.ToUpper(string(b[i]))[0]
		}
		return string(b)
	})
}

// withControls puts characters that browsers skip where they skip them.
func withControls(v string) string {
	v = strings.NewReplacer("javascript:", "\x01java\tscr\nipt:", "<a href", "<a\x0chref", "<img ", "<img\n", "<svg ", "<svg\t").Replace(v)
	return v + "\x00"
}

// payload is one of them.
type payload struct {
	no               int
	vector, wrapping string
	homes            []string // careless pages in which it may run
	text             string   // with numberMark for its number
}

// as gives the payload with a number in it.
func (p payload) as(number int) string {
	return strings.ReplaceAll(p.text, numberMark, strconv.Itoa(number))
}

// allPayloads is every vector in every wrapping, in such an order that the
// first ones, however many, are of as many kinds as can be.
func allPayloads() []payload {
	all := make([]payload, len(vectors)*len(wrappings))
	for i := range all {
		v, w := vectors[i%len(vectors)], wrappings[(i+i/100)%len(wrappings)] // 25 and 20 meet again after 100
		text := w.wrap(v.text)
		if !strings.Contains(text, callFired) { // so that it can be found wherever it is shown
			text += " " + callFired
		}
		all[i] = payload{no: i, vector: v.name, wrapping: w.name, homes: []string{w.home}, text: text}
		switch {
		case decoders[w.home] != nil:
			all[i].homes = []string{w.home + ", " + v.home}
		case v.home != w.home:
			all[i].homes = append(all[i].homes, v.home)
		}
	}
	return all
}

// payloadsEnv is how many payloads are tried in every field.
const payloadsEnv = "STEWARD_PAYLOADS"

// fewPayloads is how many are tried where nobody asks for more: every vector
// and every wrapping is among them.
const fewPayloads = 25

// somePayloads are as many as are asked for.
func somePayloads(t *testing.T) []payload {
	t.Helper()
	all, n := allPayloads(), fewPayloads
	if s := os.Getenv(payloadsEnv); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 1 || n > len(all) {
			t.Fatalf("%s is %q, not a number from 1 to %d", payloadsEnv, s, len(all))
		}
	}
	return all[:n]
}

// TestPayloads: the grammar makes 500 different ones, each short enough for a
// title, each names its number, and a few of them are of every kind.
func TestPayloads(t *testing.T) {
	t.Parallel()
	all := allPayloads()
	if len(all) != 500 {
		t.Errorf("there are %d payloads", len(all))
	}
	seen, kinds := map[string]bool{}, map[string]bool{}
	for i, p := range all {
		text := p.as(999999)
		if n := utf8.RuneCountInString(text); n > 195 || len(text) > 280 {
			t.Errorf("%s, %s: %d characters, %d bytes", p.vector, p.wrapping, n, len(text))
		}
		if seen[text] || !strings.Contains(text, "fired(999999)") {
			t.Errorf("%s, %s is there twice or does not name itself: %s", p.vector, p.wrapping, text)
		}
		seen[text] = true
		if i < fewPayloads {
			kinds["vector "+p.vector], kinds["wrapping "+p.wrapping] = true, true
		}
	}
	if len(kinds) != len(vectors)+len(wrappings) {
		t.Errorf("the first %d payloads are of %d kinds only", fewPayloads, len(kinds))
	}
}
