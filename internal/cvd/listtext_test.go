package cvd

import (
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/policy"
)

// TestTextsForListsAreTheDraft: they say what the draft and the embargo say, and
// nothing else of a case; no line is longer than a mail bears.
func TestTextsForListsAreTheDraft(t *testing.T) {
	t.Parallel()
	var c Case
	birds := fillWithCanaries(&c, "canary")
	c.Embargo.Active.Zone = "UTC"
	l, _ := (&policy.Policy{}).List("linux-distros")
	before, err := linuxDistrosText(c.Draft(), c.Embargo, l)
	if err != nil {
		t.Fatal(err)
	}
	after, own := ossSecurityText(c.Draft()), copyText(c.Draft())
	for name, text := range map[string]string{"before": before, "after": after, "copy": own} {
		for path := range birds.found(text) {
			if !under(path, public) && !(name == "before" && path == "Embargo.Active.Until") {
				t.Errorf("%s: %s is in the text", name, path)
			}
		}
		for _, path := range []string{"Text.Overview", "Text.Impact", "Text.Remedy", "Fields.CVE", "Fields.Title"} {
			if !birds.found(text)[path] {
				t.Errorf("%s: %s is not in the text", name, path)
			}
		}
	}
	if _, err := linuxDistrosText(c.Draft(), Embargo{State: EmbargoExited}, l); err == nil {
		t.Error("a text without an hour")
	}
}

func TestTextsForListsAreNarrow(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a word or two ", 40)
	a := advisory.Advisory{
		ID: "SEC-2026-0001", Title: long, Overview: long, Impact: "- " + long + "\n- " + long, Remedy: long, Aliases: []string{"CVE-2026-1", "CVE-2026-2"},
		Affected: []advisory.Affected{{Product: long, Ranges: []advisory.Range{{Introduced: "0", Fixed: "1"}}, Versions: []string{"0.1"}}},
		Credits:  []advisory.Credit{{Name: long, Role: "finder"}}, Timeline: []advisory.Event{{At: day0, What: long}},
		Published: day0, Exploited: true,
	}
	e := Embargo{State: EmbargoActive, Active: &Terms{Until: day0.Add(time.Hour), Zone: "Europe/Stockholm"}}
	before, err := linuxDistrosText(a, e, policy.List{Address: "list@example.org", PostTo: "oss-security"})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{before, ossSecurityText(a), copyText(a)} {
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > columns {
				t.Errorf("a line of %d characters: %s", n, line)
			}
		}
	}
	if !strings.Contains(before, "\nSubject: [vs] ") {
		t.Errorf("the subject has no tag:\n%s", before)
	}
}
