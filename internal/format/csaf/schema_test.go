package csaf

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Each case changes the text of the sample once; the schema then finds a
// problem at the path, and the problem's message has the words.
func TestSchema(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, old, new, path, words string }{
		{"required member", `"title": "Libfoo:`, `"x_title": "Libfoo:`, "/document", `"title" is missing`},
		{"unknown member", `"title": "Libfoo:`, `"extra": 1, "title": "Libfoo:`, "/document/extra", "knows no property"},
		{"letter case", `"document": {`, `"Document": {`, "/Document", "knows no property"},
		{"null", `"lang": "en"`, `"lang": null`, "/document/lang", "not null"},
		{"null object", `"generator": {`, `"aliases": null, "generator": {`, "/document/tracking/aliases", "not null"},
		{"number for text", `"lang": "en"`, `"lang": 1`, "/document/lang", "not a number"},
		{"text for number", `"baseScore": 9.8`, `"baseScore": "9.8"`, "/vulnerabilities/0/scores/0/cvss_v3/baseScore", "a number is needed"},
		{"number too large", `"baseScore": 9.8`, `"baseScore": 1e999`, "/vulnerabilities/0/scores/0/cvss_v3/baseScore", "that fits"},
		{"array for object", `"engine": {`, `"engine": [], "x": {`, "/document/tracking/generator/engine", "not an array"},
		{"empty text", `"lang": "en"`, `"lang": ""`, "/document/lang", "nothing"},
		{"empty array", `"names": [
            "R. Porter"
          ]`, `"names": []`, "/vulnerabilities/0/acknowledgments/0/names", "at least 1"},
		{"empty object", `"lang": "en"`, `"lang": "en", "aggregate_severity": {}`, "/document/aggregate_severity", "nothing"},
		{"enum", `"category": "vendor_fix"`, `"category": "fix"`, "/vulnerabilities/0/remediations/0/category", "none of: mitigation"},
		{"version of the standard", `"csaf_version": "2.0"`, `"csaf_version": "2.1"`, "/document/csaf_version", "none of: 2.0"},
		{"category", `"csaf_security_advisory"`, `"x_"`, "/document/category", "may not start or end"},
		{"identifier", `"id": "LF-2026-0001"`, `"id": "LF\n1"`, "/document/tracking/id", "identifier"},
		{"identifier with a wide space", `"id": "LF-2026-0001"`, `"id": "LF-2026-0001\u3000"`, "/document/tracking/id", "identifier"},
		{"uri without scheme", `"namespace": "https://`, `"namespace": "//`, "/document/publisher/namespace", "URI"},
		{"uri with a space", `"namespace": "https://`, `"namespace": "https:// `, "/document/publisher/namespace", "URI"},
		{"uri with half an escape", `"namespace": "https://libfoo.example"`, `"namespace": "https://libfoo.example/%2"`, "/document/publisher/namespace", "URI"},
		{"date without zone", `"date": "2026-03-01T14:00:00Z"`, `"date": "2026-03-01T14:00:00"`, "/document/tracking/revision_history/0/date", "RFC 3339"},
		{"date that is none", `"date": "2026-03-01T14:00:00Z"`, `"date": "2026-02-30T14:00:00Z"`, "/document/tracking/revision_history/0/date", "RFC 3339"},
		{"one-digit hour", `"date": "2026-03-01T14:00:00Z"`, `"date": "2026-03-01T4:00:00Z"`, "/document/tracking/revision_history/0/date", "RFC 3339"},
		{"leading zero", `"number": "1"`, `"number": "01"`, "/document/tracking/revision_history/0/number", "semantic version"},
		{"huge number", `"number": "1"`, `"number": "1234567890123456789"`, "/document/tracking/revision_history/0/number", "semantic version"},
		{"language", `"lang": "en"`, `"lang": "en_GB"`, "/document/lang", "language tag"},
		{"cve", `"CVE-2026-10001"`, `"CVE-26-1"`, "/vulnerabilities/0/cve", "CVE"},
		{"cwe", `"CWE-122"`, `"122"`, "/vulnerabilities/0/cwe/id", "CWE"},
		{"purl", `"pkg:golang/libfoo`, `"golang/libfoo`, "/product_tree/branches/0/branches/0/branches/1/product/product_identification_helper/purl", "package URL"},
		{"list with one thing twice", `"known_affected": [
          "P1"`, `"known_affected": [
          "P1", "P1"`, "/vulnerabilities/0/product_status/known_affected/1", "twice"},
		{"group of one", `"product_tree": {`, `"product_tree": { "product_groups": [{"group_id": "G", "product_ids": ["P1"]}],`,
			"/product_tree/product_groups/0/product_ids", "at least 2"},
		{"objects with one thing twice", `"title": "Heap overflow"`, `"title": "Heap overflow", "ids": [{"system_name": "a", "text": "b"}, {"text": "b", "system_name": "a"}]`,
			"/vulnerabilities/0/ids/1", "twice"},
		{"branch with neither", `"name": "1.4.2",`, `"name": "1.4.2", "branches": [{"category": "legacy", "name": "x"}],`,
			"/product_tree/branches/0/branches/0/branches/1", "either"},
		{"member named with slash and tilde", `"lang": "en"`, `"a/b~c": "en"`, "/document/a~1b~0c", "knows no property"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text := string(marshal(t, sample()))
			if strings.Count(text, tc.old) == 0 {
				t.Fatalf("%q is not in the sample", tc.old)
			}
			found := Validate([]byte(strings.Replace(text, tc.old, tc.new, 1)))
			if !slices.ContainsFunc(found, func(p Problem) bool {
				return (p.Test == "schema" || p.Test == "6.1.8") && p.Path == tc.path && strings.Contains(p.Message, tc.words)
			}) {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestScoreNeedsObject(t *testing.T) {
	t.Parallel()
	a := sample()
	a.Vulnerabilities[0].Scores[0].CVSS3 = nil
	found := Validate(marshal(t, a))
	if len(found) != 1 || found[0].Path != "/vulnerabilities/0/scores/0" {
		t.Errorf("found %v", found)
	}
}

// What is no document at all is refused before any of it is looked at.
func TestNotADocument(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, words string }{
		{"nothing", "", "not JSON"},
		{"text", "hello", "not JSON"},
		{"half", `{"document": {`, "not JSON"},
		{"half an array", `{"document": [1`, "not JSON"},
		{"two", `{"a": 1} {}`, "something follows"},
		{"rubbish behind", `{"a": 1} x`, "something follows"},
		{"name twice", `{"document": {"title": "a", "title": "b"}}`, "twice"},
		{"not UTF-8", "{\"document\": \"\xff\"}", "UTF-8"},
		{"too deep", strings.Repeat("[", 200) + strings.Repeat("]", 200), "levels"},
		{"too large", `{"document": "` + strings.Repeat("a", MaxSize) + `"}`, "at most"},
		{"an array", `[]`, "an object is needed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, found := Parse([]byte(tc.text))
			if a != nil || len(found) != 1 || !strings.Contains(found[0].Message, tc.words) {
				t.Errorf("found %v", found)
			}
		})
	}
}

// However much is wrong, the answer stays short.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	text := `{"document": {`
	for i := range 1000 {
		text += `"x` + strings.Repeat("y", i%50) + strings.Repeat("z", i/50) + `": 1,`
	}
	if found := Validate([]byte(text + `"lang": "en"}}`)); len(found) != maxProblems {
		t.Errorf("%d problems", len(found))
	}
}

// The keys of a document are sorted because the fields of the types are.
// csaf:5.3
func TestFieldsSorted(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || typ == timeType || seen[typ] {
			return
		}
		seen[typ] = true
		var names []string
		for i := range typ.NumField() {
			names = append(names, jsonName(typ.Field(i)))
			walk(typ.Field(i).Type)
		}
		if !slices.IsSorted(names) || slices.Contains(names, "") {
			t.Errorf("%v: %q", typ, names)
		}
	}
	walk(reflect.TypeFor[Advisory]())
	if len(seen) < 30 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}

// FuzzValidate: whatever comes in, there is an answer, and what is valid can
// be written and is valid again.
func FuzzValidate(f *testing.F) {
	data, err := Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"document":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, found := Parse(data)
		if len(found) > 0 {
			return
		}
		again, err := Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(again) || len(a.Check()) != len(Validate(again)) {
			t.Errorf("%s\nis judged otherwise than\n%s", data, again)
		}
	})
}
