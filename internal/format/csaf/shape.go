package csaf

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Problem is one thing wrong with a document.
type Problem struct {
	Test    string // "schema", or the mandatory test's clause: "6.1.7"
	Path    string // JSON pointer to the place; empty: the whole document
	Message string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s: %s: %s", p.Test, p.Path, p.Message)
}

// maxProblems bounds the answer: a document with more is wrong altogether.
const maxProblems = 200

// problems collects what is wrong, up to maxProblems.
type problems []Problem

func (ps *problems) add(test, path, format string, args ...any) {
	if len(*ps) < maxProblems {
		*ps = append(*ps, Problem{test, path, fmt.Sprintf(format, args...)})
	}
}

// Parse reads a document and checks it against the schema. The document is
// nil exactly if there is a problem.
func Parse(data []byte) (*Advisory, []Problem) {
	var ps problems
	root, err := parse(data)
	if err != nil {
		ps.add("schema", "", "%v", err)
		return nil, ps
	}
	ps.shape(root, reflect.TypeFor[Advisory](), "", "")
	if len(ps) > 0 {
		return nil, ps
	}
	var a Advisory
	if err := json.Unmarshal(data, &a); err != nil {
		ps.add("schema", "", "%v", err)
		return nil, ps
	}
	ps.choices(&a)
	if len(ps) > 0 {
		return nil, ps
	}
	return &a, nil
}

var timeType = reflect.TypeFor[time.Time]()

// shape checks a JSON value against the Go type that stands for its schema:
// fields without omitempty are required, nothing is null or empty, other
// fields are unknown, and a value with a rule of its own keeps it. The tag
// csaf says more of an array: unique, min=N.
func (ps *problems) shape(n node, t reflect.Type, path, tag string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == timeType:
		if ps.kind(n, kindString, path) {
			ps.fault(dateTimeFault(n.text), path)
		}
	case t.Kind() == reflect.Struct:
		if ps.kind(n, kindObject, path) {
			ps.shapeObject(n, t, path)
		}
	case t.Kind() == reflect.Slice:
		if ps.kind(n, kindArray, path) {
			ps.shapeArray(n, t, path, tag)
		}
	case t.Kind() == reflect.Float64:
		if ps.kind(n, kindNumber, path) {
			ps.shapeNumber(n, t, path)
		}
	default:
		if ps.kind(n, kindString, path) {
			ps.shapeString(n, t, path)
		}
	}
}

func (ps *problems) shapeObject(n node, t reflect.Type, path string) {
	if len(n.members) == 0 {
		ps.add(schemaTest(path), path, "nothing is in this object")
	}
	fields := map[string]reflect.StructField{}
	for i := range t.NumField() {
		fields[jsonName(t.Field(i))] = t.Field(i)
	}
	given := map[string]bool{}
	for _, m := range n.members {
		at := path + "/" + escape(m.name)
		field, ok := fields[m.name]
		if !ok {
			ps.add(schemaTest(at), at, "CSAF 2.0 knows no property %q here", clip(m.name))
			continue
		}
		given[m.name] = true
		ps.shape(m.value, field.Type, at, field.Tag.Get("csaf"))
	}
	for i := range t.NumField() {
		if name := jsonName(t.Field(i)); required(t.Field(i)) && !given[name] {
			ps.add(schemaTest(path), path, "%q is missing", name)
		}
	}
}

func (ps *problems) shapeArray(n node, t reflect.Type, path, tag string) {
	least, unique := 1, false
	for rule := range strings.SplitSeq(tag, ",") {
		if rule == "min=2" {
			least = 2
		}
		unique = unique || rule == "unique"
	}
	if len(n.items) < least {
		ps.add("schema", path, "%d given, at least %d needed", len(n.items), least)
	}
	seen := map[string]bool{}
	for i, item := range n.items {
		at := path + "/" + strconv.Itoa(i)
		ps.shape(item, t.Elem(), at, "")
		if !unique {
			continue
		}
		var b strings.Builder
		item.canonical(&b)
		if seen[b.String()] {
			ps.add("schema", at, "the same is given twice in one list")
		}
		seen[b.String()] = true
	}
}

