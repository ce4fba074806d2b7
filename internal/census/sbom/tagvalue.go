package sbom

import (
	"bytes"
	"strings"
)

// tagValue reads SPDX 2 as tags and values (SPDX 2.3, annex H.4). Other readers
// join a text of many lines piece by piece, which takes the square of its length,
// and refuse what they do not know: here texts are left out, and so are other tags.
func (b *builder) tagValue(raw []byte) error {
	b.doc.Format = "SPDX"
	var all []described
	var relations []relation
	var one described
	within := ""
	flush := func() {
		if within == "package" {
			all = append(all, one)
		}
		one, within = described{}, ""
	}
	text := false // within <text>, which may go over many lines
	for line := range bytes.Lines(raw) {
		if text {
			text = !bytes.Contains(line, []byte("</text>"))
			continue
		}
		tag, rest, ok := strings.Cut(string(line[:min(len(line), 4*maxText)]), ":")
		if !ok || strings.HasPrefix(strings.TrimSpace(tag), "#") {
			continue
		}
		value := strings.TrimSpace(rest)
		if begin := bytes.Index(line, []byte("<text>")); begin >= 0 {
			text = !bytes.Contains(line[begin:], []byte("</text>"))
			value = strings.TrimSuffix(strings.TrimPrefix(value, "<text>"), "</text>")
		}
		switch strings.TrimSpace(tag) {
		case "SPDXVersion":
			b.doc.Format = cut(strings.Replace(value, "SPDX-", "SPDX ", 1))
		case "PackageName":
			flush()
			within, one.name = "package", value
		case "FileName", "SnippetSPDXID", "LicenseID":
			flush()
		case "SPDXID":
			if within == "package" && one.ref == "" {
				one.ref = value
			}
		case "PackageVersion":
			one.version = value
		case "PrimaryPackagePurpose":
			one.purpose = value
		case "PackageSourceInfo":
			one.info = value
		case "ExternalRef":
			if words := strings.Fields(value); len(words) == 3 && words[1] == "purl" {
				one.purl = words[2]
			}
		case "Relationship":
			if words := strings.Fields(value); len(words) == 3 {
				if len(relations) == maxRelations {
					b.full = "relations"
					return nil
				}
				relations = append(relations, relation{words[0], words[1], words[2]})
			}
		}
	}
	flush()
	b.spdx(all, relations)
	return nil
}
