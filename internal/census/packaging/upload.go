package packaging

import (
	"bytes"
	"strings"

	"steward/internal/base/pattern"
	"steward/internal/census/archive"
)

// By is the kind of hand that made an upload (Debian Developer's Reference 5.11,
// 5.9.4 and 5.13).
type By string

// Kinds of hands.
const (
	Maintainer By = ""     // nothing else is said
	Team       By = "team" // a team upload: of the team, not one of those named
	NMU        By = "nmu"  // a non-maintainer upload
	QA         By = "qa"   // a QA upload: nobody maintains it
)

var (
	said = pattern.Late(`(?i)^(?:a\s+)?(?:(non[- ]?maintainer(?:'?s)?[- ]upload|nmu\b)|(team upload)|(qa upload))`)
	// An NMU's revision has a part behind a dot, a native one ends in +nmuN
	// (Developer's Reference 5.11.2).
	numbered = pattern.Late(`-[0-9]+\.[0-9]+$|\+nmu[0-9]+$`)
	// A stable update (5.5.1), in its forms of today and before.
	stable = pattern.Late(`[+~]deb[0-9]+u[0-9]+|(?:woody|sarge|etch|lenny|squeeze|wheezy)[.]?[0-9]+`)
	// What a distribution does to upstream's archive is no new version of it.
	repacked = pattern.Late(`[+~.-]?(?:deb[0-9]+u[0-9]+|(?:dfsg|ds|repack|debian|nmu)[0-9.]*)|~bpo.*$`)
)

// byOf tells by which kind of hand an entry was made: what its first lines say,
// and else what its version does.
func byOf(version string, text []byte) By {
	left := 4 // lines with words
	for line := range bytes.Lines(text) {
		line = bytes.TrimLeft(line, " \t*-+")
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '[' { // the name of who wrote what follows
			continue
		}
		if m := said().FindSubmatchIndex(line); m != nil {
			switch {
			case m[2] >= 0:
				if rest := bytes.TrimSpace(line[m[3]:]); !bytes.HasPrefix(bytes.ToLower(rest), []byte("ack")) {
					return NMU
				}
			case m[4] >= 0:
				return Team
			default:
				return QA
			}
		}
		if left--; left == 0 {
			break
		}
	}
	if numbered().MatchString(version) {
		return NMU
	}
	return Maintainer
}

// Upload is an entry of which nothing is kept but what is asked for.
type Upload struct {
	Day      Day
	By       By
	Upstream bool // the first of a new version of upstream's
	Security bool // it went to a distribution for security updates
	Stable   bool // its version has the mark of a stable update
}

// unreleased tells whether an entry was never uploaded.
func (e *Entry) unreleased() bool { return strings.EqualFold(e.Distribution, "UNRELEASED") }

// security tells whether an entry went to a distribution for security updates;
// those of long-term support are such.
func (e *Entry) security() bool {
	for d := range strings.FieldsSeq(strings.ToLower(strings.ReplaceAll(e.Distribution, ",", " "))) {
		if strings.HasSuffix(d, "-security") || strings.HasSuffix(d, "-lts") {
			return true
		}
	}
	return false
}

// upstreamOf gives the version of upstream's that a version is of, without what
// Debian's repacking adds.
func upstreamOf(version string) string {
	v := archive.Upstream(version)
	if _, really, ok := strings.Cut(v, "+really"); ok {
		v = really
	}
	return repacked().ReplaceAllString(v, "")
}

// uploads gives what was uploaded, in the order of the changelog. An entry without
// a day has that of the nearest newer one, or else of the nearest older one.
func (c *Changelog) uploads() []Upload {
	all := make([]Upload, 0, len(c.Entries))
	days := c.days()
	fresh := c.fresh()
	for i := range c.Entries {
		if e := &c.Entries[i]; !e.unreleased() {
			all = append(all, Upload{Day: days[i], By: e.By, Upstream: fresh[i], Security: e.security(), Stable: stable().MatchString(e.Version)})
		}
	}
	return all
}

func (c *Changelog) days() []Day {
	days := make([]Day, len(c.Entries))
	var newer Day
	for i := range c.Entries {
		if days[i] = c.Entries[i].Day; days[i] == 0 {
			days[i] = newer
		}
		newer = days[i]
	}
	var older Day
	for i := len(days) - 1; i >= 0; i-- {
		if days[i] == 0 {
			days[i] = older
		}
		older = days[i]
	}
	return days
}

// fresh tells of each entry whether it is the first of a version of upstream's
// that is higher than all before.
func (c *Changelog) fresh() []bool {
	fresh := make([]bool, len(c.Entries))
	seen := map[string]bool{}
	highest := ""
	for i := len(c.Entries) - 1; i >= 0; i-- {
		e := &c.Entries[i]
		if e.unreleased() {
			continue
		}
		u := upstreamOf(e.Version)
		higher := highest == "" || archive.Compare(e.Version, highest) > 0
		fresh[i] = higher && !seen[u]
		seen[u] = true
		if higher {
			highest = e.Version
		}
	}
	return fresh
}
