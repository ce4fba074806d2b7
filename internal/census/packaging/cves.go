package packaging

import (
	"bytes"
	"slices"

	"steward/internal/base/pattern"
)

// mention is a CVE that a text names, and where.
type mention struct {
	id       string
	from, to int
	denied   bool
}

// named gives the CVEs that the words of an entry name, without those of which it
// says that they are none of the source's.
func named(text []byte, all []mention) []string {
	if len(all) == 0 {
		return nil
	}
	deny(text, all)
	ids := make([]string, 0, len(all))
	for _, m := range all {
		if !m.denied {
			ids = append(ids, m.id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// mentions finds names of CVEs: CVE-2020-1234, its old form CAN-2003-0001, and as
// they stand in names of patches, cve_2020_1234 and "CVE 2020-1234". It finds no
// more than limit, and tells whether there are more.
func mentions(text []byte, limit int) (all []mention, more bool) {
	for at := 0; at < len(text); at++ {
		i := bytes.IndexAny(text[at:], "cC")
		if i < 0 {
			return all, false
		}
		if at += i; at > 0 && (digit(text[at-1]) || letter(text[at-1])) {
			continue
		}
		if id, n := readCVE(text[at:]); n > 0 {
			if len(all) == limit {
				return all, true
			}
			all = append(all, mention{id: id, from: at, to: at + n})
			at += n - 1
		}
	}
	return all, false
}

// readCVE reads a name that the text begins with; n is how long it is there, 0:
// none is there. A number has four digits or more, seven as yet (CVE's rules for
// counting, 2014); a year is 1999 or later, when CVE began.
func readCVE(text []byte) (id string, n int) {
	const longest = 10
	if len(text) < len("CVE-1999-0001") {
		return "", 0
	}
	old := bytes.EqualFold(text[:3], []byte("CAN"))
	if !old && !bytes.EqualFold(text[:3], []byte("CVE")) || !dash(text[3]) || old && text[3] != '-' || !dash(text[8]) {
		return "", 0
	}
	year := text[4:8]
	for _, b := range year {
		if !digit(b) {
			return "", 0
		}
	}
	if bytes.Compare(year, []byte("1999")) < 0 || bytes.Compare(year, []byte("2099")) > 0 {
		return "", 0
	}
	n = 9
	for n < len(text) && digit(text[n]) {
		n++
	}
	number := text[9:n]
	if len(number) < 4 || len(number) > longest || len(number) > 4 && number[0] == '0' {
		return "", 0
	}
	return "CVE-" + string(year) + "-" + string(number), n
}

func dash(b byte) bool   { return b == '-' || b == '_' || b == ' ' }
func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// Words that say of a CVE that it is none of the source's. Those of before stand
// before the CVE, those of behind stand behind it.
var (
	before = pattern.Late(`(?i)(?:\b(?:not|never)\s+|n't\s+|\bun|\bnon-?)(?:affected\s+by|vulnerable\s+to|applicable\s+to)\b|\b(?:not|doesn't)\s+(?:yet\s+)?(?:fix|address)(?:es|ed|ing)?\b`)
	behind = pattern.Late(`(?i)(?:\b(?:not|never)\s+|n't\s+)(?:yet\s+|been\s+|really\s+|actually\s+)*` +
		`(?:affected|vulnerable|applicable|fixed|addressed|(?:affect(?:s|ing)?|apply\s+to)(?:\s+(?:debian|this|us|our|the\s+(?:debian|package|version))\b|\s*[.,;)]|\s*$))|\bfound\s+immune\b|\bstill\s+unfixed\b`)
	wrong = pattern.Late(`(?i)(?:[,;(]|\band|\bbut)\s*not\s+(?:for\s+|to\s+|with\s+)?$`)
	other = pattern.Late(`(?i)\b(?:that|which)\s+(?:is|are|was|were)?\s*(?:still\s+)?$`)
	join  = pattern.Late(`(?i)^(?:[\s,/&()]|and\b|or\b|nor\b|aka\b)*$`)
	stop  = pattern.Late(`(?i)[.;!]["')]*\s|\n\s*\n|\n\s*[-*+~o]\s|\sbut\s|:\s*\n`)
)

// How far words may be from the CVE that they tell of, in bytes: those before it,
// and those behind it, which may have a word or two of what it is between; and how
// long the words themselves may be.
const (
	nearBefore = 24
	nearBehind = 64
	wordsLong  = 48
)

// deny marks the mentions of which the text says that they do not count. It goes
// by runs of them, "CVE-…, CVE-… and CVE-…", and looks at what stands beside each.
func deny(text []byte, all []mention) {
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end].from-all[end-1].to <= nearBehind && join().Match(text[all[end-1].to:all[end].from]) {
			end++
		}
		run := all[i:end]
		i = end
		left := text[max(0, run[0].from-nearBefore-wordsLong):run[0].from]
		right := text[run[len(run)-1].to:min(len(text), run[len(run)-1].to+nearBehind+wordsLong)]
		if deniedBefore(left) || deniedBehind(right) {
			for j := range run {
				run[j].denied = true
			}
		}
		if left = left[max(0, len(left)-nearBefore):]; negates(left) && wrong().Match(left) {
			run[0].denied = true
		}
	}
	denyListed(text, all)
}

// negates is a quick look for a no.
func negates(text []byte) bool {
	return bytes.Contains(text, []byte("not")) || bytes.Contains(text, []byte("n't")) || bytes.Contains(text, []byte("un")) ||
		bytes.Contains(text, []byte("Not")) || bytes.Contains(text, []byte("NOT")) || bytes.Contains(text, []byte("Un")) ||
		bytes.Contains(text, []byte("ever")) || bytes.Contains(text, []byte("on-"))
}

// tells is a quick look for what may be said of a CVE.
func tells(text []byte) bool {
	for _, stem := range []string{"ffect", "ulner", "pplic", "pply", "fix", "ddress", "immune", "FFECT", "Fix", "FIX"} {
		if bytes.Contains(text, []byte(stem)) {
			return true
		}
	}
	return false
}

func deniedBefore(left []byte) bool {
	if !negates(left) || !tells(left) {
		return false
	}
	hits := before().FindAllIndex(left, -1)
	if len(hits) == 0 {
		return false
	}
	hit := hits[len(hits)-1]
	gap := left[hit[1]:]
	return len(gap) <= nearBefore && !stop().Match(gap) && !other().Match(left[:hit[0]]) // "a zlib that is not vulnerable to": this is the mending
}

func deniedBehind(right []byte) bool {
	if !negates(right) && !bytes.Contains(right, []byte("immune")) || !tells(right) {
		return false
	}
	hit := behind().FindIndex(right)
	return hit != nil && hit[0] <= nearBehind && !stop().Match(right[:hit[0]])
}

// A line that ends in a colon and says so denies what is listed under it, further
// in, unless it says that this is mended now.
var (
	heading = pattern.Late(`(?i)(?:\b(?:not|never)\s+|n't\s+|\bun)(?:yet\s+|been\s+)*(?:affect|vulnerable|applicable|fixed|addressed)`)
	mending = pattern.Late(`(?i)\b(?:fix|fixe[sd]\s+(?:for|the|in)|fixes|fixing|backport|backports|add|apply|patch|patches|include)\b`)
)

// denyListed marks the mentions that are listed under a line that denies them.
func denyListed(text []byte, all []mention) {
	under := -1 // how far in the line is that denies; -1: none does
	at := 0
	for line := range bytes.Lines(text) {
		from := at
		at += len(line)
		bare := bytes.TrimSpace(line)
		if under >= 0 && (len(bare) == 0 || indent(line) <= under) {
			under = -1
		}
		switch {
		case under >= 0:
			for i := first(all, from); i < len(all) && all[i].from < at; i++ {
				all[i].denied = true
			}
		case bytes.HasSuffix(bare, []byte(":")) && len(bare) < 256 && negates(bare) && heading().Match(bare) && !mending().Match(bare):
			under = indent(line)
		}
	}
}

func indent(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// first is the first mention that begins at a byte or behind it.
func first(all []mention, at int) int {
	i, _ := slices.BinarySearchFunc(all, at, func(m mention, at int) int { return m.from - at })
	return i
}
