package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

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

	mu   sync.Mutex
	last outcome
	form struct { // of the site that was published last
		site render.Site
		hash string
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
	for {
		err := p.update(ctx, s)
		if !errors.Is(err, tree.ErrMoved) {
			return err
		}
	}
}

func (p *Publisher) update(ctx context.Context, s render.Site) error {
	if err := p.Tree.Refresh(); err != nil {
		return err
	}
	head, err := p.Store.Head(ctx)
	if err != nil {
		return err
	}
	now := p.Clock().UTC()
	l := &p.last
	if l.head == head && l.sequence == p.Tree.Sequence() && now.Before(l.until) && reflect.DeepEqual(l.site, s) {
		return l.refused
	}
	*l = outcome{}
	u := &update{Publisher: p, site: s, now: now}
	if err := u.run(ctx, head); err != nil {
		if r, ok := errors.AsType[*refusal](err); ok {
			// Until something changes, it would be refused again.
			*l = outcome{site: s, head: head, sequence: p.Tree.Sequence(), until: now.Add(time.Minute), refused: r}
		}
		return err
	}
	*l = outcome{site: s, head: u.to.lists, sequence: p.Tree.Sequence(), until: u.renew}
	return nil
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
	to     state
	latest time.Time // when the advisory that changed last did; zero: there is none
	renew  time.Time // when there is something to do though nothing changed
}

// run publishes what is new in batches, and with the last of them the lists.
func (u *update) run(ctx context.Context, head int64) error {
	from, err := readState(u.Tree.State())
	if err != nil {
		return err
	}
	if u.form.hash == "" || !reflect.DeepEqual(u.form.site, u.site) {
		if u.form.hash, err = formOf(u.site); err != nil {
			return err
		}
		u.form.site = u.site
	}
	if from.form != u.form.hash {
		from = state{form: u.form.hash}
	}
	u.to = from
	for {
		records, err := u.Store.Changes(ctx, u.to.records, batch)
		if err != nil {
			return err
		}
		files, err := u.records(ctx, records)
		if err != nil {
			return err
		}
		if len(records) > 0 {
			u.to.records = records[len(records)-1].Seq
		}
		more := len(records) == batch
		if !more {
			// Entries after the last record are prenotices.
			u.to.records = max(u.to.records, head)
			lists, err := u.lists(ctx, from.lists, u.to.records)
			if err != nil {
				return err
			}
			files = append(files, lists...)
			u.to.lists = u.to.records
		}
		after := u.Tree.Sequence()
		if err := u.Tree.Apply(ctx, u.Signer, tree.Update{After: after, Files: files, State: u.to.words(), At: u.now}); err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
}

// records renders every form of the advisories and passes them through the
// gate.
func (u *update) records(ctx context.Context, records []advisory.Record) ([]tree.File, error) {
	var files []tree.File
	var g gate
	for _, r := range records {
		history, err := u.Store.History(ctx, r.Advisory.ID)
		if err != nil {
			return nil, err
		}
		made, err := forms(u.site, r.Advisory, history)
		if err != nil {
			return nil, err
		}
		g.lint(r.Advisory, u.now)
		g.files(made)
		files = append(files, made...)
	}
	return files, g.err()
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
