package policy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// theirs are the lines at the top of a preset that say who its project is.
var theirs = []string{"name", "contacts", "url", "scope"}

// Template gives the text of a preset as a policy of one's own to edit: every
// figure and every comment as it is, but with a name and contacts of one's own,
// and without the zone and the countries of the calendar, which the settings
// of a Steward have. Without contacts those of the preset named default stay,
// to be changed by hand. An unknown preset, and a name or a contact that
// Policy.Check refuses, is errs.Invalid.
func Template(preset, name string, contacts []string) ([]byte, error) {
	_, text, err := Preset(preset)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	table := ""
	for line := range strings.Lines(string(text)) {
		key, _, _ := strings.Cut(line, "=")
		key = strings.TrimSpace(key)
		if strings.HasPrefix(line, "[") {
			table = strings.TrimSpace(line)
		}
		switch {
		case table == "" && key == "name":
			fmt.Fprintf(&b, "name = %s\n", quote(name))
			if len(contacts) == 0 {
				b.WriteString("contacts = [\"security@example.org\"] # change this\n")
				continue
			}
			fmt.Fprintf(&b, "contacts = [%s]\n", quoteAll(contacts))
		case table == "" && slices.Contains(theirs, key) && preset != "default",
			table == "" && key == "contacts",
			table == "[calendar]" && (key == "zone" || key == "countries"):
		default:
			b.WriteString(line)
		}
	}
	if _, err := Parse(b.Bytes()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// quote writes a text as a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func quoteAll(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, ", ")
}
