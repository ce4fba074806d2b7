package intake

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"steward/internal/base/pattern"
)

// maxMentions is the most versions that are looked up in one report.
const maxMentions = 20

// mentionKind says what a report names as the state of the code.
type mentionKind string

const (
	aRelease mentionKind = "release" // 8.4.0, v8.4, 8.x
	aCommit  mentionKind = "commit"  // a hash, 7 digits or more
	aBranch  mentionKind = "branch"  // master, HEAD, trunk
	aLatest  mentionKind = "latest"  // the newest release, whatever it is called
)

// mention is one state of the code that a report names.
type mention struct {
	kind mentionKind
	text string // as written, without what stands around it
}

var (
	// hash: what git prints as a commit. A word of digits or of letters alone
	// is one only at full length.
	hashWord = pattern.Late(`^[0-9a-f]{7,64}$`)
	// describe: what git describe prints after the tag.
	describeEnd = pattern.Late(`^(.+)-[0-9]+-g([0-9a-f]{7,64})(?:-dirty)?$`)
	// release: digits with dots or underscores between, and what may follow.
	releaseWord = pattern.Late(`^[0-9]+(?:[._][0-9]+)*(?:\.[xX*]|[._][0-9]+)(?:[-._+~]?[0-9A-Za-z*]+)*$`)
)

// joining are the words that may stand before a version of the product itself.
// After any other word a number is taken for the version of something else.
var joining = wordSet(`a all any affected affects at both checked code commit confirmed current e.g exactly
	found from git i.e including introduced is latest least newest of on only rel releases released revision
	since stable starting tag tagged tags tested using v ver verified versions vulnerable was with`)

// linking are the words that say nothing themselves: the word before them
// decides.
var linking = wordSet(`and in or release than the through thru to version`)

// aboveAll are the words before a version that need not exist: the end of a
// range, or a release to come.
var aboveAll = wordSet(`< before below earlier fix fixed less lower next older planned prior till under
	unreleased until up upcoming`)

// unreleasedMark are parts of a version that say that it was never released.
var unreleasedMark = wordSet(`dev devel snapshot git nightly master main trunk head pre alpha wip dirty`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// findMentions lists the states of the code that the text on versions names
// and that ought to exist. own are the words of the product's names in lower
// case: a number after one of them is a version of the product, while a number
// after another name ("on Ubuntu 22.04") is none of ours.
func findMentions(text string, own map[string]bool) []mention {
	var list []mention
	words := versionWords(text)
	for i, w := range words {
		if len(list) == maxMentions {
			break
		}
		for _, m := range readMention(w, words[:i], own) {
			if !slices.Contains(list, m) {
				list = append(list, m)
			}
		}
	}
	return list
}

// rangeSigns makes the signs of a range words of their own.
var rangeSigns = strings.NewReplacer("<=", " < ", ">=", " > ", "<", " < ", ">", " > ", "≤", " < ", "≥", " > ",
	"=", " ", "^", " ", "..", " ", "…", " ", "–", " ", "—", " ")

// versionWords splits a text at spaces and brackets.
func versionWords(text string) []string {
	return strings.FieldsFunc(rangeSigns.Replace(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;()[]{}\"'`|", r)
	})
}

func readMention(word string, before []string, own map[string]bool) []mention {
	word = strings.Trim(word, ".:!?*-")
	lower := strings.ToLower(word)
	switch lower {
	case "latest", "newest":
		return []mention{{aLatest, word}}
	case "master", "main", "head", "trunk", "tip":
		return []mention{{aBranch, word}}
	}
	if isHash(lower) {
		return []mention{{aCommit, lower}}
	}
	if m := describeEnd().FindStringSubmatch(word); m != nil {
		return append(readMention(m[1], before, own), mention{aCommit, m[2]})
	}
	number, ok := cutName(word, own)
	if !ok || !releaseWord().MatchString(number) || !aboutProduct(before, own) {
		return nil
	}
	if slices.ContainsFunc(versionParts(number), func(p string) bool { return unreleasedMark[p] }) {
		return nil
	}
	return []mention{{aRelease, number}}
}

// isHash tells a commit from a number and from a word: a short one has digits
// and letters.
func isHash(w string) bool {
	if !hashWord().MatchString(w) {
		return false
	}
	return len(w) == 40 || len(w) == 64 || (strings.ContainsAny(w, "abcdef") && strings.ContainsAny(w, "0123456789"))
}

// cutName takes the product's name or a "v" off the front of a word: "v1.2",
// "curl-8.4.0", "libcurl/8.4.0", "OpenSSL_1_1_1k". A word that starts with
// another name is not about the product.
func cutName(word string, own map[string]bool) (string, bool) {
	i := strings.IndexFunc(word, func(r rune) bool { return r >= '0' && r <= '9' })
	switch {
	case i < 0:
		return "", false
	case i == 0:
		return word, true
	}
	// The name itself may hold digits (libxml2-2.9.10): try the longest first.
	lower := strings.ToLower(word)
	if len(lower) != len(word) {
		return "", false
	}
	best := ""
	for name := range own {
		rest, ok := strings.CutPrefix(lower, name)
		if trimmed := strings.TrimLeft(rest, "-_/@v:"); ok && len(name) > len(best) && trimmed != "" && len(trimmed) < len(rest) {
			best = name
		}
	}
	rest := strings.TrimLeft(word[len(best):], "-_/@vV:")
	if best == "" && strings.Trim(lower[:i], "-_/@:") != "v" {
		return "", false
	}
	return rest, rest != ""
}

