package people

import (
	"slices"
	"strings"
	"testing"

	"steward/internal/base/errs"
)

func TestKnown(t *testing.T) {
	t.Parallel()
	list := Known()
	if list["xz-utils"] != "https://github.com/tukaani-project/xz.git" || len(list) < 100 {
		t.Errorf("%d addresses", len(list))
	}
	var names []string
	for line := range strings.Lines(addresses) {
		if name, _, _ := strings.Cut(line, " "); !strings.HasPrefix(line, "#") {
			names = append(names, name)
		}
	}
	if !slices.IsSorted(names) {
		t.Error("the list is not in order")
	}
}

func TestListsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"xz-utils", "xz-utils https://a/b c", "../x https://a/b", "xz-utils file:///tmp/x", "xz-utils https://u:p@a/b", "aa https://a/b\naa https://a/c", strings.Repeat(" ", maxAddresses+1),
	} {
		if _, err := ParseAddresses([]byte(text)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	got, err := ParseAddresses([]byte("# mine\n\n aa\thttps://a.test/b \r\nbb git://a.test/c"))
	if err != nil || got["aa"] != "https://a.test/b" || got["bb"] != "git://a.test/c" {
		t.Errorf("%v %v", got, err)
	}
}

func FuzzAddresses(f *testing.F) {
	f.Add([]byte("xz-utils https://a/b\n# x\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := ParseAddresses(b)
		if err != nil && errs.KindOf(err) != errs.Invalid {
			t.Errorf("%v", err)
		}
		for source, from := range list {
			if !sourceName().MatchString(source) || checkURL(from) != nil {
				t.Errorf("%q %q", source, from)
			}
		}
	})
}