func (ps *problems) shapeNumber(n node, t reflect.Type, path string) {
	f, err := strconv.ParseFloat(n.text, 64)
	if err != nil {
		ps.add(schemaTest(path), path, "%s is not a number that fits", clip(n.text))
		return
	}
	v := reflect.ValueOf(f).Convert(t)
	if c, ok := v.Interface().(checked); ok {
		ps.fault(c.fault(), path)
	}
}

func (ps *problems) shapeString(n node, t reflect.Type, path string) {
	if n.text == "" {
		ps.add(schemaTest(path), path, "nothing is in this text")
		return
	}
	if c, ok := reflect.ValueOf(n.text).Convert(t).Interface().(checked); ok {
		ps.fault(c.fault(), path)
	}
}

// kind reports whether the value is of the kind, and adds a problem if not.
func (ps *problems) kind(n node, want nodeKind, path string) bool {
	if n.kind != want {
		ps.add(schemaTest(path), path, "%s is needed here, not %s", want, n.kind)
	}
	return n.kind == want
}

func (ps *problems) fault(fault, path string) {
	if fault != "" {
		ps.add(schemaTest(path), path, "%s", fault)
	}
}

// schemaTest names the test that a breach of the schema falls under: a CVSS
// object has one of its own. csaf:6.1.8
func schemaTest(path string) string {
	if strings.HasPrefix(path, "/vulnerabilities/") && strings.Contains(path, "/cvss_v") {
		return "6.1.8"
	}
	return "schema"
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// required tells whether the schema asks for the field.
func required(f reflect.StructField) bool {
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return options == ""
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// escape writes a name as a part of a JSON pointer (RFC 6901, section 3).
func escape(name string) string { return pointerEscapes.Replace(clip(name)) }

func sortedMembers(members []member) []member {
	return slices.SortedFunc(slices.Values(members), func(a, b member) int { return strings.Compare(a.name, b.name) })
}

// choices checks what the schema says of fields together.
func (ps *problems) choices(a *Advisory) {
	for at, b := range a.branches() {
		// csaf:3.1.2: exactly three of the four properties.
		if (len(b.Branches) > 0) == (b.Product != nil) {
			ps.add("schema", at, "a branch has either branches or a product")
		}
	}
	for i, v := range a.Vulnerabilities {
		for j, s := range v.Scores {
			at := fmt.Sprintf("/vulnerabilities/%d/scores/%d", i, j)
			// csaf:3.2.3.13: at least two properties, one of them products.
			if s.CVSS2 == nil && s.CVSS3 == nil {
				ps.add("schema", at, "a score has a cvss_v2 or a cvss_v3")
			}
			if s.CVSS2 != nil {
				ps.cvssObject(at+"/cvss_v2", s.CVSS2, s.CVSS2.VectorString, s.CVSS2.Version, []string{"2.0"}, cvss2Words)
			}
			if s.CVSS3 != nil {
				ps.cvssObject(at+"/cvss_v3", s.CVSS3, s.CVSS3.VectorString, s.CVSS3.Version, []string{"3.0", "3.1"}, cvss3Words)
			}
		}
	}
}

// cvssObject checks a CVSS object's version and words. csaf:6.1.8
func (ps *problems) cvssObject(at string, object any, vector CVSSVector, version string, versions []string, words map[string]map[string]string) {
	if !slices.Contains(versions, version) {
		ps.add("6.1.8", at+"/version", "%s", oneOf(version, versions...))
	} else if vector.version() != version {
		ps.add("6.1.8", at+"/vectorString", "the vector is of CVSS %s, the object of %s", vector.version(), version)
	}
	for _, m := range metrics(object) {
		known := false
		for _, word := range words[m.name] {
			known = known || word == m.word
		}
		if !known {
			ps.add("6.1.8", at+"/"+m.property, "%q is no value of this metric", clip(m.word))
		}
	}
}
