package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// product is something with a feed of its own, as the list of them has it.
type product struct {
	Name string `json:"name"`
	Feed string `json:"feed"` // URL
}

// productFeeds is the feeds of products as they will be, by key.
type productFeeds struct {
	names   map[string]string           // of all products
	fresh   map[string][]advisory.Entry // what is new about a product: of each advisory the newest, the oldest first
	settled map[string]bool             // products of the settings
}

// products finds the products that there are: those of the settings, those of
// the list that is published, and those that an entry after from names; and
// what is new about each.
func (u *update) products(ctx context.Context, from, head int64) (*productFeeds, error) {
	p := &productFeeds{names: map[string]string{}, fresh: map[string][]advisory.Entry{}, settled: map[string]bool{}}
	for _, s := range u.site.Products {
		key := render.ProductKey(s.Name)
		p.names[key], p.settled[key] = advisory.OneLine(s.Name), true
	}
	old, err := u.published(render.ProductListPath)
	if err != nil {
		return nil, err
	}
	var list []product
	if old != nil {
		if err := json.Unmarshal(old, &list); err != nil {
			return nil, fmt.Errorf("reading %s: %w", render.ProductListPath, err)
		}
	}
	for _, one := range list {
		p.add(one.Name)
	}
	return p, u.walk(ctx, from, head, p.take)
}

func (p *productFeeds) add(name string) string {
	key := render.ProductKey(name)
	if _, known := p.names[key]; !known {
		p.names[key] = name
	}
	return key
}

// take adds an entry to what is new about its products.
func (p *productFeeds) take(e advisory.Entry, products []string) {
	id := idOf(e)
	for _, name := range products {
		key := p.add(name)
		list := slices.DeleteFunc(p.fresh[key], func(old advisory.Entry) bool { return idOf(old) == id })
		if len(list) >= render.ProductFeedSize {
			list = slices.Delete(list, 0, len(list)-render.ProductFeedSize+1)
		}
		p.fresh[key] = append(list, e)
	}
}

// idOf is the identifier of what an entry is about.
func idOf(e advisory.Entry) string {
	if e.Prenotice != nil {
		return e.Prenotice.ID
	}
	return e.Advisory.ID
}

// inOrder gives the names of all products: those of the settings first, in
// their order, then the others by name.
func (p *productFeeds) inOrder(s render.Site) []string {
	var all []string
	for _, one := range s.Products {
		all = append(all, advisory.OneLine(one.Name))
	}
	for _, key := range slices.Sorted(maps.Keys(p.names)) {
		if !p.settled[key] {
			all = append(all, p.names[key])
		}
	}
	return all
}

// walk hands each entry of the public record after from to f, with the products
// that it is about: those that this revision names and those that earlier ones
// did, whose followers are to hear that it is no longer so.
func (u *update) walk(ctx context.Context, from, head int64, f func(advisory.Entry, []string)) error {
	named := map[string][]string{} // products by advisory, as far as the walk has come
	for after := from; after < head; {
		entries, err := u.Store.Entries(ctx, after, walkAtOnce)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if after = e.Seq; after > head {
				return nil
			}
			products := render.ProductsOf(e)
			if e.Advisory != nil {
				if products, err = u.everNamed(ctx, named, *e.Advisory); err != nil {
					return err
				}
			}
			f(e, products)
		}
		if len(entries) == 0 {
			return nil
		}
	}
	return nil
}

// walkAtOnce is how many entries are read at once; the store gives no more.
const walkAtOnce = 1000

// everNamed gives the products that an advisory names or named before.
func (u *update) everNamed(ctx context.Context, named map[string][]string, a advisory.Advisory) ([]string, error) {
	revisions := []advisory.Advisory{a}
	if _, known := named[a.ID]; !known && len(a.Revisions) > 1 {
		history, err := u.Store.History(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		revisions = history[:min(len(a.Revisions), len(history))]
	}
	all := named[a.ID]
	for _, r := range revisions {
		for _, name := range render.ProductsOf(advisory.Entry{Advisory: &r}) {
			if !slices.ContainsFunc(all, func(o string) bool { return render.ProductKey(o) == render.ProductKey(name) }) {
				all = append(all, name)
			}
		}
	}
	named[a.ID] = all
	return all, nil
}

// productFiles renders the feeds about which something is new, or that are not there
// yet, and the list of all if it has changed. from 0 makes all of them anew;
// else each is made from the one before. As for the feed of all, the gate looks
// at what is new.
func (u *update) productFiles(g *gate, p *productFeeds, from int64) ([]tree.File, error) {
	var files []tree.File
	for _, key := range slices.Sorted(maps.Keys(p.names)) {
		name := p.names[key]
		path := render.ProductFeedPath(name)
		if len(p.fresh[key]) == 0 && from != 0 && u.Tree.Has(path) {
			continue
		}
		var before []byte
		if from != 0 {
			var err error
			if before, err = u.published(path); err != nil {
				return nil, err
			}
		}
		fresh, err := feedEntries(u.site, p.fresh[key])
		if err != nil {
			return nil, err
		}
		part, err := render.ProductFeed(u.site, name, fresh, nil)
		if err != nil {
			return nil, err
		}
		f := tree.File{Path: path, Data: part}
		g.files([]tree.File{f})
		if before != nil {
			if f.Data, err = render.ProductFeed(u.site, name, fresh, before); err != nil {
				return nil, err
			}
		}
		if !p.settled[key] {
			f.Group = "feed:" + strings.TrimSuffix(strings.TrimPrefix(path, render.FeedFolder), ".xml")
		}
		files = append(files, f)
	}
	list := []product{}
	for _, key := range slices.Sorted(maps.Keys(p.names)) {
		list = append(list, product{p.names[key], u.site.URL(render.ProductFeedPath(p.names[key]))})
	}
	data, err := marshal(list)
	return append(files, tree.File{Path: render.ProductListPath, Data: data}), err
}
