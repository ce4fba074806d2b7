package sbom_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census/sbom"
)

// The same document in each format: an application that needs curl, which needs
// libc6, and an operating system, which is no software to look for.
var formats = map[string]string{
	"CycloneDX 1.2": cyclonedx("1.2"), "CycloneDX 1.3": cyclonedx("1.3"), "CycloneDX 1.4": cyclonedx("1.4"),
	"CycloneDX 1.5": cyclonedx("1.5"), "CycloneDX 1.6": cyclonedx("1.6"), "CycloneDX 1.7": cyclonedx("1.7"),
	"CycloneDX 1.4 ": `<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1">
 <metadata><component type="container"><name>image</name><version>1</version></component></metadata>
 <components>
  <component type="library" bom-ref="a"><name>curl</name><version>7.88.1-10</version><purl>pkg:deb/debian/curl@7.88.1-10?arch=amd64</purl>
   <components><component type="library" bom-ref="b"><name>libc6</name><version>2.36-9</version><purl>pkg:deb/debian/libc6@2.36-9?upstream=glibc</purl>
    <properties><property name="aquasecurity:trivy:SrcName">glibc</property></properties></component></components></component>
  <component type="operating-system"><name>debian</name><version>12</version></component>
 </components>
 <dependencies><dependency ref="a"><dependency ref="b"/></dependency><dependency ref="b"/></dependencies>
</bom>`,
	"SPDX 2.2": spdx2("2.2"), "SPDX 2.3": spdx2("2.3"),
	"SPDX 2.3 ": `SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: image
# a remark: of no use
DocumentComment: <text>PackageName: none
ExternalRef: PACKAGE-MANAGER purl pkg:npm/none</text>
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-image

PackageName: image
SPDXID: SPDXRef-image
PackageVersion: 1

PackageName: curl
SPDXID: SPDXRef-a
PackageVersion: 7.88.1-10
UnknownTag: is no reason to give up
PackageComment: <text>Of many lines.
PackageVersion: 9
PackageName: none</text>
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/curl@7.88.1-10?arch=amd64
Relationship: SPDXRef-b DEPENDENCY_OF SPDXRef-a

PackageName: libc6
SPDXID: SPDXRef-b
PackageVersion: 2.36-9
PackageSourceInfo: <text>built package from: glibc 2.36-9</text>
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/libc6@2.36-9?upstream=glibc

PackageName: debian
SPDXID: SPDXRef-os
PrimaryPackagePurpose: OPERATING-SYSTEM

FileName: ./etc/passwd
SPDXID: SPDXRef-file
`,
	"SPDX 3.0.1": `{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
 {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"},
 {"type": "SpdxDocument", "spdxId": "urn:d", "rootElement": ["urn:s"]},
 {"type": "software_Sbom", "spdxId": "urn:s", "rootElement": ["urn:image"]},
 {"type": "software_Package", "spdxId": "urn:image", "name": "image", "software_packageVersion": "1", "software_primaryPurpose": "container"},
 {"type": "software_Package", "spdxId": "urn:a", "name": "curl", "software_packageVersion": "7.88.1-10", "software_packageUrl": "pkg:deb/debian/curl@7.88.1-10?arch=amd64"},
 {"type": "software_Package", "spdxId": "urn:b", "name": "libc6", "software_packageVersion": "2.36-9", "software_sourceInfo": "built package from: glibc 2.36-9",
  "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:deb/debian/libc6@2.36-9?upstream=glibc"}]},
 {"type": "software_Package", "spdxId": "urn:os", "name": "debian", "software_primaryPurpose": "operatingSystem"},
 {"type": ["other"], "name": 5},
 {"type": "Relationship", "spdxId": "urn:r", "from": "urn:a", "to": ["urn:b"], "relationshipType": "dependsOn"}]}`,
}

func cyclonedx(version string) string {
	return fmt.Sprintf(`{"bomFormat": "CycloneDX", "specVersion": %q, "version": 1,
 "metadata": {"component": {"type": "container", "bom-ref": "image", "name": "image", "version": "1"}},
 "components": [
  {"type": "library", "bom-ref": "a", "name": "curl", "version": "7.88.1-10", "purl": "pkg:deb/debian/curl@7.88.1-10?arch=amd64"},
  {"type": "library", "bom-ref": "b", "name": "libc6", "version": "2.36-9", "purl": "pkg:deb/debian/libc6@2.36-9?upstream=glibc",
   "properties": [{"name": "syft:metadata:source", "value": "glibc"}]},
  {"type": "operating-system", "name": "debian", "version": "12"}],
 "dependencies": [{"ref": "image", "dependsOn": ["a", "b"]}, {"ref": "a", "dependsOn": ["b", "b", "nobody"]}, {"ref": "b"}]}`, version)
}

