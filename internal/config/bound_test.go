package config

import (
	"strings"
	"testing"

	"steward/internal/base/errs"
)

// Settings that the library would take minutes for are refused at once, and
// brackets and dots within texts do not count.
func TestBound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"nested lists", "[[product]]\nversions = " + strings.Repeat("[", 10_000), "nests deeper"},
		{"nested tables", "team = " + strings.Repeat("{a = ", 10_000), "nests deeper"},
		{"nested over lines", strings.Repeat("x = [\n{a = ", 10), "nests deeper"},
		{"a name of many parts", strings.Repeat("a.", 10_000) + "a = 1", "nests deeper"},
		{"of quoted parts", "team = {" + strings.Repeat(`"a b".`, 10) + "c = 1}", "nests deeper"},
		{"a header of many parts", "[" + strings.Repeat("a.", 10_000) + "a]", "nests deeper"},
		{"too large", strings.Repeat("#", maxSize+1), "is larger"},
		{"as large as allowed", strings.Repeat("#", maxSize), ""},
		{"in texts and comments", "# [[[[[[[ a.b.c.d.e.f.g.h\n[team]\nname = \"[[[[[[\\\" {{{{{{{ a.b.c.d.e.f.g\"\nemail = 'a.b.c.d.e.f.g'\n" +
			"[[not_a_vulnerability]]\ntitle = \"t\"\nwhy = '''\n[[[[[[[\n'''\nmatch = [\"\"\"/{\"{{{{{{/\"\"\"]\n", ""},
		{"product = [{…}]", "product = [{name = \"a\", versions = [\"1.2.3.4.5.6.7\"]}]", ""},
		{"a text that is not closed", "base_url = \"" + strings.Repeat("[", 100) + "\n", "invalid"},
	} {
		_, err := Parse([]byte(tt.text))
		if (err == nil) != (tt.want == "") || err != nil && tt.want != "invalid" && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %.200v", tt.name, err)
		}
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %.200v is not for the operator", tt.name, err)
		}
	}
}
