package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"steward/internal/base/errs"
)

// Manifest is the file of a report that names all its files. By it a folder is
// known as a report of ours.
const Manifest = "report.json"

// reportKind is what the manifest says of the folder.
const reportKind = "steward census report"

// maxManifest is how large a manifest may be, in bytes.
const maxManifest = 32 << 20

// manifest is what the file holds.
type manifest struct {
	Kind  string   `json:"kind"`
	Files []string `json:"files"` // paths below the folder, in order; without the manifest
}

// readManifest reads the manifest of a folder; an error that says nothing to
// people if there is none, or if it is another's.
func readManifest(root *os.Root) (m manifest, err error) {
	f, err := root.Open(Manifest)
	if err != nil {
		return m, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return m, err
	}
	if len(raw) > maxManifest {
		return m, fmt.Errorf("%s has more than %d bytes", Manifest, maxManifest)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("reading %s: %w", Manifest, err)
	}
	if m.Kind != reportKind {
		return m, fmt.Errorf("%s is not that of a report", Manifest)
	}
	return m, nil
}

// Check tells whether a folder is a report: errs.Invalid with the way out if not.
func Check(dir string) error {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return errs.Invalidf("census.report", "There is no folder %s.", dir).WithHint("make the report: steward census run --html %s", dir)
	}
	if err != nil {
		return errs.Invalidf("census.report", "The folder %s cannot be opened.", dir).WithHint("does it belong to the user that the server runs as?").WithCause(err)
	}
	defer root.Close()
	if _, err := readManifest(root); err != nil {
		return errs.Invalidf("census.report", "The folder %s holds no report of a census.", dir).WithHint("make one in a new folder: steward census run --html DIR").WithCause(err)
	}
	return nil
}

// ours makes sure that a folder is a report and nothing besides: what is to be
// replaced is taken away.
func ours(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("looking into %s: %w", dir, err)
	}
	defer root.Close()
	m, err := readManifest(root)
	if err != nil {
		return errs.Conflictf("%s holds something, and no report of a census.", dir).WithHint("name a folder that is not there yet, or that of an earlier report").WithCause(err)
	}
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("looking into %s: %w", dir, err)
		case name == Manifest, d.IsDir() && (name == "." || within(m.Files, name)):
			return nil
		}
		if _, listed := slices.BinarySearch(m.Files, name); !listed || !d.Type().IsRegular() {
			return errs.Conflictf("%s holds %s, which is no part of the report there.", dir, path.Clean(name)).WithHint("move it elsewhere: the folder is replaced as a whole")
		}
		return nil
	})
}

// within tells whether a file lies in a folder.
func within(files []string, folder string) bool {
	n, _ := slices.BinarySearch(files, folder+"/")
	return n < len(files) && strings.HasPrefix(files[n], folder+"/")
}
