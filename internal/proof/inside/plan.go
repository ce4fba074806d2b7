package inside

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"steward/internal/proof"
)

// program is files that are linked, and what it finds beside them.
type program struct {
	main    string
	units   []proof.Source
	all     []proof.Source // with headers and the files that it reads
	rest    fs.FS
	folders []string       // in which #include looks
	target  bool           // a fuzz target is called in the place of main
	inputs  []proof.Source // of the fuzz target
}

// plan sees which programs there are: each file with a main, with those that
// have none. why says it if there are none.
func plan(files []proof.Source) (programs []program, why string) {
	var mains, targets, others, inputs []proof.Source
	folders := []string{"."}
	for _, f := range files {
		if d := path.Dir(f.Name); !slices.Contains(folders, d) {
			folders = append(folders, d)
		}
		switch {
		case !proof.IsC(f.Name):
			if !strings.EqualFold(path.Ext(f.Name), ".h") {
				inputs = append(inputs, f)
			}
		case defines(hasMain, f.Data):
			mains = append(mains, f)
		case defines(hasTarget, f.Data):
			targets = append(targets, f)
		default:
			others = append(others, f)
		}
	}
	fuzz := len(mains) == 0
	if fuzz {
		mains = targets
	} else { // what is called by a main of its own
		others = append(others, targets...)
	}
	rest, err := folder(files)
	switch {
	case err != nil:
		return nil, "The files cannot be put into one folder."
	case len(mains) == 0 && len(others) == 0:
		return nil, "There is no C among the files."
	case len(mains) == 0:
		return nil, "No file of C has a function main, or a fuzz target: there is nothing to run."
	case len(mains) > mostPrograms:
		return nil, fmt.Sprintf("There are %d files with a main; at most %d are run.", len(mains), mostPrograms)
	}
	for _, m := range mains {
		programs = append(programs, program{
			main: m.Name, units: append([]proof.Source{m}, others...), all: without(files, mains, m.Name), rest: rest, folders: folders,
			target: fuzz, inputs: inputs,
		})
	}
	return programs, ""
}

// without gives the files but for those with another main.
func without(files, mains []proof.Source, name string) (out []proof.Source) {
	for _, f := range files {
		other := slices.ContainsFunc(mains, func(m proof.Source) bool { return m.Name == f.Name && m.Name != name })
		if !other {
			out = append(out, f)
		}
	}
	return out
}

// folder shows files as a folder. An archive in memory is one.
func folder(files []proof.Source) (fs.FS, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		x, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := x.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// noCode is what of C is no code: comments and texts.
var (
	noCode  = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`)
	hasMain = regexp.MustCompile(`\bmain\s*\([^;{}]*\)[^(){}=]*\{`)
	// libFuzzer's entry
	hasTarget = regexp.MustCompile(`\bLLVMFuzzerTestOneInput\s*\([^;{}]*\)[^(){}=]*\{`)
)

// defines tells whether a text defines a function, as far as that can be seen
// without the preprocessor.
func defines(what *regexp.Regexp, text []byte) bool {
	return what.Match(noCode.ReplaceAll(text, []byte(" ")))
}
