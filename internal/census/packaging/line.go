package packaging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// line is a history as a store has it: one line of JSON.
type line struct {
	Source  string   `json:"source"`
	Version string   `json:"version"`
	CVEs    []string `json:"cves,omitempty"`    // "CVE-2020-1234 2020-05-01"
	Uploads []string `json:"uploads,omitempty"` // "2023-01-08 nmu security"
	Patches Patches  `json:"patches"`
	Cut     bool     `json:"cut,omitempty"`
}

// MarshalText gives a day as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText gives.
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d, err = parseDay(string(text))
	return err
}

// encode gives a history as a line, with its newline. The same history gives the
// same bytes.
func (h *History) encode() ([]byte, error) {
	l := line{Source: h.Source, Version: h.Version, Patches: h.Patches, Cut: h.Cut}
	for _, c := range h.Named {
		l.CVEs = append(l.CVEs, c.ID+" "+c.First.String())
	}
	for _, u := range h.Uploads {
		l.Uploads = append(l.Uploads, u.String())
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(l)
	return b.Bytes(), err
}

// String gives an upload as a store has it: its day, and what else is so.
func (u Upload) String() string {
	words := []string{u.Day.String()}
	if u.By != Maintainer {
		words = append(words, string(u.By))
	}
	for _, w := range []struct {
		so   bool
		word string
	}{{u.Upstream, "upstream"}, {u.Security, "security"}, {u.Stable, "stable"}} {
		if w.so {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

func parseUpload(s string) (u Upload, err error) {
	for i, w := range strings.Split(s, " ") {
		switch {
		case i == 0:
			if u.Day, err = parseDay(w); err != nil {
				return u, err
			}
		case w == string(Team) || w == string(NMU) || w == string(QA):
			u.By = By(w)
		case w == "upstream":
			u.Upstream = true
		case w == "security":
			u.Security = true
		case w == "stable":
			u.Stable = true
		default:
			return u, fmt.Errorf("%q is no upload", s)
		}
	}
	return u, nil
}

// decode reads a line. What encode would not have written is an error.
func decode(text []byte) (*History, error) {
	var l line
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("more than one history in a line")
	}
	h := &History{Source: l.Source, Version: l.Version, Patches: l.Patches, Cut: l.Cut}
	if !isName([]byte(h.Source)) || !isVersion(h.Version) {
		return nil, fmt.Errorf("%q %q is no source", h.Source, h.Version)
	}
	if len(l.CVEs) > maxNamed || len(l.Uploads) > maxEntries {
		return nil, errors.New("more CVEs or uploads than a changelog may have")
	}
	p := h.Patches
	for _, n := range []int{p.Upstream, p.Forwarded, p.NotNeeded, p.NotForwarded, p.Silent, p.Direct} {
		if n < 0 || n > maxPatches {
			return nil, errors.New("a number of patches is out of bounds")
		}
	}
	for i, c := range l.CVEs {
		id, day, _ := strings.Cut(c, " ")
		first, err := parseDay(day)
		if clean, n := readCVE([]byte(id)); err != nil || n != len(id) || clean != id {
			return nil, fmt.Errorf("%q is no CVE with a day", c)
		}
		if i > 0 && h.Named[i-1].ID >= id {
			return nil, errors.New("the CVEs are in no order")
		}
		h.Named = append(h.Named, CVE{id, first})
	}
	for _, s := range l.Uploads {
		u, err := parseUpload(s)
		if err != nil {
			return nil, err
		}
		h.Uploads = append(h.Uploads, u)
	}
	return h, nil
}

// isVersion tells whether a text can be a version, in a wide sense.
func isVersion(v string) bool { return len(v) > 0 && len(v) <= maxVersion && printable([]byte(v)) }
