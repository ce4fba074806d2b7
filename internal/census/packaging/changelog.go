package packaging

import (
	"bytes"
	"strings"
)

// Bounds of a changelog. The longest of Debian's, the kernel's, has 3.2 MB; the
// most entries one has are about a thousand.
const (
	MaxChangelog = 16 << 20 // bytes; what is behind is not read
	maxEntries   = 20_000
	maxVersion   = 256    // bytes
	maxDate      = 128    // bytes
	maxNamed     = 50_000 // CVEs; the kernel's names 15,000
)

// Entry is one of a changelog.
type Entry struct {
	Source       string
	Version      string
	Distribution string // as it is written, one or several
	Urgency      string // in small letters; "": it says none
	Day          Day    // 0: there is none that can be believed
	By           By
	CVEs         []string // that it names, CVE-YYYY-N…, sorted, each once
}

// Changelog is what was read of one.
type Changelog struct {
	Entries []Entry // in the order of the file: the newest first
	Cut     bool    // there was more than is read
}

// ReadChangelog reads a changelog (deb-changelog(5)). It takes what dpkg takes
// for an entry, and passes over all else. A day after today, or before Debian, is
// not believed. Of more than MaxChangelog bytes the rest is left.
//
// Bytes are taken as they are: old entries are in Latin-1 or worse, and all that
// is looked for is ASCII.
func ReadChangelog(text []byte, today Day) Changelog {
	var c Changelog
	if len(text) > MaxChangelog {
		text, c.Cut = text[:MaxChangelog], true
	}
	left := maxNamed // CVEs that may be named yet
	body := -1       // where the open entry's words begin; -1: none is open
	end := func(at int) {
		if body < 0 {
			return
		}
		e := &c.Entries[len(c.Entries)-1]
		all, more := mentions(text[body:at], left)
		left -= len(all)
		c.Cut = c.Cut || more
		e.By, e.CVEs = byOf(e.Version, text[body:at]), named(text[body:at], all)
		body = -1
	}
	for at := 0; at < len(text); {
		next := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		line := bytes.TrimRight(text[at:next], "\r\n")
		if len(line) > 0 && line[0] != ' ' && line[0] != '\t' {
			if e, ok := readHeading(line); ok {
				end(at)
				if len(c.Entries) == maxEntries {
					c.Cut = true
					return c
				}
				c.Entries, body = append(c.Entries, e), next
			}
		} else if body >= 0 && bytes.HasPrefix(line, []byte(" -- ")) {
			date := line[bytes.LastIndexByte(line, '>')+1:]
			day := readDate(date[:min(len(date), maxDate)])
			if day >= founded && day <= today {
				c.Entries[len(c.Entries)-1].Day = day
			}
			end(at)
		}
		at = next
	}
	end(len(text))
	return c
}

// readHeading reads "name (version) distributions; urgency=low".
func readHeading(line []byte) (e Entry, ok bool) {
	name, rest, ok := bytes.Cut(line, []byte(" ("))
	if !ok || !isName(name) {
		return e, false
	}
	version, rest, ok := bytes.Cut(rest, []byte(")"))
	if !ok || len(version) == 0 || len(version) > maxVersion || bytes.ContainsAny(version, " \t(") || !printable(version) {
		return e, false
	}
	where, more, ok := bytes.Cut(rest, []byte(";"))
	if !ok || len(where) == 0 || where[0] != ' ' && where[0] != '\t' || len(where) > maxVersion {
		return e, false
	}
	where = bytes.TrimSpace(where)
	if len(where) == 0 {
		return e, false
	}
	for _, b := range where {
		if !nameByte(b) && b != ' ' && b != '\t' && b != ',' { // old entries part them by commas
			return e, false
		}
	}
	e = Entry{Source: string(name), Version: string(version), Distribution: string(where)}
	for field := range bytes.SplitSeq(more[:min(len(more), maxVersion)], []byte(",")) {
		key, value, _ := bytes.Cut(field, []byte("="))
		if word, _, _ := strings.Cut(strings.TrimSpace(string(value)), " "); bytes.EqualFold(bytes.TrimSpace(key), []byte("urgency")) && len(word) < 32 {
			e.Urgency = strings.ToLower(strings.ToValidUTF8(word, ""))
		}
	}
	return e, true
}

func nameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || digit(b) || b == '-' || b == '+' || b == '.' || b == '_'
}

// isName tells whether bytes are the name of a source, in a wide sense: old ones
// have capitals.
func isName(name []byte) bool {
	if len(name) == 0 || len(name) > 128 || name[0] == '-' || name[0] == '+' || name[0] == '.' {
		return false
	}
	for _, b := range name {
		if !nameByte(b) {
			return false
		}
	}
	return true
}

func printable(text []byte) bool {
	return !bytes.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

func digit(b byte) bool { return b >= '0' && b <= '9' }
