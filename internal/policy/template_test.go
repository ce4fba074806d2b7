package policy

import (
	"bytes"
	"reflect"
	"testing"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
)

// TestTemplate: a policy made of any preset says the preset's figures and one's
// own name, and nothing of whose preset it is but the sources.
func TestTemplate(t *testing.T) {
	t.Parallel()
	for _, name := range Presets() {
		preset, _, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := Template(name, `The "Example" team`, []string{"security@example.net", "http://localhost:8080/report"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		want := preset
		want.Name, want.Contacts, want.Calendar = `The "Example" team`, got.Contacts, calendar.Calendar{}
		if name != "default" {
			want.URL, want.Scope = "", nil
		}
		if !reflect.DeepEqual(got, want) || len(got.Contacts) != 2 {
			t.Errorf("%s: got %+v\nwant %+v", name, got, want)
		}
		if !bytes.Contains(text, []byte("# ")) {
			t.Errorf("%s: the comments are gone", name)
		}
		if _, err := Template(name, "Example", nil); err != nil {
			t.Errorf("%s without contacts: %v", name, err)
		}
	}
	for _, bad := range []struct {
		preset, name string
		contacts     []string
	}{{"none", "Example", nil}, {"../default", "Example", nil}, {"default", "", nil}, {"default", "a\nb", nil}, {"default", "Example", []string{"nobody"}}, {"default", "Example", []string{"http://example.org/"}}} {
		if _, err := Template(bad.preset, bad.name, bad.contacts); !errs.Is(err, errs.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
