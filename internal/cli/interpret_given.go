package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"steward/internal/base/errs"
	"steward/internal/cinterp"
)

// maxInput is the most bytes of standard input that a program is given.
const maxInput = 64 << 20

// given is what a program finds when it starts.
type given struct {
	stdin string   // a file; "-": what the command itself gets
	mount []string // files and folders
	now   string   // RFC 3339
}

func (g *given) flags(f *pflag.FlagSet) {
	f.StringVar(&g.stdin, "stdin", "", "`file` that is the program's standard input; - for the command's own; else it is empty")
	f.StringArrayVar(&g.mount, "mount", nil, "`file`, or folder with all in it, that the program finds in its folder and cannot change")
	f.StringVar(&g.now, "now", "", "`time` at which the program starts, as 2026-01-31T12:00:00Z; else a fixed one")
}

// into gives all of it to a program.
func (g *given) into(stdin io.Reader, p *cinterp.Program, o *cinterp.Options) error {
	if g.now != "" {
		t, err := time.Parse(time.RFC3339, g.now)
		if err != nil {
			return errs.Invalidf("--now", "%q is no time.", g.now).WithHint("write it as 2026-01-31T12:00:00Z")
		}
		o.Now = t
	}
	if len(g.mount) > 0 {
		m, err := mounted(g.mount)
		if err != nil {
			return err
		}
		p.Mount = m
	}
	var err error
	p.Input, err = g.input(stdin)
	return err
}

func (g *given) input(stdin io.Reader) ([]byte, error) {
	from := stdin
	switch g.stdin {
	case "":
		return nil, nil
	case "-":
	default:
		f, err := os.Open(g.stdin)
		if err != nil {
			return nil, errs.Invalidf("--stdin", "%v", err)
		}
		defer f.Close()
		from = f
	}
	b, err := io.ReadAll(io.LimitReader(from, maxInput+1))
	if err == nil && len(b) > maxInput {
		err = fmt.Errorf("it is larger than %d bytes", maxInput)
	}
	if err != nil {
		return nil, errs.Invalidf("--stdin", "%v", err)
	}
	return b, nil
}

// mounts shows files and folders of the host as one folder. Links that lead
// out of a folder lead nowhere.
type mounts map[string]mountedAt // by the first part of a name

// mountedAt is where one entry lies.
type mountedAt struct {
	in   fs.FS
	name string
}

// mounted looks at what is to be mounted. Of two of one name the first counts.
func mounted(paths []string) (mounts, error) {
	m := mounts{}
	add := func(name string, at mountedAt) {
		if _, there := m[name]; !there {
			m[name] = at
		}
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, errs.Invalidf("--mount", "%v", err)
		}
		dir := p
		if !info.IsDir() {
			dir = filepath.Dir(p)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, errs.Invalidf("--mount", "%v", err)
		}
		if !info.IsDir() {
			add(filepath.Base(p), mountedAt{root.FS(), filepath.Base(p)})
			continue
		}
		entries, err := fs.ReadDir(root.FS(), ".")
		if err != nil {
			return nil, errs.Invalidf("--mount", "%v", err)
		}
		for _, e := range entries {
			add(e.Name(), mountedAt{root.FS(), e.Name()})
		}
	}
	return m, nil
}

// Open opens a file within what is mounted.
func (m mounts) Open(name string) (fs.File, error) {
	first, rest, _ := strings.Cut(name, "/")
	at, ok := m[first]
	if !ok || !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return at.in.Open(path.Join(at.name, rest))
}

// ReadDir lists a folder, the one of all mounts too.
func (m mounts) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		first, rest, _ := strings.Cut(name, "/")
		at, ok := m[first]
		if !ok {
			return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
		}
		return fs.ReadDir(at.in, path.Join(at.name, rest))
	}
	var out []fs.DirEntry
	for n, at := range m {
		info, err := fs.Stat(at.in, at.name)
		if err != nil {
			continue // a link that leads out
		}
		out = append(out, entryAs{fs.FileInfoToDirEntry(info), n})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name() < out[j].Name() })
	return out, nil
}

// entryAs is an entry by the name that it has here.
type entryAs struct {
	fs.DirEntry
	name string
}

func (e entryAs) Name() string { return e.name }
