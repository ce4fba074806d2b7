package people

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"steward/internal/base/errs"
	"steward/internal/base/pattern"
)

// A folder of repositories: repositories/SOURCE.git is the history of upstream
// of a source, bare, and SOURCE.people.json beside it what was told of it.
const (
	folder    = "repositories"
	ending    = ".git"
	noteEnd   = ".people.json"
	maxNote   = 64 << 10 // bytes of such a note
	maxDays   = 16       // days in a note
	rules     = 1        // changes whenever the same history may tell something else
	dayLayout = time.DateOnly
)

// sourceName is the name of a source package (Policy 5.6.1).
var sourceName = pattern.Late(`^[a-z0-9][a-z0-9+.-]{1,99}$`)

// Repository is where the history of a source lies in a folder.
func Repository(dir, source string) (string, error) {
	if !sourceName().MatchString(source) {
		return "", errs.Invalidf("source", "%q is not the name of a source package.", source).WithHint("use small letters, digits, + - and .")
	}
	return filepath.Join(dir, folder, source+ending), nil
}

// All reads the history of every source in a folder as of the end of a day
// (UTC), several at once: what each tells, by the source's name. What was read
// before, and has not changed, is taken from the note beside it. An error is
// that the folder cannot be read, or that of ctx; a repository that cannot be
// read is told of as unknown.
func (r Reader) All(ctx context.Context, dir string, day time.Time) (map[string]Told, error) {
	entries, err := os.ReadDir(filepath.Join(dir, folder))
	if err != nil {
		return nil, errs.Invalidf(dir, "There is no folder %s in it that can be read.", folder).WithHint("collect repositories first, or name another folder").WithCause(err)
	}
	out := map[string]Told{}
	var mu sync.Mutex
	g, all := errgroup.WithContext(ctx)
	if r.Parallel <= 0 {
		r.Parallel = runtime.GOMAXPROCS(0)
	}
	g.SetLimit(r.Parallel)
	for _, e := range entries {
		source, ok := strings.CutSuffix(e.Name(), ending)
		if !ok || !sourceName().MatchString(source) {
			continue
		}
		g.Go(func() error {
			told, err := r.noted(all, filepath.Join(dir, folder, source+ending), filepath.Join(dir, folder, source+noteEnd), day)
			mu.Lock()
			defer mu.Unlock()
			out[source] = told
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, ctx.Err()
}

// note is what was told of a history before.
type note struct {
	Rules  int          `json:"rules"`
	Digest string       `json:"digest"` // of the tip and the tags
	Days   []toldOnADay `json:"days"`   // the one that was asked for last comes last
}

type toldOnADay struct {
	Day  string `json:"day"`
	Told Told   `json:"told"`
}

// noted is Tell, which looks into the note first and writes it after.
func (r Reader) noted(ctx context.Context, dir, path string, day time.Time) (Told, error) {
	repo, err := open(dir)
	if err != nil {
		return untold(reasonOf(err)), ctx.Err()
	}
	date := repo.asOf(day).UTC().Format(dayLayout)
	n := readNote(path)
	if n.Rules != rules || n.Digest != repo.digest {
		n = note{Rules: rules, Digest: repo.digest}
	}
	if i := slices.IndexFunc(n.Days, func(d toldOnADay) bool { return d.Day == date }); i >= 0 {
		return n.Days[i].Told, ctx.Err()
	}
	told, err := r.tell(ctx, repo, day)
	if err != nil || told.Silence.Unknown.transient() {
		return told, err
	}
	n.Days = append(n.Days, toldOnADay{date, told})
	n.Days = n.Days[max(0, len(n.Days)-maxDays):]
	writeNote(path, &n)
	return told, nil
}

// readNote reads a note; one that cannot be read is empty.
func readNote(path string) (n note) {
	raw, err := readRegular(path, maxNote)
	if err != nil {
		return note{}
	}
	return parseNote(raw)
}

func parseNote(raw []byte) (n note) {
	if json.Unmarshal(raw, &n) != nil || len(n.Days) > maxDays {
		return note{}
	}
	for i := range n.Days {
		if as := n.Days[i].Told.AsOf; as != "" && as != n.Days[i].Day {
			return note{}
		}
		for _, f := range catalogue {
			v := f.at(&n.Days[i].Told)
			if v.N < 0 || v.Unknown != "" && (v.N != 0 || v.Unknown.Text() == "") {
				return note{}
			}
		}
	}
	return n
}

// writeNote keeps a note if the folder takes it. If not, the next run reads the
// history again.
func writeNote(path string, n *note) {
	raw, err := json.Marshal(n)
	if err != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".note-")
	if err != nil {
		return
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(raw, '\n'))
	if f.Close() != nil || err != nil {
		return
	}
	_ = os.Rename(f.Name(), path)
}
