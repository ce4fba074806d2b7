package intake

import (
	"path"
	"strconv"
	"strings"

	"steward/internal/base/pattern"
)

// Limits of what is looked for in a text.
const (
	maxCitations = 50       // citations of one report that are looked up
	maxScan      = 64 << 10 // bytes of each text that are scanned
	maxPath      = 300      // bytes of a path
)

// citation is a place in the code that a report names.
type citation struct {
	field string // the text that it stands in
	path  string // with '/', without what points above its start
	line  int    // the highest line named; 0 if none
	name  string // the function that is said to be there; empty if none is clearly
	place bool   // an absolute path: of the reporter's machine
}

// sourceEnds are the ends of names of source files. Not among them are those
// of data and scripts, which reporters mostly write themselves.
const sourceEnds = `c|h|cc|cpp|cxx|hh|hpp|hxx|inc|S|asm|go|rs|py|pyx|rb|pl|pm|php|java|kt|scala|swift|js|mjs|cjs|ts|tsx|jsx|cs|lua|zig|erl|ex|hs|ml|mli|mm|proto`

var (
	// A path, or a name alone.
	fileCited = pattern.Late(`(?:[A-Za-z]:)?[A-Za-z0-9_@+./\\-]*[A-Za-z0-9_@+-]\.(?:` + sourceEnds + `)\b`)
	// The line after the file: file.c:12, file.c:12:3, file.c#L12-L20, file.c
	// line 12, file.c (lines 12-20). After a colon the second number is a column.
	lineAfter = pattern.Late(`^(?:(?::|#L)([0-9]{1,7})(?::[0-9]{1,7}|-L?([0-9]{1,7}))?|` +
		"[`*\"',]{0,3}" + ` \(?(?:at |on )?(?:lines?|L) ?([0-9]{1,7})(?: ?(?:-|–|to) ?([0-9]{1,7}))?)\b`)
	// The line before the file: line 12 of file.c, lines 10-20 in file.c.
	lineBefore = pattern.Late(`(?i)\blines? ([0-9]{1,7})(?: ?(?:-|–|to) ?([0-9]{1,7}))? (?:of|in) (?:the )?(?:file )?[` + "`" + `*"']{0,3}$`)
	// The function before the file: name() in file.c, function name of file.c.
	nameBefore = pattern.Late("(?:\\b([A-Za-z_][A-Za-z0-9_.:>~-]{2,100})\\(\\)|\\b(?:function|method) [`*\"']{0,3}([A-Za-z_][A-Za-z0-9_.:>~-]{2,100}))" +
		"[`*\"']{0,3} ?(?:(?:in|of|from|at) (?:the )?(?:file )?|\\()[`*\"']{0,3}$")
	// The function after the file: file.c in name(), file.c:12, function name().
	nameAfter = pattern.Late("^[`*\"')]{0,3}(?::|,? (?:in |function |method |in function |in the function )[`*\"']{0,3})([A-Za-z_][A-Za-z0-9_.:>~-]{2,100})\\(\\)")

	address = pattern.Late(`(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s<>"'` + "`" + `)]+|\b(?:www\.)[^\s<>"'` + "`" + `)]+`)
	// A line of a patch that names a file, which the patch may be about to make.
	patchHead = pattern.Late(`(?m)^(?:diff --git |\+\+\+ |--- |index [0-9a-f]{7}).*$`)
)

// findCitations lists the places in the code that a submission names, each
// once, in the order of the text.
func findCitations(s Submission) []citation {
	var list []citation
	seen := map[citation]bool{}
	for _, f := range []struct{ name, text string }{{"what", s.What}, {"impact", s.Impact}, {"reproduce", s.Reproduce}} {
		for _, c := range citationsIn(f.text) {
			if !seen[c] && len(list) < maxCitations {
				seen[c] = true
				c.field = f.name
				list = append(list, c)
			}
		}
	}
	return list
}

func citationsIn(text string) []citation {
	text = clip(text, maxScan)
	blank := func(s string) string { return strings.Repeat(" ", len(s)) }
	text = address().ReplaceAllStringFunc(text, blank)
	text = patchHead().ReplaceAllStringFunc(text, blank)
	var list []citation
	for _, at := range fileCited().FindAllStringIndex(text, 4*maxCitations) {
		if c, ok := readCitation(text, at[0], at[1]); ok {
			list = append(list, c)
		}
	}
	return list
}

// readCitation reads what stands around a file that is named at
// text[start:end].
func readCitation(text string, start, end int) (citation, bool) {
	const around = 160 // bytes
	before, after := text[max(0, start-around):start], text[end:min(len(text), end+around)]
	if end-start > maxPath || insideWord(before, after) {
		return citation{}, false
	}
	var c citation
	c.path, c.place = cleanPath(text[start:end])
	if m := lineAfter().FindStringSubmatch(after); m != nil {
		c.line = highest(m[1:])
		after = after[len(m[0]):]
	} else if m := lineBefore().FindStringSubmatch(before); m != nil {
		c.line = highest(m[1:])
	}
	c.name = namedFunction(before, after)
	return c, c.path != ""
}

// highest gives the highest of some numbers of at most seven digits.
func highest(numbers []string) int {
	top := 0
	for _, s := range numbers {
		n, _ := strconv.Atoi(s) // 0 for a part that is not there
		top = max(top, n)
	}
	return top
}

// insideWord tells a match that is a piece of something longer: foo.c.orig,
// foo.go(x), $DIR/foo.c.
func insideWord(before, after string) bool {
	if before != "" && strings.IndexByte(`$%@#&~=\/.-})`, before[len(before)-1]) >= 0 {
		return true
	}
	if before != "" && isWord(rune(before[len(before)-1])) {
		return true
	}
	switch {
	case after == "":
		return false
	case after[0] == '(' || after[0] == '/' || after[0] == '\\' || after[0] == '-' || after[0] == '=':
		return true
	case after[0] == '.':
		return len(after) > 1 && isWord(rune(after[1]))
	}
	return false
}

// cleanPath brings a path to the form of a repository: '/', no drive, no
// leading "./" or "../". It is only ever looked up in a list.
func cleanPath(p string) (clean string, absolute bool) {
	p = strings.ReplaceAll(p, `\`, "/")
	if len(p) > 2 && p[1] == ':' && p[2] == '/' {
		p = p[2:]
	}
	absolute = strings.HasPrefix(p, "/")
	p = path.Clean("/" + p) // takes every ".." out
	return strings.TrimPrefix(p, "/"), absolute
}

func namedFunction(before, after string) string {
	name := ""
	if m := nameAfter().FindStringSubmatch(after); m != nil {
		name = m[1]
	} else if m := nameBefore().FindStringSubmatch(before); m != nil {
		name = m[1] + m[2]
	}
	// Class::method, object->method, pkg.Func: the last part stands in the file.
	if i := strings.LastIndexAny(name, ".:>~-"); i >= 0 {
		name = name[i+1:]
	}
	if len(name) < 3 {
		return ""
	}
	return name
}

// clip cuts a text at a limit of bytes.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}
