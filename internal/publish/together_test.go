package publish

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/sign"
	"steward/internal/base/trial"
	"steward/internal/format/osv"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// When the first of these is set, the test program is a publisher: it releases
// as many advisories as the last says and publishes each.
const (
	childTree     = "STEWARD_PUBLISH_TEST_TREE"
	childDatabase = "STEWARD_PUBLISH_TEST_DATABASE"
	childReleases = "STEWARD_PUBLISH_TEST_RELEASES"
)

func TestMain(m *testing.M) {
	if os.Getenv(childTree) == "" {
		os.Exit(m.Run())
	}
	if err := publishMany(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// newPublisher opens a tree and a database as a process of its own would.
func newPublisher(ctx context.Context, dir, dsn string) (*Publisher, error) {
	private, err := os.ReadFile(dir + ".key")
	if err != nil {
		return nil, err
	}
	signer, err := sign.Load(private)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	t, err := tree.Open(dir)
	return &Publisher{Store: &advisory.Store{DB: d}, Tree: t, Signer: signer, Clock: time.Now}, err
}

// publishMany prints the identifier of each advisory as soon as it was told
// that it is published.
func publishMany(ctx context.Context) error {
	p, err := newPublisher(ctx, os.Getenv(childTree), os.Getenv(childDatabase))
	if err != nil {
		return err
	}
	defer p.Store.DB.Close()
	n, err := strconv.Atoi(os.Getenv(childReleases))
	for range n {
		id, err := publishOne(ctx, p)
		if err != nil {
			return err
		}
		fmt.Println(id)
	}
	return err
}

func publishOne(ctx context.Context, p *Publisher) (id string, err error) {
	err = p.Store.DB.Write(ctx, func(tx *db.Tx) (err error) {
		now := time.Now()
		if id, err = p.Store.NextID(ctx, tx, "SEC", now.Year()); err != nil {
			return err
		}
		a := draft(1)
		a.ID, a.Timeline = id, nil
		_, err = p.Store.Release(ctx, tx, a, "First release.", now)
		return err
	})
	if err != nil {
		return "", err
	}
	return id, p.Update(ctx, site())
}

// Eight processes that publish into one tree lose nothing that any of them was
// told is published, and readers of a ninth find nothing torn or gone.
// STEWARD_RELEASES says how many advisories each releases.
func TestEightPublishers(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dir, dsn := filepath.Join(t.TempDir(), "tree"), dbtest.DSN(t, engine)
			signer, err := sign.Generate(nil, "Example Security Team", "security@example.org", time.Now().Add(-time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			private, err := signer.Private()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+".key", private, 0o600); err != nil {
				t.Fatal(err)
			}
			p, err := newPublisher(t.Context(), dir, dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Store.DB.Close()
			acked := eight(t, p, dir, dsn, trial.Setting(t, "STEWARD_RELEASES", 3))
			if err := p.Update(t.Context(), site()); err != nil {
				t.Fatal(err)
			}
			p.holds(t, acked)
		})
	}
}

// eight lets eight processes release advisories, that many each, while the
// publisher of this one serves readers. It gives what was acknowledged.
func eight(t *testing.T, p *Publisher, dir, dsn string, each int) []string {
	t.Helper()
	first, err := publishOne(t.Context(), p) // so that there is something to read, however late this process has its turn
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	acked := []string{first}
	r := read(t, p, 1<<40, len(acked))
	var working atomic.Int64
	for range 8 {
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), childTree+"="+dir, childDatabase+"="+dsn, childReleases+"="+strconv.Itoa(each))
		var said bytes.Buffer
		c.Stderr = &said
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		working.Add(1)
		go func() {
			defer working.Add(-1)
			for lines := bufio.NewScanner(out); lines.Scan(); {
				mu.Lock()
				acked = append(acked, lines.Text())
				mu.Unlock()
			}
			if err := c.Wait(); err != nil {
				t.Errorf("a publisher failed: %v: %s", err, said.String())
			}
		}()
	}
	for working.Load() > 0 {
		mu.Lock()
		known := len(acked)
		mu.Unlock()
		if err := p.Update(t.Context(), site()); err != nil {
			t.Fatal(err)
		}
		r.acked.Store(int64(known))
		time.Sleep(10 * time.Millisecond)
	}
	r.left.Store(0)
	r.enough.Store(true)
	r.done.Wait()
	return acked
}

// holds fails the test unless each advisory is wherever it should be, once,
// and the tree is whole.
func (p *Publisher) holds(t *testing.T, ids []string) {
	t.Helper()
	dir := t.TempDir()
	if err := p.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	r, err := Check(t.Context(), dir, p.Signer.Fingerprint(), nil)
	if err != nil || len(r.Findings) > 0 {
		t.Errorf("the tree: %+v, %v", r, err)
	}
	csaf := func(id string) string { return strconv.Itoa(time.Now().Year()) + "/" + strings.ToLower(id) + ".json" }
	for _, list := range []struct {
		files  string
		name   func(id string) string
		around string
	}{
		{render.CSAFFolder + indexName, csaf, "%s\n"},
		{render.CSAFFolder + changesName, csaf, `"%s","`},
		{osvListPath, osv.LocalID, ",%s\n"},
		{"advisories/*/index.html", strings.Clone, `advisories/%s/">`},
		{render.CSAFFolder + "csaf-feed-*.json", strings.Clone, `"id": "%s"`},
	} {
		text := ""
		found, _ := filepath.Glob(filepath.Join(dir, list.files)) // the pattern is good
		for _, name := range found {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text += string(data)
		}
		for _, id := range ids {
			if !strings.Contains(text, fmt.Sprintf(list.around, list.name(id))) {
				t.Errorf("%s was acknowledged and is not in %s", id, list.files)
			}
		}
		if list.files == osvListPath && strings.Count(text, "\n") != len(ids) {
			t.Errorf("%d advisories acknowledged, published:\n%s", len(ids), text)
		}
	}
}
