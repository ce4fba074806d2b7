package sbom

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"

	"steward/internal/base/errs"
)

// noSoftware are the types of components that are no software (CycloneDX 1.7,
// component.type). What has a package URL is looked for all the same.
var noSoftware = map[cyclonedx.ComponentType]bool{
	cyclonedx.ComponentTypeFile: true, cyclonedx.ComponentTypeOS: true, cyclonedx.ComponentTypeContainer: true,
	cyclonedx.ComponentTypeDevice: true, cyclonedx.ComponentTypeData: true, cyclonedx.ComponentTypeMachineLearningModel: true,
	cyclonedx.ComponentTypeCryptographicAsset: true,
}

// json reads one of the formats that are JSON.
func (b *builder) json(raw []byte) error {
	b.kind = "JSON"
	values, err := bounded(raw)
	if err != nil {
		return err
	}
	var head struct {
		Format  string          `json:"bomFormat"`
		Version string          `json:"spdxVersion"`
		Context json.RawMessage `json:"@context"`
		Graph   json.RawMessage `json:"@graph"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	switch {
	case head.Format == cyclonedx.BOMFormat:
		b.kind = "CycloneDX"
		if values > maxElements {
			return tooMany(maxElements)
		}
		return b.cyclonedx(raw, cyclonedx.BOMFileFormatJSON)
	case strings.HasPrefix(head.Version, "SPDX-2."):
		b.kind = "SPDX"
		return b.spdx2(raw)
	case head.Graph != nil && bytes.Contains(head.Context, []byte("spdx.org")):
		b.kind = "SPDX"
		return b.spdx3(head.Graph)
	}
	return errUnknown
}

// bounded counts the values of JSON, and looks whether it is deeper, or has more
// of them, than anything has reason to. A value of few bytes may take up a hundred times as many once it
// is read.
func bounded(raw []byte) (values int, err error) {
	depth, text := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == ',':
			values++
		case c == '{' || c == '[':
			depth++
			values++
		case c == '}' || c == ']':
			depth--
		}
		if depth > maxDepth {
			return 0, errs.Invalidf("", "The document has objects within objects, more than %d.", maxDepth)
		}
		if values > maxValues {
			return 0, tooMany(maxValues)
		}
	}
	return values, nil
}

func tooMany(most int) error {
	return errs.Invalidf("", "The document has more than %d values.", most).WithHint("leave the list of files out of it")
}

// cyclonedxXML reads XML. Depth and count are looked at first, since the reader
// does not.
func (b *builder) cyclonedxXML(raw []byte) error {
	d := xml.NewDecoder(bytes.NewReader(raw))
	for depth, values := 0, 0; ; {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth == 0 && t.Name.Local != "bom" {
				return errUnknown
			}
			if depth++; depth > maxDepth {
				return errs.Invalidf("", "The document has elements within elements, more than %d.", maxDepth)
			}
			if values++; values > maxElements {
				return tooMany(maxElements)
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			return errs.Invalidf("", "The document declares a type of its own.").WithHint("take the line <!DOCTYPE …> away")
		}
	}
	return b.cyclonedx(raw, cyclonedx.BOMFileFormatXML)
}

func (b *builder) cyclonedx(raw []byte, format cyclonedx.BOMFileFormat) error {
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(raw), format).Decode(&bom); err != nil {
		return err
	}
	b.doc.Format = "CycloneDX"
	if bom.SpecVersion > 0 {
		b.doc.Format += " " + bom.SpecVersion.String()
	}
	if m := bom.Metadata; m != nil && m.Component != nil {
		b.doc.Subject = cut(strings.TrimSpace(m.Component.Name + " " + m.Component.Version))
		b.components(m.Component.Components)
	}
	b.components(bom.Components)
	if bom.Dependencies != nil {
		for _, d := range *bom.Dependencies {
			if d.Dependencies != nil {
				for _, to := range *d.Dependencies {
					b.needs(d.Ref, to)
				}
			}
		}
	}
	return nil
}

// components takes components, and those within them.
func (b *builder) components(list *[]cyclonedx.Component) {
	if list == nil {
		return
	}
	for i := range *list {
		c := &(*list)[i]
		switch noun := string(c.Type); {
		case image(c.PackageURL), layer(c.Name, c.PackageURL):
			b.doc.Others["container"]++
		case c.PackageURL == "" && noSoftware[c.Type]:
			b.doc.Others[cut(noun)]++
		default:
			one := Component{ref: c.BOMRef, Name: c.Name, Version: c.Version, PURL: c.PackageURL}
			if c.Group != "" && c.PackageURL != "" { // which is what it is found by
				one.Name = c.Group + "/" + c.Name
			}
			if c.Properties != nil {
				for _, p := range *c.Properties {
					if p.Name == "aquasecurity:trivy:SrcName" || p.Name == "syft:metadata:source" {
						one.Origin = p.Value
					}
				}
			}
			b.add(one)
		}
		b.components(c.Components)
	}
}

// image tells whether a package URL names an image of a container.
func image(purl string) bool {
	return strings.HasPrefix(purl, "pkg:oci/") || strings.HasPrefix(purl, "pkg:docker/")
}

// layer tells whether something is called by its sum, as layers of images are.
func layer(name, purl string) bool { return purl == "" && strings.HasPrefix(name, "sha256:") }
