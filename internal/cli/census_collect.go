package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/census/archive"
	"steward/internal/census/collected"
	"steward/internal/census/fetch"
	"steward/internal/census/index"
)

// collecting is what is to be brought.
type collecting struct {
	indexes
	top  int
	from []string
}

func (s *shell) censusCollect() *cobra.Command {
	var c collecting
	cmd := &cobra.Command{
		Use: "collect FOLDER [KIND...]", Short: "Fetch what a census may read beside the indexes", Args: cobra.MinimumNArgs(1),
		Long: `Fetches into a folder what a census may read beside the indexes, so that it can
run without a network later: steward census run --collected FOLDER. What is there
is kept, and fetched again only if it has changed.

  popcon        how often each package is installed (Debian's popularity contest)
  osv           which vulnerabilities are known of each source
  oss-fuzz      which projects OSS-Fuzz tests
  packaging     changelogs and patches of sources, from a mirror of the archive
  repositories  upstream's history in git, where the home page tells where it is

Without a kind it fetches the first three, a few files. Packaging and repositories
are fetched for the sources that stand first in the ranking and those on which
most rests, --top of each.

  steward census collect collected
  steward census collect collected packaging repositories --top 300`,
		RunE: func(cmd *cobra.Command, args []string) error {
			kinds, err := kindsOf(args[1:])
			if err != nil {
				return err
			}
			return s.collect(cmd.Context(), args[0], kinds, c)
		},
	}
	c.indexes.flags(cmd)
	cmd.Flags().IntVar(&c.top, "top", 500, "how many sources, by score and again by reach; 0: all")
	cmd.Flags().StringArrayVar(&c.from, "from", nil, "another address for a kind, as `KIND=URL`; of packaging that of a mirror")
	return cmd
}

// kindsOf reads kinds; none: those that are a file each.
func kindsOf(words []string) (kinds []collected.Kind, err error) {
	if len(words) == 0 {
		return []collected.Kind{collected.Popcon, collected.OSV, collected.OSSFuzz}, nil
	}
	for _, w := range words {
		k := collected.Kind(w)
		if !slices.Contains(collected.Kinds(), k) {
			return nil, errs.Invalidf("kind", "Nothing of the kind %q is collected.", w).WithHint("%s are", strings.Join(kindWords(), ", "))
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

func kindWords() (words []string) {
	for _, k := range collected.Kinds() {
		words = append(words, string(k))
	}
	return words
}

func (s *shell) collect(ctx context.Context, dir string, kinds []collected.Kind, x collecting) error {
	c := &collected.Collector{Dir: dir, Fetch: fetch.New(), From: map[collected.Kind]string{}, Now: s.Clock, Tell: s.meter()}
	for _, one := range x.from {
		kind, url, ok := strings.Cut(one, "=")
		if !ok || !slices.Contains(collected.Kinds(), collected.Kind(kind)) || kind == string(collected.Repositories) {
			return errs.Invalidf("from", "%q names no kind with an address.", one).WithHint("write packaging=https://deb.debian.org/debian")
		}
		c.From[collected.Kind(kind)] = url
	}
	var suite *archive.Suite
	var wanted map[string]bool
	if slices.Contains(kinds, collected.Packaging) || slices.Contains(kinds, collected.Repositories) {
		var err error
		if suite, wanted, err = s.wanted(ctx, x); err != nil {
			return err
		}
	}
	all := []*collected.Brought{}
	for _, kind := range kinds {
		b, err := bring(ctx, c, kind, x.indexes, suite, wanted)
		if err != nil {
			return err
		}
		all = append(all, b)
	}
	return s.show(all, func(w io.Writer) { showBrought(w, dir, all) })
}

// bring brings one kind.
func bring(ctx context.Context, c *collected.Collector, kind collected.Kind, x indexes, suite *archive.Suite, wanted map[string]bool) (*collected.Brought, error) {
	switch kind {
	case collected.Repositories:
		return c.Repositories(ctx, suite, wanted)
	case collected.Packaging:
		paths := x.sources
		if len(x.packages) == 0 {
			var err error
			if _, paths, err = index.Found(x.apt); err != nil {
				return nil, err
			}
		}
		var raw [][]byte
		for _, path := range paths {
			one, err := index.Read(path)
			if err != nil {
				return nil, err
			}
			raw = append(raw, one)
		}
		return c.Packaging(ctx, raw, wanted)
	}
	return c.List(ctx, kind)
}

// wanted ranks the suite, to know for which sources it pays to ask.
func (s *shell) wanted(ctx context.Context, x collecting) (*archive.Suite, map[string]bool, error) {
	if x.top < 0 {
		return nil, nil, errs.Invalidf("top", "There are no first %d sources.", x.top).WithHint("0 stands for all")
	}
	suite, err := x.suite(ctx)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.rank(ctx, suite, x.indexes)
	if err != nil {
		return nil, nil, err
	}
	top := x.top
	if top == 0 {
		top = len(r.Rows)
	}
	wanted := map[string]bool{}
	for _, i := range r.Leading(top) {
		wanted[suite.Sources[i].Name] = true
	}
	return suite, wanted, nil
}

// meter shows how far each kind is, at most twice a second.
func (s *shell) meter() func(what string, done, total int64) {
	var last time.Time
	return func(what string, done, total int64) {
		now := time.Now()
		if s.json || now.Sub(last) < 500*time.Millisecond {
			return
		}
		last = now
		if total > 0 {
			fmt.Fprintf(s.Stderr, "\r%s: %d of %d", what, done, total)
			return
		}
		fmt.Fprintf(s.Stderr, "\r%s: %d", what, done)
	}
}

func showBrought(w io.Writer, dir string, all []*collected.Brought) {
	var rows [][]string
	for _, b := range all {
		rows = append(rows, []string{string(b.Kind), fmt.Sprint(b.New), fmt.Sprint(b.Unchanged), fmt.Sprint(len(b.Failed)), safe(b.From)})
	}
	table(w, []string{"KIND", "NEW", "UNCHANGED", "FAILED", "FROM"}, rows)
	for _, b := range all {
		for _, f := range b.Failed {
			fmt.Fprintf(w, "%s: %s\n", b.Kind, safe(f))
		}
	}
	fmt.Fprintf(w, "\nRank with it: steward census run --collected %s\n", dir)
}
