package osv

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/census/fetch"
)

// URL is below what OSV's exports are: for each ecosystem a folder with all.zip.
const URL = "https://osv-vulnerabilities.storage.googleapis.com"

// File is where the export of an ecosystem lies in a folder of a census.
func File(dir, ecosystem string) string { return filepath.Join(dir, "osv", ecosystem+".zip") }

// check tells whether an ecosystem can be one. Its name becomes that of a file.
func (w *Want) check() error {
	for _, c := range w.Ecosystem {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune(" .-", c) {
			return noEcosystem(w.Ecosystem)
		}
	}
	if w.Ecosystem == "" || w.Ecosystem[0] == '.' || w.Ecosystem[0] == ' ' || len(w.Ecosystem) > maxName/2 {
		return noEcosystem(w.Ecosystem)
	}
	return nil
}

func noEcosystem(name string) error {
	return errs.Invalidf("ecosystem", "%q is no ecosystem of OSV's.", name[:min(len(name), maxName)]).WithHint("name it as OSV does, without a release: Debian, Ubuntu, Alpine")
}

// Collect fetches the export of an ecosystem into a folder; from is what its
// address begins with, "" for URL. It tells where the export came from, and
// whether it has not changed.
func Collect(ctx context.Context, c *fetch.Client, from, ecosystem, dir string, progress fetch.Progress) (fetch.Origin, bool, error) {
	if err := (&Want{Ecosystem: ecosystem}).check(); err != nil {
		return fetch.Origin{}, false, err
	}
	if from == "" {
		from = URL
	}
	return c.File(ctx, strings.TrimSuffix(from, "/")+"/"+url.PathEscape(ecosystem)+"/all.zip", File(dir, ecosystem), progress)
}

// Open reads the export that Collect has put into a folder; false if none is
// there. A folder of records under the name of the ecosystem does as well.
func Open(ctx context.Context, dir string, want Want) (k *Known, ok bool, err error) {
	if err := want.check(); err != nil {
		return nil, false, err
	}
	for _, path := range []string{File(dir, want.Ecosystem), strings.TrimSuffix(File(dir, want.Ecosystem), ".zip")} {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue
		}
		k, err := Read(ctx, path, want)
		return k, err == nil, err
	}
	return nil, false, nil
}

// Release gives the number by which OSV calls a release of Debian, which is given
// by name; "" if it has none, as sid.
func Release(name string) string {
	if i := slices.Index(releases[:], name); i >= 0 {
		return strconv.Itoa(i + etch)
	}
	return ""
}

// releases are those of Debian that OSV has advisories of, and those to come whose
// names are known.
var releases = [...]string{
	"etch", "lenny", "squeeze", "wheezy", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "duke",
}

const etch = 4 // its number
