// Package judges puts what we publish before programs that others wrote: the
// validators of CSAF, the schemas of OSV, SARIF and Atom, and GnuPG. Tests of
// other packages call CSAF, OSV, SARIF, Atom and GPG; nothing else may import this package.
//
// scripts/install-judges.sh installs the judges. One that is missing fails the
// test: it is never skipped.
package judges

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// finding is one thing that a judge has against a file.
type finding struct {
	file    string
	message string
}

func (f finding) String() string { return f.file + ": " + f.message }

// CSAF has CSAF 2.0 documents judged by gocsaf's csaf_validator (the schema,
// and the file's name) and by secvisogram's library (the strict schema and the
// mandatory tests of section 6.1).
func CSAF(t testing.TB, files ...string) {
	t.Helper()
	judge(t, csaf, files)
}

// OSV has OSV entries judged by the format's own JSON schema. An identifier
// must have a registered prefix or start with x_.
func OSV(t testing.TB, files ...string) {
	t.Helper()
	judge(t, osv, files)
}

// SARIF has logs of SARIF 2.1.0 judged by the format's own JSON schema.
func SARIF(t testing.TB, files ...string) {
	t.Helper()
	judge(t, sarif, files)
}

// Atom has feeds judged by xmllint with the grammar of RFC 4287, appendix B.
func Atom(t testing.TB, files ...string) {
	t.Helper()
	judge(t, atom, files)
}

// GPG has every signature under dir (FILE.asc of FILE, or a clear-signed text)
// judged by GnuPG, which knows the one public key in keyFile and no other.
// Other armoured keys under dir are passed over.
func GPG(t testing.TB, keyFile, dir string) {
	t.Helper()
	judge(t, func([]string) ([]finding, error) { return gpg(keyFile, dir) }, []string{dir})
}

// judge reports what a judge finds. No files at all is a failure too: a test
// that judges nothing proves nothing.
func judge(t testing.TB, by func(files []string) ([]finding, error), files []string) {
	t.Helper()
	if len(files) == 0 {
		t.Fatal("there is nothing to judge")
	}
	found, err := by(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// cached gives the path of something that the script has installed.
func cached(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("looking for the judges: %w", err)
	}
	path := filepath.Join(cache, "steward-judges", name)
	if _, err := os.Stat(path); err != nil {
		return "", missing(path)
	}
	return path, nil
}

// missing says how to install a judge.
func missing(what string) error {
	return fmt.Errorf("%s is missing; run scripts/install-judges.sh (or: make judges)", what)
}
