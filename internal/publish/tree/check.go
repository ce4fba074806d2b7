package tree

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// Finding is one thing wrong with an exported tree.
type Finding struct {
	Path    string `json:"path"`
	Problem string `json:"problem"`
}

// Report is what Check found out.
type Report struct {
	Fingerprint string    `json:"fingerprint"` // of the key in the tree that signs it
	Sequence    int64     `json:"sequence"`
	Published   time.Time `json:"published"`
	Files       int       `json:"files"`    // checked, companions included
	Findings    []Finding `json:"findings"` // sorted by path; none: every byte is as it was signed
}

// CheckOptions say how to check.
type CheckOptions struct {
	Now         time.Time                   // signatures later than this are refused
	Fingerprint string                      // of the key that must have signed; "": any that the tree holds
	Progress    func(done int, path string) // called after each file and its companions; may be nil
}

// Words of findings.
const (
	altered     = "is not as it was signed"
	missing     = "is missing"
	notListed   = "is not listed: it does not belong to the tree"
	notOrdinary = "is not an ordinary file"
	unreadable  = "cannot be read"
)

// maxChecked limits a file that is checked, in bytes: several are in memory at
// once. Our largest, lists of dates, stay below it with half a million advisories.
const maxChecked = 32 << 20

// Check reads every file of an exported tree and compares it with the signed
// lists: what is altered, missing or not listed is found and named. It needs
// nothing but the directory. Unless a fingerprint is given it takes the key
// that it finds there at its word: whoever can replace every file can replace
// the key.
//
// Where a list is itself altered, the files that it names are judged by their
// own signatures and hashes.
func Check(ctx context.Context, dir string, o CheckOptions) (*Report, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errs.Invalidf("", "There is no directory %s.", dir).WithCause(err)
	}
	defer root.Close()
	c := &check{root: root, options: o, claimed: map[string]bool{}}
	if err := c.walk(); err != nil {
		return nil, fmt.Errorf("checking %s: %w", dir, err)
	}
	if !c.onDisk[RootPath] {
		return nil, errs.Invalidf("", "%s holds no exported tree: there is no %s.", dir, RootPath)
	}
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	c.strays()
	slices.SortFunc(c.report.Findings, func(a, b Finding) int { return strings.Compare(a.Path, b.Path) })
	return &c.report, nil
}

// check is one run of Check.
type check struct {
	root    *os.Root
	options CheckOptions
	onDisk  map[string]bool
	key     *sign.Verifier // nil: it cannot be read, or is not the listed one
	gaps    bool           // a list cannot be relied on

	mu      sync.Mutex
	report  Report
	claimed map[string]bool // paths that a list or the tree itself names
}

// find notes a finding, once for each path.
func (c *check) find(path, problem string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := Finding{path, problem}
	if !slices.Contains(c.report.Findings, f) {
		c.report.Findings = append(c.report.Findings, f)
	}
}

// walk notes every file of the directory.
func (c *check) walk() error {
	c.onDisk = map[string]bool{}
	return fs.WalkDir(c.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
		case !d.Type().IsRegular():
			c.find(p, notOrdinary)
			c.claimed[p] = true
		default:
			c.onDisk[p] = true
		}
		return nil
	})
}

func (c *check) run(ctx context.Context) error {
	var keyErr error
	if text, ok := c.read(KeyPath); ok {
		c.key, keyErr = sign.NewVerifier(text, c.options.Now)
	}
	top := c.examine(RootPath)
	r, err := readRoot(top.data)
	if err != nil {
		if top.authentic() {
			c.find(RootPath, unreadable+": "+err.Error())
		}
		r = &root{}
	}
	c.report.Sequence, c.report.Published = r.sequence, r.at
	lists := c.readLists(r, top.authentic())
	if e := lists.entry(KeyPath); e != nil && top.authentic() && !top.signed {
		if text, ok := c.read(KeyPath); !ok || sha256.Sum256(text) != e.sums[plain] {
			// The hashes show that it is the key that was altered, so that the
			// signatures cannot be blamed.
			c.key, top.signed = nil, true
		}
	}
	c.blame(top)
	if keyErr != nil {
		c.find(KeyPath, unreadable+": "+keyErr.Error())
	}
	if c.key != nil {
		c.checkKey(r, top.authentic())
	}
	c.gaps = !top.authentic() || slices.ContainsFunc(lists, func(l listed) bool { return !l.trusted })
	return c.files(ctx, lists)
}

// strays names the files that nothing lists. Where a list is altered it may
// have listed them: then a good signature of their own is enough.
func (c *check) strays() {
	for p := range c.onDisk {
		if c.claimed[p] {
			continue
		}
		if file, _ := splitPath(p); c.gaps && c.onDisk[file] {
			if x := c.examine(file); x.signed {
				c.blame(x)
				continue
			}
		}
		c.find(p, notListed)
	}
}

// checkKey compares the key with what the root says and the asker expects.
func (c *check) checkKey(r *root, trusted bool) {
	c.report.Fingerprint = c.key.Fingerprint()
	if want := normalFingerprint(c.options.Fingerprint); want != "" && want != c.report.Fingerprint {
		c.find(KeyPath, "is key "+c.report.Fingerprint+", not the one that was asked for")
	}
	if trusted && r.key != c.report.Fingerprint {
		c.find(KeyPath, "is key "+c.report.Fingerprint+", not "+r.key+" that signed the tree")
	}
}

func normalFingerprint(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ":", "").Replace(s))
}

// listed is a list as it was read, and whether its bytes are to be relied on.
type listed struct {
	files   []*entry
	trusted bool
}

type lists []listed

func (ls lists) entry(path string) *entry {
	for _, l := range ls {
		for _, e := range l.files {
			if e.path == path {
				return e
			}
		}
	}
	return nil
}

