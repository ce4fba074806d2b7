package intake

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"

	"steward/internal/base/errs"
)

// Limits of a rule.
const (
	maxMatches  = 50    // patterns of a rule
	maxPattern  = 300   // bytes of a pattern
	maxProgram  = 5_000 // steps of a compiled pattern
	maxRuleText = 2_000 // bytes of Title and of Why
)

// Rule is an entry of the team's published list of what is not a
// vulnerability. Make one with ParseRule.
type Rule struct {
	Title    string // as published
	Why      string // the reason, as published; quoted to the reporter
	patterns []*regexp.Regexp
}

// ParseRule reads a rule. Each entry of match is a word or several (found
// whole, in any case of letters, with any space between), or a regular
// expression between slashes (RE2, any case of letters unless it says
// otherwise). The faults (errs.Problems) name title, why or match[i].
func ParseRule(title, why string, match []string) (Rule, error) {
	var ps errs.Problems
	for _, f := range []struct{ name, text string }{{"title", title}, {"why", why}} {
		switch {
		case strings.TrimSpace(f.text) == "":
			ps.Add(f.name, "A rule on what is not a vulnerability must have a %s.", f.name)
		case len(f.text) > maxRuleText:
			ps.Add(f.name, "The text has %d bytes; at most %d are allowed.", len(f.text), maxRuleText)
		}
	}
	if len(match) == 0 || len(match) > maxMatches {
		ps.Add("match", "A rule must have 1 to %d words or expressions to match; this has %d.", maxMatches, len(match))
	}
	r := Rule{Title: title, Why: why}
	for i, m := range match[:min(len(match), maxMatches)] {
		p, err := parsePattern(m)
		if err != nil {
			err.Field = fmt.Sprintf("match[%d]", i)
			ps = append(ps, err)
			continue
		}
		r.patterns = append(r.patterns, p)
	}
	if err := ps.Err(); err != nil {
		return Rule{}, err
	}
	return r, nil
}

func parsePattern(m string) (*regexp.Regexp, *errs.Error) {
	if len(m) > maxPattern {
		return nil, errs.Invalidf("", "The pattern has %d bytes; at most %d are allowed.", len(m), maxPattern)
	}
	expr := wordsPattern(m)
	if len(m) > 2 && m[0] == '/' && m[len(m)-1] == '/' {
		expr = m[1 : len(m)-1]
	}
	expr = "(?i)" + expr
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, errs.Invalidf("", "This is no regular expression that can be used: %v.", err).
			WithHint("the syntax is that of RE2; without slashes around it the text is matched word by word")
	}
	if prog, err := syntax.Compile(parsed.Simplify()); err != nil || len(prog.Inst) > maxProgram {
		return nil, errs.Invalidf("", "This regular expression is too large.").
			WithHint("repeat less, or use several patterns")
	}
	p, err := regexp.Compile(expr)
	if err != nil {
		return nil, errs.Invalidf("", "This is no regular expression that can be used: %v.", err)
	}
	if p.MatchString("") {
		return nil, errs.Invalidf("", "This pattern matches every report.")
	}
	return p, nil
}

// wordsPattern finds words whole, with any space between them.
func wordsPattern(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	expr := strings.Join(words, `\s+`)
	if first, _ := utf8.DecodeRuneInString(strings.TrimSpace(text)); isWord(first) {
		expr = `\b` + expr
	}
	if last, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(text)); isWord(last) {
		expr += `\b`
	}
	return expr
}

// isWord tells the characters between which \b sees no border. RE2 knows only
// those of ASCII.
func isWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

// matches tells whether the rule speaks of a text.
func (r Rule) matches(text string) bool {
	for _, p := range r.patterns {
		if p.MatchString(text) {
			return true
		}
	}
	return false
}
