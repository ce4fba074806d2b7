package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"steward/internal/advisory"
	"steward/internal/base/sign"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// Publisher keeps one public tree up to one database. Its methods may be
// called from many goroutines.
type Publisher struct {
	Store     *advisory.Store
	Tree      *tree.Tree
	Signer    *sign.Signer
	Languages []string         // RFC 5646 tags that the team reads, the preferred first; for security.txt
	Clock     func() time.Time // time.Now, but in tests

	mu    sync.Mutex
	last  outcome
	proof struct { // of the channels that the site shows
		shown []render.Channel
		hour  time.Time // in which they were last changed
	}
	form struct { // of the site that was published last
		site render.Site
		hash string
		feed []render.FeedEntry // the oldest first
	}
}

// outcome is what the last Update of this process was about and led to.
type outcome struct {
	site     render.Site
	head     int64 // of the public record
	sequence int64 // of the tree
	until    time.Time
	refused  error // by the gate; nil: the tree was up to date
}

// state is how far the tree has come, as its root says.
type state struct {
	form    string // a hash of how things are rendered
	records int64  // advisories up to this entry are in the tree, in that form
	lists   int64  // so are the pages and files that list them
}

const (
	stateForm    = "form"
	stateRecords = "records"
	stateLists   = "lists"
)

func (s state) words() map[string]string {
	return map[string]string{
		stateForm:    s.form,
		stateRecords: strconv.FormatInt(s.records, 10),
		stateLists:   strconv.FormatInt(s.lists, 10),
	}
}

func readState(words map[string]string) (s state, err error) {
	if len(words) == 0 {
		return state{}, nil
	}
	s.form = words[stateForm]
	var rerr, lerr error
	s.records, rerr = strconv.ParseInt(words[stateRecords], 10, 64)
	s.lists, lerr = strconv.ParseInt(words[stateLists], 10, 64)
	if err := errors.Join(rerr, lerr); err != nil {
		return state{}, fmt.Errorf("reading how far the public tree has come: %w", err)
	}
	return s, nil
}

// batch is how many advisories are published at once when there is much to
// catch up with.
const batch = 100

// Complete fills what the tree itself determines of a site: where the key and
// the feeds lie.
func (p *Publisher) Complete(s render.Site) render.Site {
	s.Fingerprint = p.Signer.Fingerprint()
	s.PublicKeyPath = tree.KeyPath
	s.Feeds = []render.Feed{
		{Label: "Atom", Path: render.FeedPath, Type: "application/atom+xml", Note: "for feed readers", Head: true},
		{Label: "CSAF", Path: providerPath, Type: "application/json", Note: "for security tools"},
		{Label: "OSV", Path: osvListPath, Type: "text/csv", Note: "for scanners of dependencies"},
	}
	return s
}

// Update brings the public tree up to the records and the settings. It may be
// called at any time and as often as wanted: where nothing is to be done it
// costs two small reads. An error that the gate gives is of kind Invalid and
// names the file and the place; nothing is published then.
func (p *Publisher) Update(ctx context.Context, s render.Site) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	s = p.Complete(s)
	s.Channels = p.channels(s.Channels)
	for {
		done, err := p.update(ctx, s)
		if !errors.Is(err, tree.ErrMoved) && (done || err != nil) {
			return err
		}
	}
}

// channels gives what to show of the channels: what is new about them once an
// hour, so that proofs, and a channel that comes and goes, publish no more often.
func (p *Publisher) channels(now []render.Channel) []render.Channel {
	now = slices.Clone(now)
	for i := range now {
		now[i].Proved = now[i].Proved.UTC().Truncate(time.Hour)
	}
	hour := p.Clock().UTC().Truncate(time.Hour)
	if !reflect.DeepEqual(now, p.proof.shown) && !hour.Equal(p.proof.hour) {
		p.proof.shown, p.proof.hour = now, hour
	}
	return p.proof.shown
}

// update does a part of the work and tells whether that was the last one.
func (p *Publisher) update(ctx context.Context, s render.Site) (done bool, err error) {
	if err := p.Tree.Refresh(); err != nil {
		return false, err
	}
	// The tree first: while we work readers may find that another process has
	// published. What we publish is for this tree and no later one.
	after := p.Tree.Sequence()
	from, err := readState(p.Tree.State())
	if err != nil {
		return false, err
	}
	head, err := p.Store.Head(ctx)
	if err != nil {
		return false, err
	}
	now := p.Clock().UTC()
	if last := p.Tree.Published(); now.Before(last) {
		now = last // the clock was set back: times in public do not go back, and nothing waits for that
	}
	l := &p.last
	if l.head == head && l.sequence == after && now.Before(l.until) && reflect.DeepEqual(l.site, s) {
		return true, l.refused
	}
	*l = outcome{}
	u := &update{Publisher: p, site: s, now: now, after: after, to: from}
	if done, err = u.run(ctx, head); err != nil {
		if r, ok := errors.AsType[*refusal](err); ok {
			// Until something changes, it would be refused again.
			*l = outcome{site: s, head: head, sequence: after, until: now.Add(time.Minute), refused: r}
		}
		return false, err
	}
	if done {
		*l = outcome{site: s, head: u.to.lists, sequence: p.Tree.Sequence(), until: u.renew}
	}
	return done, nil
}

