package settings

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// FuzzBound: what is let through nests no deeper than is allowed, by the
// library's own reading.
func FuzzBound(f *testing.F) {
	f.Add([]byte("a = [[[1], ['''[[[[[[''', \"\\\"[[[[[[\", 2.5]]] # [[[[[[[\n[a.b.\"c.d.e.f.g.h\"]\nx = {y = {z = 1}}\n"))
	f.Add([]byte("a = " + strings.Repeat("[", 30)))
	f.Add([]byte(strings.Repeat("a.", 30) + "a = 1"))
	f.Add([]byte("a = \"\nb = [\"\\"))
	const deepest = (maxNesting+1)*(maxNesting+2) + maxNesting // names of all parts at all brackets
	f.Fuzz(func(t *testing.T, raw []byte) {
		var v map[string]any
		if bound("x", raw, 1<<20) != nil {
			return
		}
		if _, err := toml.Decode(string(raw), &v); err == nil && depth(v) > deepest {
			t.Errorf("%q nests %d deep", raw, depth(v))
		}
	})
}

// depth counts tables and lists within one another.
func depth(v any) int {
	most := 0
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			most = max(most, 1+depth(x))
		}
	case []any:
		for _, x := range v {
			most = max(most, 1+depth(x))
		}
	case []map[string]any:
		for _, x := range v {
			most = max(most, 1+depth(x))
		}
	}
	return most
}
