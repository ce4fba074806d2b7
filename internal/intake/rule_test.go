package intake

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRuleMatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		match, text string
		want        bool
	}{
		{"SPF record", "You have no spf\n  record.", true},
		{"SPF record", "no spf records", false},
		{"SPF", "aspfb", false},
		{"X-Frame-Options", "the header x-frame-options is missing", true},
		{"-k", "with curl -k here", true},
		{"--insecure", "use --insecure.", true},
		{"C++", "in C++ code", true},
		{"a.c", "abc", false},
		{"/self[- ]?xss/", "This is SELF-XSS", true},
		{"/(?-i:DoS)/", "dos", false},
		{"/^missing .* header$/", "missing CSP header", true},
		{"/", "a/b", true},
	}
	for _, tt := range tests {
		r, err := ParseRule("T", "W", []string{"nothing like it", tt.match})
		if err != nil {
			t.Errorf("%q: %v", tt.match, err)
			continue
		}
		if got := r.matches(tt.text); got != tt.want {
			t.Errorf("%q on %q: %v", tt.match, tt.text, got)
		}
	}
}

func TestParseRuleSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		title, why string
		match      []string
		fields     []string
	}{
		{"nothing", "", " ", nil, []string{"title", "why", "match"}},
		{"too long", strings.Repeat("t", maxRuleText+1), "W", []string{"x"}, []string{"title"}},
		{"too many", "T", "W", slices.Repeat([]string{"x"}, maxMatches+1), []string{"match"}},
		{"not RE2", "T", "W", []string{"x", `/(?=a)b/`}, []string{"match[1]"}},
		{"broken", "T", "W", []string{`/(/`, `/a)(?i:b/`}, []string{"match[0]", "match[1]"}},
		{"long", "T", "W", []string{strings.Repeat("x", maxPattern+1)}, []string{"match[0]"}},
		{"large", "T", "W", []string{`/((abcdefgh){50}(abcdefgh){50}){10}/`}, []string{"match[0]"}},
		{"too many repeats", "T", "W", []string{`/((a{100}){100}){100}/`}, []string{"match[0]"}},
		{"everything", "T", "W", []string{"", "  ", "/a*/", "/|/"}, []string{"match[0]", "match[1]", "match[2]", "match[3]"}},
	}
	for _, tt := range tests {
		_, err := ParseRule(tt.title, tt.why, tt.match)
		if got := faultyFields(err); !slices.Equal(got, tt.fields) {
			t.Errorf("%s: at fault %q, want %q (%v)", tt.name, got, tt.fields, err)
		}
	}
}

// A pattern that takes other engines for ever takes as long as the text here.
func TestRuleIsLinear(t *testing.T) {
	t.Parallel()
	r, err := ParseRule("T", "W", []string{`/(a+)+$/`, `/(a|aa)+b/`})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	r.matches(strings.Repeat("a", maxScan) + "!")
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("it took %v", d)
	}
}