func spdx2(version string) string {
	return fmt.Sprintf(`{"spdxVersion": "SPDX-%s", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "image", "documentNamespace": "https://example.org/a",
 "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: hand"]}, "documentDescribes": ["SPDXRef-image"],
 "packages": [
  {"name": "image", "SPDXID": "SPDXRef-image", "versionInfo": "1", "downloadLocation": "NONE"},
  {"name": "curl", "SPDXID": "SPDXRef-a", "versionInfo": "7.88.1-10", "downloadLocation": "NONE",
   "externalRefs": [{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/curl@7.88.1-10?arch=amd64"}]},
  {"name": "libc6", "SPDXID": "SPDXRef-b", "versionInfo": "2.36-9", "downloadLocation": "NONE", "sourceInfo": "built package from: glibc 2.36-9",
   "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/libc6@2.36-9?upstream=glibc"}]},
  {"name": "debian", "SPDXID": "SPDXRef-os", "downloadLocation": "NONE"%s}],
 "relationships": [{"spdxElementId": "SPDXRef-a", "relatedSpdxElement": "SPDXRef-b", "relationshipType": "DEPENDS_ON"},
  {"spdxElementId": "SPDXRef-a", "relatedSpdxElement": "NOASSERTION", "relationshipType": "DEPENDS_ON"}]}`,
		version, map[bool]string{true: `, "primaryPackagePurpose": "OPERATING-SYSTEM"`}[version == "2.3"])
}

// TestFormats: whatever the format is, the document is the same.
func TestFormats(t *testing.T) {
	t.Parallel()
	for format, text := range formats {
		for _, begin := range []string{"", "\xef\xbb\xbf"} {
			d, err := sbom.Read(strings.NewReader(begin + text))
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if d.Format != strings.TrimSpace(format) || d.Subject != "image 1" || !d.Related {
				t.Errorf("%s: %+v", format, d)
			}
			c := d.Components
			if format == "SPDX 2.2" && len(c) == 3 { // it has no word for what a package is for
				c = c[:2]
			} else if d.Others["operating-system"] != 1 {
				t.Errorf("%s: others are %v", format, d.Others)
			}
			if len(c) != 2 || c[0].Name != "curl" || c[0].Version != "7.88.1-10" || c[0].PURL != "pkg:deb/debian/curl@7.88.1-10?arch=amd64" || c[1].Origin != "glibc" || c[1].Version != "2.36-9" {
				t.Errorf("%s: %+v", format, c)
			} else if !slices.Contains(d.Needs[0], 1) || len(d.Needs[1]) != 0 {
				t.Errorf("%s: needs are %v", format, d.Needs)
			}
		}
	}
}

// TestBad: what cannot be read is an error that says why.
func TestBad(t *testing.T) {
	t.Parallel()
	nested := strings.Repeat(`{"type":"library","name":"a","components":[`, 300) + strings.Repeat(`]}`, 300)
	whole := cyclonedx("1.5")
	for why, text := range map[string]string{
		"no bill of materials": `Package: a`, "no bill": `{"sources":[]}`, "of materials": ``, "that can be read": `<html></html>`,
		"broken CycloneDX": strings.Replace(whole, `"name": "curl"`, `"name": 5`, 1), "ends too early": formats["CycloneDX 1.4 "][:500],
		"broken JSON": whole[:len(whole)-9], "broken SPDX": strings.Replace(spdx2("2.3"), `"curl"`, `5`, 1),
		"objects within":  `{"bomFormat":"CycloneDX","components":[` + nested + `]}`,
		"elements within": "<bom>" + strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300) + "</bom>",
		"type of its own": `<!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.4">&a;</bom>`,
		"can be read":     strings.Replace(spdx2("2.3"), "SPDX-2.3", "SPDX-9", 1),
	} {
		_, err := sbom.Read(strings.NewReader(text))
		if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// TestMuch: a document with too much is refused, and no text takes the square of
// its length.
func TestMuch(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	fmt.Fprint(&b, "SPDXVersion: SPDX-2.3\n")
	for range 200_001 {
		fmt.Fprint(&b, "PackageName: a\n")
	}
	if _, err := sbom.Read(&b); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "too many components") {
		t.Error(err)
	}
	for _, text := range []string{
		`{"bomFormat":"CycloneDX","components":[` + strings.Repeat(`null,`, 1_500_001) + `null]}`,
		`{"spdxVersion":"SPDX-2.3","relationships":[` + strings.Repeat(`null,`, 3_000_001) + `null]}`,
		`<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>` + strings.Repeat(`<a/>`, 1_500_001) + `</components></bom>`,
	} {
		if _, err := sbom.Read(strings.NewReader(text)); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "00000 values") {
			t.Error(err)
		}
	}
	nothing := `{"spdxVersion":"SPDX-2.3","packages":[null,{"name":"a","externalRefs":[null]}],"relationships":[` + strings.Repeat(`null,`, 1_000_000) + `null]}`
	if d, err := sbom.Read(strings.NewReader(nothing)); err != nil || len(d.Components) != 1 || d.Others["nameless"] != 1 {
		t.Errorf("%v, %+v", err, d)
	}
	long := "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>" + strings.Repeat("a line of text\n", 2_000_000) + "</text>\nPackageVersion: 2\nPackageName: " + strings.Repeat("\xff", 1<<20) + "\n"
	start := time.Now()
	d, err := sbom.Read(strings.NewReader(long))
	if err != nil || len(d.Components) != 2 || d.Components[0].Version != "2" || len(d.Components[1].Name) > 3*4096 {
		t.Errorf("%v, %+v", err, d.Components[:1])
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

// FuzzRead: no file makes it fail otherwise than with an error, and what relations
// point to is there.
func FuzzRead(f *testing.F) {
	for _, text := range formats {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := sbom.Read(bytes.NewReader(raw))
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatal(err)
			}
			return
		}
		for _, list := range d.Needs {
			for _, to := range list {
				_ = d.Components[to]
			}
		}
	})
}
