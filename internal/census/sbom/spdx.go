package sbom

import (
	"encoding/json"
	"strings"
)

// described is a package of SPDX, of whatever version it is.
type described struct {
	ref, name, version, purl, purpose, info string
}

// document2 is what is read of SPDX 2 as JSON (SPDX 2.3, annex H.6).
type document2 struct {
	Version   string   `json:"spdxVersion"`
	Describes []string `json:"documentDescribes"`
	Packages  []struct {
		ID      string `json:"SPDXID"`
		Name    string `json:"name"`
		Version string `json:"versionInfo"`
		Info    string `json:"sourceInfo"`
		Purpose string `json:"primaryPackagePurpose"`
		Refs    []struct {
			Type    string `json:"referenceType"`
			Locator string `json:"referenceLocator"`
		} `json:"externalRefs"`
	} `json:"packages"`
	Relationships []struct {
		From string `json:"spdxElementId"`
		Kind string `json:"relationshipType"`
		To   string `json:"relatedSpdxElement"`
	} `json:"relationships"`
}

// spdx2 reads SPDX 2 as JSON.
func (b *builder) spdx2(raw []byte) error {
	var doc document2
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	b.doc.Format = cut(strings.Replace(doc.Version, "SPDX-", "SPDX ", 1))
	var all []described
	for _, p := range doc.Packages {
		one := described{ref: p.ID, name: p.Name, version: p.Version, purpose: p.Purpose, info: p.Info}
		for _, r := range p.Refs {
			if r.Type == "purl" {
				one.purl = r.Locator
			}
		}
		all = append(all, one)
	}
	var relations []relation
	for _, to := range doc.Describes {
		relations = append(relations, relation{kind: "DESCRIBES", to: to})
	}
	for _, r := range doc.Relationships {
		relations = append(relations, relation{r.From, r.Kind, r.To})
	}
	b.spdx(all, relations)
	return nil
}

// relation is one of SPDX: the kind is a word in capitals (SPDX 2.3, 11.1).
type relation struct{ from, kind, to string }

// spdx takes packages and what they have to do with each other.
func (b *builder) spdx(all []described, relations []relation) {
	packages := map[string]bool{}
	for _, p := range all {
		packages[p.ref] = true
	}
	subject := ""
	for _, r := range relations {
		if r.kind == "DESCRIBES" && r.to != subject && packages[r.to] {
			if subject != "" { // it is about several things: then all are components
				subject = ""
				break
			}
			subject = r.to
		}
	}
	for _, p := range all {
		switch {
		case p.ref == subject && subject != "" && len(all) > 1:
			b.doc.Subject = cut(strings.TrimSpace(p.name + " " + absent(p.version)))
		case image(p.purl), layer(p.name, p.purl), p.purl == "" && p.purpose == "CONTAINER":
			b.doc.Others["container"]++
		case p.purl == "" && (p.purpose == "OPERATING-SYSTEM" || p.purpose == "DEVICE" || p.purpose == "FILE"):
			b.doc.Others[strings.ToLower(p.purpose)]++
		default:
			b.add(Component{ref: p.ref, Name: p.name, Version: absent(p.version), PURL: p.purl, Origin: builtFrom(p.info)})
		}
	}
	for _, r := range relations {
		switch {
		case r.kind == "DEPENDS_ON" || r.kind == "DYNAMIC_LINK" || r.kind == "STATIC_LINK" || r.kind == "HAS_PREREQUISITE":
			b.needs(r.from, r.to)
		case strings.HasSuffix(r.kind, "DEPENDENCY_OF") || r.kind == "PREREQUISITE_FOR":
			b.needs(r.to, r.from)
		}
	}
}

// absent makes nothing of the words that say that there is nothing.
func absent(s string) string {
	if s == "NOASSERTION" || s == "NONE" {
		return ""
	}
	return s
}

// builtFrom reads the source package where a tool notes it: "built package from:
// glibc 2.36-9".
func builtFrom(info string) string {
	_, after, ok := strings.Cut(info, "built package from: ")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(after, " ")
	return strings.TrimSpace(name)
}