// aboutProduct reads the words before a number, the nearest first, and tells
// whether the number ought to be a release of the product.
func aboutProduct(before []string, own map[string]bool) bool {
	for _, word := range slices.Backward(before) {
		w := strings.ToLower(strings.Trim(word, ".:!?*-"))
		switch {
		case own[w]:
			return true
		case aboveAll[w]:
			return false
		case linking[w], !strings.ContainsFunc(w, unicode.IsLetter):
			continue // "prior to", "older than", "fixed in", "8.1 and": what comes before decides
		case joining[w]:
			return true
		}
		if _, ok := cutName(word, own); !ok {
			return false
		}
	}
	return true
}

// versionParts splits a version into its runs of digits and of letters, in
// lower case, digits without leading zeros: "v9.9p1" is v, 9, 9, p, 1.
func versionParts(v string) []string {
	var parts []string
	start, kind := 0, 0
	flush := func(end int) {
		if kind == 0 {
			return
		}
		p := v[start:end]
		if kind == 1 {
			if p = strings.TrimLeft(p, "0"); p == "" {
				p = "0"
			}
		}
		parts = append(parts, p)
	}
	v = strings.ToLower(v)
	for i, r := range v {
		k := 0
		switch {
		case r >= '0' && r <= '9':
			k = 1
		case unicode.IsLetter(r), r == '*':
			k = 2
		}
		if k != kind {
			flush(i)
			start, kind = i, k
		}
	}
	flush(len(v))
	return parts
}

// releases knows the versions of a product, however its tags are written.
type releases struct {
	keys map[string][]string // by key: what was written
	rows []release
}

// release is one way to read what was written.
type release struct {
	written string
	parts   []string // without what stands before the number
}

func newReleases(written []string) *releases {
	r := &releases{keys: map[string][]string{}}
	for _, w := range written {
		for _, parts := range tagParts(w) {
			k := versionKey(parts)
			if !slices.Contains(r.keys[k], w) {
				r.keys[k] = append(r.keys[k], w)
			}
			r.rows = append(r.rows, release{w, parts})
		}
	}
	return r
}

// tagParts gives the ways to read the number in a tag: from its first digit
// on, and from the first piece that starts with a digit (libxml2-2.9.10).
func tagParts(tag string) [][]string {
	isDigit := func(p string) bool { return p[0] >= '0' && p[0] <= '9' }
	parts := versionParts(tag)
	i := slices.IndexFunc(parts, isDigit)
	if i < 0 {
		return nil
	}
	ways := [][]string{parts[i:]}
	pieces := strings.FieldsFunc(tag, func(r rune) bool { return strings.ContainsRune("-_/@ ", r) })
	if j := slices.IndexFunc(pieces, isDigit); j > 0 {
		if later := versionParts(strings.Join(pieces[j:], "-")); len(later) < len(parts[i:]) {
			ways = append(ways, later)
		}
	}
	return ways
}

// versionKey joins the parts; zeros at the end of the number itself do not
// count, so that 2.3 is 2.3.0.
func versionKey(parts []string) string {
	n := 0
	for n < len(parts) && parts[n][0] >= '0' && parts[n][0] <= '9' {
		n++
	}
	end := n
	for end > 1 && parts[end-1] == "0" {
		end--
	}
	return strings.Join(parts[:end], ".") + "/" + strings.Join(parts[n:], ".")
}

// exact gives the tags and listed versions that are the version.
func (r *releases) exact(version string) []string { return r.keys[versionKey(versionParts(version))] }

// knows tells whether there is a release that the version can mean: itself,
// one of a series (8.4 or 8.x for 8.4.1), or the one that a distribution
// packs (7.88.1-10+deb12u5).
func (r *releases) knows(version string) bool {
	parts := versionParts(version)
	if last := parts[len(parts)-1]; last == "x" || last == "*" {
		parts = parts[:len(parts)-1]
	}
	if len(r.keys[versionKey(parts)]) > 0 {
		return true
	}
	for _, row := range r.rows {
		if len(row.parts) >= len(parts) && slices.Equal(row.parts[:len(parts)], parts) {
			return true
		}
	}
	if i := strings.IndexAny(version, "-+~"); i > 0 {
		return r.knows(version[:i])
	}
	return false
}

// nearest gives up to n releases that are most like the version: the most
// parts in common from the left, and then the closest number.
func (r *releases) nearest(version string, n int) []string {
	want := versionParts(version)
	type distance struct{ common, apart int }
	above := map[int]bool{} // releases that the version lies above: of those the highest is nearest
	far := func(at int, row release) distance {
		i := 0
		for i < min(len(want), len(row.parts)) && want[i] == row.parts[i] {
			i++
		}
		above[at] = number(want, i) > number(row.parts, i)
		return distance{i, apart(want, row.parts, i)}
	}
	distances := make([]distance, len(r.rows))
	order := make([]int, len(r.rows))
	for i, row := range r.rows {
		distances[i], order[i] = far(i, row), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		c := compareParts(r.rows[a].parts, r.rows[b].parts)
		if above[a] {
			c = -c
		}
		return cmp.Or(cmp.Compare(distances[b].common, distances[a].common), cmp.Compare(distances[a].apart, distances[b].apart), c)
	})
	var names []string
	for _, i := range order {
		if w := r.rows[i].written; len(names) < n && !slices.Contains(names, w) {
			names = append(names, w)
		}
	}
	return names
}

// number reads the number at place i: 0 for letters and where there is none.
func number(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(parts[i]) // the largest int for more than fits
	return min(n, 1_000_000_000)
}

// apart is the distance between the numbers at place i.
func apart(a, b []string, i int) int {
	d := number(a, i) - number(b, i)
	return max(d, -d)
}

// compareParts orders versions by their numbers from the left.
func compareParts(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(number(a, i), number(b, i)); c != 0 {
			return c
		}
	}
	return 0
}