// readLists reads the lists that the root names; all that there are, when the
// root itself cannot be relied on.
func (c *check) readLists(r *root, trusted bool) lists {
	var out lists
	named := map[string]*entry{}
	for _, e := range r.lists {
		named[e.path] = e
	}
	names := map[string]bool{}
	for p := range named {
		names[p] = true
	}
	if !trusted {
		for p := range c.onDisk {
			if strings.HasPrefix(p, listFolder) && p != RootPath && kindOf(p) == plain {
				names[p] = true
			}
		}
	}
	for p := range names {
		l := listed{trusted: trusted}
		text, _ := c.read(p)
		if trusted {
			c.compare(named[p])
			l.trusted = sha256.Sum256(text) == named[p].sums[plain]
		} else {
			ex := c.examine(p)
			c.blame(ex)
			l.trusted = ex.signed
		}
		var err error
		if l.files, err = readList(text); err != nil && l.trusted {
			c.find(p, unreadable+": "+err.Error())
		}
		out = append(out, l)
	}
	return out
}

// files checks every file that the lists name, several at a time.
func (c *check) files(ctx context.Context, all lists) error {
	type job struct {
		e       *entry
		trusted bool
	}
	jobs := make(chan job)
	var wait sync.WaitGroup
	done := 0
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for j := range jobs {
				if j.trusted {
					c.compare(j.e)
				} else {
					c.blame(c.examine(j.e.path))
				}
				if c.options.Progress != nil {
					c.mu.Lock()
					done++
					c.options.Progress(done, j.e.path)
					c.mu.Unlock()
				}
			}
		})
	}
	// Lists that can be relied on come first: an altered one may name their files.
	slices.SortStableFunc(all, func(a, b listed) int {
		switch {
		case a.trusted == b.trusted:
			return 0
		case a.trusted:
			return -1
		default:
			return 1
		}
	})
	seen := map[string]bool{}
	for _, l := range all {
		for _, e := range l.files {
			if seen[e.path] && l.trusted {
				c.find(e.path, "is listed twice")
			}
			if !seen[e.path] && ctx.Err() == nil {
				seen[e.path] = true
				jobs <- job{e, l.trusted}
			}
		}
	}
	close(jobs)
	wait.Wait()
	return ctx.Err()
}

// read gives the bytes of a file that belongs to the tree.
func (c *check) read(path string) ([]byte, bool) {
	c.mu.Lock()
	c.claimed[path] = true
	c.mu.Unlock()
	if !c.onDisk[path] {
		return nil, false
	}
	info, err := c.root.Lstat(path)
	if err == nil && info.Size() > maxChecked {
		err = errors.New("it is too large")
	}
	var data []byte
	if err == nil {
		data, err = c.root.ReadFile(path)
	}
	if err != nil {
		c.find(path, unreadable+": "+err.Error())
		return nil, false
	}
	return data, true
}

// compare checks a file and its companions against a list that is relied on.
func (c *check) compare(e *entry) {
	whole := true
	var data [companions][]byte
	for kind := range companions {
		p := e.path + suffixes[kind]
		var ok bool
		data[kind], ok = c.read(p)
		switch {
		case !ok && !c.onDisk[p]:
			c.find(p, missing)
		case ok && sha256.Sum256(data[kind]) != e.sums[kind]:
			c.find(p, altered)
			ok = false
		}
		whole = whole && ok
	}
	c.count()
	if !whole {
		return
	}
	// The bytes are those that were published. Were they published right?
	if string(data[hash256]) != string(hash256Text(e.path, sha256.Sum256(data[plain]))) {
		c.find(e.path+suffixes[hash256], "does not hold the hash of the file")
	}
	if string(data[hash512]) != string(hash512Text(e.path, sha512.Sum512(data[plain]))) {
		c.find(e.path+suffixes[hash512], "does not hold the hash of the file")
	}
	if c.key != nil {
		if err := c.key.Verify(data[plain], data[signature]); err != nil {
			c.find(e.path+suffixes[signature], err.Error())
		}
	}
}

func (c *check) count() {
	c.mu.Lock()
	c.report.Files += companions
	c.mu.Unlock()
}

// exam is a file judged by its own companions, where no list can be relied on.
type exam struct {
	path   string
	data   []byte
	have   [companions]bool
	signed bool // the signature fits
	ok256  bool
	ok512  bool
}

func (c *check) examine(path string) *exam {
	x := &exam{path: path}
	var data [companions][]byte
	for kind := range companions {
		data[kind], x.have[kind] = c.read(path + suffixes[kind])
	}
	c.count()
	x.data = data[plain]
	x.signed = c.key != nil && x.have[plain] && c.key.Verify(x.data, data[signature]) == nil
	x.ok256 = string(data[hash256]) == string(hash256Text(path, sha256.Sum256(x.data)))
	x.ok512 = string(data[hash512]) == string(hash512Text(path, sha512.Sum512(x.data)))
	return x
}

// authentic tells whether the file itself is as it was signed: by its
// signature or, should that be altered, by both of its hashes.
func (x *exam) authentic() bool { return x.signed || x.have[plain] && x.ok256 && x.ok512 }

// blame notes which of a file and its companions are altered or missing.
func (c *check) blame(x *exam) {
	for kind := range companions {
		if !x.have[kind] && !c.onDisk[x.path+suffixes[kind]] {
			c.find(x.path+suffixes[kind], missing)
		}
	}
	switch {
	case !x.have[plain]:
	case !x.authentic():
		c.find(x.path, altered)
	default:
		for kind, ok := range map[int]bool{signature: x.signed, hash256: x.ok256, hash512: x.ok512} {
			if x.have[kind] && !ok {
				c.find(x.path+suffixes[kind], altered)
			}
		}
	}
}
