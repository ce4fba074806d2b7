package sbom

import (
	"encoding/json"
	"strings"
)

// element is what is read of an element of SPDX 3, in the one form that it
// has as JSON: all elements in a list, their names those of the context.
type element struct {
	Type        string   `json:"type"`
	ID          string   `json:"spdxId"`
	Name        string   `json:"name"`
	Version     string   `json:"software_packageVersion"`
	URL         string   `json:"software_packageUrl"`
	Purpose     string   `json:"software_primaryPurpose"`
	Info        string   `json:"software_sourceInfo"`
	Root        []string `json:"rootElement"`
	From        string   `json:"from"`
	To          []string `json:"to"`
	Kind        string   `json:"relationshipType"`
	Spec        string   `json:"specVersion"`
	Identifiers []struct {
		Kind string `json:"externalIdentifierType"`
		ID   string `json:"identifier"`
	} `json:"externalIdentifier"`
}

// spdx3 reads SPDX 3.0. A reader of linked data would need the network for its
// contexts; this one needs the form that the standard prescribes.
func (b *builder) spdx3(graph []byte) error {
	var raws []json.RawMessage
	if err := json.Unmarshal(graph, &raws); err != nil {
		return err
	}
	b.doc.Format = "SPDX 3"
	var all []described
	var relations []relation
	for _, raw := range raws {
		var e element
		if json.Unmarshal(raw, &e) != nil { // of a kind that uses these names otherwise
			b.doc.Others["unread"]++
			continue
		}
		switch e.Type {
		case "CreationInfo":
			if e.Spec != "" {
				b.doc.Format = "SPDX " + cut(e.Spec)
			}
		case "software_Package":
			one := described{ref: e.ID, name: e.Name, version: e.Version, purl: e.URL, purpose: purpose(e.Purpose), info: e.Info}
			for _, id := range e.Identifiers {
				if one.purl == "" && id.Kind == "packageUrl" {
					one.purl = id.ID
				}
			}
			all = append(all, one)
		case "software_Sbom", "SpdxDocument":
			for _, to := range e.Root {
				relations = append(relations, relation{e.ID, "DESCRIBES", to})
			}
		case "Relationship", "LifecycleScopedRelationship":
			for _, to := range e.To {
				relations = append(relations, relation{e.From, kind(e.Kind), to})
			}
		}
	}
	b.spdx(all, relations)
	return nil
}

// kind gives a kind of relation as SPDX 2 has it.
func kind(s string) string {
	switch s {
	case "dependsOn", "hasDynamicLink", "hasStaticLink", "hasPrerequisite", "hasOptionalDependency", "hasProvidedDependency":
		return "DEPENDS_ON"
	}
	return ""
}

// purpose gives a purpose as SPDX 2 has it.
func purpose(s string) string {
	if s == "operatingSystem" {
		return "OPERATING-SYSTEM"
	}
	return strings.ToUpper(s)
}
