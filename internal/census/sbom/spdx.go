package sbom

import (
	"bytes"
	"strings"

	"github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx/v2/common"
)

// described is a package of SPDX, of whatever version it is.
type described struct {
	ref, name, version, purl, purpose, info string
}

// spdx2 reads SPDX 2 as JSON. Whatever its version is, it comes as one of 2.3.
func (b *builder) spdx2(raw []byte, version string) error {
	doc, err := json.Read(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	b.doc.Format = strings.Replace(version, "SPDX-", "SPDX ", 1)
	var all []described
	for _, p := range doc.Packages {
		if p == nil {
			continue
		}
		one := described{ref: string(p.PackageSPDXIdentifier), name: p.PackageName, version: p.PackageVersion, purpose: p.PrimaryPackagePurpose, info: p.PackageSourceInfo}
		for _, r := range p.PackageExternalReferences {
			if r != nil && r.RefType == "purl" {
				one.purl = r.Locator
			}
		}
		all = append(all, one)
	}
	var relations []relation
	for _, r := range doc.Relationships {
		if r != nil {
			relations = append(relations, relation{inside(r.RefA), r.Relationship, inside(r.RefB)})
		}
	}
	b.spdx(all, relations)
	return nil
}

// inside gives what an element of this document is called; empty: it is another's.
func inside(id common.DocElementID) string {
	if id.DocumentRefID != "" || id.SpecialID != "" {
		return ""
	}
	return string(id.ElementRefID)
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
