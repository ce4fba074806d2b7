package packaging

import (
	"bytes"
	"strings"
	"time"

	"steward/internal/base/pattern"
)

// State says what became of a patch between Debian and upstream.
type State string

// States of patches.
const (
	Upstream     State = "upstream"      // taken from upstream, or upstream has it by now
	Forwarded    State = "forwarded"     // upstream was told
	NotNeeded    State = "not-needed"    // it is Debian's own
	NotForwarded State = "not-forwarded" // its header says so
	Silent       State = "silent"        // its header says nothing of it
)

// Patch is what the header of a patch says (DEP-3). Its author and its words are
// not kept.
type Patch struct {
	State      State
	LastUpdate Day // 0: it says none that can be believed
}

// maxHeader is how much of a patch is read for its header, in bytes.
const maxHeader = 64 << 10

// ReadPatch reads the header of a patch, of which the beginning is enough: the
// fields of DEP-3, wherever they stand before the change itself, so also those
// behind the head of a mail that git has made; and of dpatch's, which stand behind
// number signs.
//
// Where the fields disagree, upstream's having it counts most, then that it was
// forwarded, then that it need not be. That it names a bug of upstream's says that
// it was forwarded, unless it says that it was not (DEP-3, "Forwarded"). DEP-3
// takes a patch that says nothing for one that was not forwarded; here it is
// Silent.
func ReadPatch(text []byte, today Day) Patch {
	h := header{today: today}
	for line := range bytes.Lines(text[:min(len(text), maxHeader)]) {
		line = bytes.TrimRight(line, " \t\r\n")
		if begins(line) {
			break
		}
		if len(line) > 0 && line[0] == '#' { // dpatch
			line = bytes.TrimPrefix(bytes.TrimLeft(line, "#"), []byte(" "))
			line = bytes.TrimPrefix(bytes.TrimPrefix(line, []byte("DP:")), []byte(" "))
		}
		h.line(line)
	}
	h.flush()
	return Patch{State: h.state(), LastUpdate: h.updated}
}

// begins tells whether the change itself begins. DEP-3 has the header end at three
// dashes before that, but dpkg-source --commit puts the fields that are to be
// filled in behind them, and there people fill them in.
func begins(line []byte) bool {
	return bytes.HasPrefix(line, []byte("--- ")) || bytes.HasPrefix(line, []byte("diff ")) ||
		bytes.HasPrefix(line, []byte("Index: ")) || bytes.HasPrefix(line, []byte("*** ")) || bytes.HasPrefix(line, []byte("@@ "))
}

// header gathers the fields of one.
type header struct {
	today     Day
	field     string // that is open, in small letters
	value     []byte
	forwarded State // the strongest that was said
	upstream  bool  // it comes from there, or is there
	bug       bool  // of upstream's
	updated   Day
}

func (h *header) line(line []byte) {
	const longest = 1 << 10 // of a value
	switch {
	case len(line) == 0:
		h.flush()
	case line[0] == ' ' || line[0] == '\t':
		if h.field != "" && len(h.value) < longest {
			h.value = append(append(h.value, ' '), bytes.TrimSpace(line)...)
		}
	default:
		h.flush()
		if bytes.Contains(line, []byte("(cherry picked from commit ")) {
			h.upstream = true
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) > 32 {
			return
		}
		if f := strings.ToLower(string(bytes.TrimSpace(name))); asked[f] {
			h.field, h.value = f, append(h.value[:0], bytes.TrimSpace(value)[:min(longest, len(bytes.TrimSpace(value)))]...)
		}
	}
}

var asked = map[string]bool{"forwarded": true, "origin": true, "applied-upstream": true, "bug": true, "last-update": true}

// flush takes the field that is open.
func (h *header) flush() {
	v := strings.ToLower(strings.Trim(strings.TrimSpace(string(h.value)), "."))
	field := h.field
	h.field = ""
	if field == "" || v == "" || strings.Contains(v, "|") { // what is to be filled in still
		return
	}
	switch field {
	case "forwarded":
		if s := forwardedState(v); h.forwarded == "" || rank[s] > rank[h.forwarded] {
			h.forwarded = s
		}
	case "origin":
		h.upstream = h.upstream || fromUpstream(v)
	case "applied-upstream":
		h.upstream = h.upstream || !negative().MatchString(v) && !strings.HasPrefix(v, "<")
	case "bug":
		h.bug = h.bug || !negative().MatchString(v) && !strings.HasPrefix(v, "<") && !distribution().MatchString(v) && v[0] != '#'
	case "last-update":
		if t, err := time.Parse(time.DateOnly, v[:min(len(v), len(time.DateOnly))]); err == nil {
			if d := DayOf(t); d >= founded && d <= h.today {
				h.updated = d
			}
		}
	}
}

// rank orders what Forwarded may say, where it is said more than once.
var rank = map[State]int{Silent: 0, NotForwarded: 1, NotNeeded: 2, Forwarded: 3}

var (
	negative  = pattern.Late(`^(?:no|not|never|none|false|todo|tbd|wontfix|n/a)(?:$|[^a-z0-9])`)
	needless  = pattern.Late(`^<?(?:(?:not|non|no|nor)[-_ ]*(?:need|necessary|required|applicable|relevant|useful|appropriate|suitable)|un(?:needed|necessary)|n/?a(?:$|[^a-z])|not?[, -]+(?:debian|distro)|not[-_ ]for[-_ ]upstream|(?:debian|distro|distribution|vendor|ubuntu)[-_ ](?:specific|only))`)
	ownAnyway = pattern.Late(`(?:debian|distro|distribution|vendor|packaging)[-_ ](?:specific|only)`)
)

// forwardedState reads the value of Forwarded: no, not-needed, or anything else,
// which says that it was; people write these in many ways.
func forwardedState(v string) State {
	switch {
	case needless().MatchString(v), negative().MatchString(v) && ownAnyway().MatchString(v):
		return NotNeeded
	case negative().MatchString(v):
		return NotForwarded
	case strings.HasPrefix(v, "unknown"), strings.HasPrefix(v, "doesn't"), strings.HasPrefix(v, "?"), strings.HasPrefix(v, "-"):
		return Silent
	}
	return Forwarded
}

var (
	// Distributions, whose patches are not upstream's.
	distribution = pattern.Late(`debian\.(?:org|net)|ubuntu|launchpad|redhat|fedora|suse|archlinux|gentoo|alpinelinux|openembedded|freebsd|openbsd|netbsd|nixos|macports|homebrew|mageia`)
	commit       = pattern.Late(`/commits?/|/rev/|/changeset/|[?;&](?:id|h|a=commit)`)
)

// fromUpstream reads the value of Origin: the words upstream and backport say so;
// a commit does, unless it is of a distribution.
func fromUpstream(v string) bool {
	word, _, _ := strings.Cut(v, ",")
	word = strings.TrimSpace(word)
	return strings.HasPrefix(word, "upstream") || strings.HasPrefix(word, "backport") || strings.HasPrefix(v, "commit:") ||
		strings.Contains(v, "://") && commit().MatchString(v) && !distribution().MatchString(v) && !strings.HasPrefix(word, "vendor") && !strings.HasPrefix(word, "other")
}

func (h *header) state() State {
	switch {
	case h.upstream:
		return Upstream
	case h.forwarded != "" && h.forwarded != Silent:
		return h.forwarded
	case h.bug:
		return Forwarded
	}
	return Silent
}