// Handler serves the public tree. Asked by the name that starts with
// csaf.data.security, should the domain have one, it gives the provider's
// metadata for the root, as csaf:7.1.10 wants it.
func (p *Publisher) Handler() http.Handler {
	all := p.Tree.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && strings.HasPrefix(r.Host, "csaf.data.security.") {
			r = r.Clone(r.Context())
			r.URL.Path = "/" + providerPath
		}
		all.ServeHTTP(w, r)
	})
}

// Export copies the public tree to a directory, as tree.Export does.
func (p *Publisher) Export(ctx context.Context, dir string) error { return p.Tree.Export(ctx, dir) }

// update is one run of Update.
type update struct {
	*Publisher
	site   render.Site
	now    time.Time
	after  int64     // the sequence of the tree that this is for
	to     state     // of that tree, then of the next
	latest time.Time // when the advisory that changed last did; zero: there is none
	feed   []render.FeedEntry
	renew  time.Time // when there is something to do though nothing changed
}

// run publishes what is new or, if that is much, a batch of it. The lists come
// with the last batch.
func (u *update) run(ctx context.Context, head int64) (done bool, err error) {
	if u.form.hash == "" || !reflect.DeepEqual(u.form.site, u.site) {
		if u.form.hash, err = formOf(u.site); err != nil {
			return false, err
		}
		u.form.site, u.form.feed = u.site, nil
	}
	if u.to.form != u.form.hash {
		u.to = state{form: u.form.hash}
	}
	records, err := u.Store.Changes(ctx, u.to.records, batch)
	if err != nil {
		return false, err
	}
	jobs := u.records(ctx, records)
	if len(records) > 0 {
		u.to.records = records[len(records)-1].Seq
	}
	done = len(records) < batch
	if done {
		// Entries after the last record are prenotices.
		u.to.records = max(u.to.records, head)
		lists, err := u.lists(ctx, u.to.lists, u.to.records)
		if err != nil {
			return false, err
		}
		jobs = append(jobs, lists...)
		u.to.lists = u.to.records
	}
	files, err := together(jobs)
	if err != nil {
		return false, err
	}
	if err := u.Tree.Apply(ctx, u.Signer, tree.Update{After: u.after, Files: files, State: u.to.words(), At: u.now}); err != nil {
		return false, err
	}
	if done {
		u.form.feed = u.feed
	}
	return done, nil
}

// job renders some files and passes them, and what they are made from, through
// the gate.
type job func(g *gate) ([]tree.File, error)

// together does jobs at the same time. Files and faults come in the order of
// the jobs.
func together(jobs []job) ([]tree.File, error) {
	made := make([][]tree.File, len(jobs))
	gates := make([]gate, len(jobs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, do := range jobs {
		g.Go(func() (err error) {
			made[i], err = do(&gates[i])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all gate
	for _, g := range gates {
		all.found = append(all.found, g.found...)
	}
	return slices.Concat(made...), all.err()
}

// records gives what renders every form of the advisories.
func (u *update) records(ctx context.Context, records []advisory.Record) []job {
	var jobs []job
	for _, r := range records {
		jobs = append(jobs, func(g *gate) ([]tree.File, error) {
			g.lint(r.Advisory, latest(u.now, r.Advisory.Updated))
			history, err := u.Store.History(ctx, r.Advisory.ID)
			if err != nil {
				return nil, err
			}
			files, err := forms(u.site, r.Advisory, history)
			g.files(files)
			return files, err
		})
	}
	return jobs
}

// latest gives the later of two times.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// forms renders one advisory in every form; all are files of its group.
func forms(s render.Site, a advisory.Advisory, history []advisory.Advisory) ([]tree.File, error) {
	text, err := render.Text(s, a)
	if err != nil {
		return nil, err
	}
	csaf, err := render.CSAF(s, a)
	if err != nil {
		return nil, err
	}
	osv, err := render.OSV(s, a)
	if err != nil {
		return nil, err
	}
	files := []tree.File{
		{Path: render.TextPath(a.ID), Data: text},
		{Path: render.CSAFPath(a), Data: csaf},
		{Path: render.OSVPath(a.ID), Data: osv},
	}
	var downloads []render.Download
	for i, label := range []string{"Plain text", "CSAF 2.0", "OSV"} {
		f := files[i]
		sum := sha256.Sum256(f.Data)
		downloads = append(downloads, render.Download{Label: label, Path: f.Path, Size: int64(len(f.Data)), SHA256: hex.EncodeToString(sum[:])})
	}
	page, err := render.Advisory(s, a, downloads)
	if err != nil {
		return nil, err
	}
	revisions, err := render.History(s, history)
	if err != nil {
		return nil, err
	}
	files = append(files,
		tree.File{Path: render.AdvisoryPagePath(a.ID), Data: page},
		tree.File{Path: render.HistoryPagePath(a.ID), Data: revisions})
	for i := range files {
		files[i].Group = a.ID
	}
	return files, nil
}
