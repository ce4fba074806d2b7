package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"steward/internal/advisory"
	"steward/internal/base/look"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// lists gives what renders all that is not of one advisory: the pages and files
// that list advisories changed after the entry from, with the public record
// ending at head, and the pages of the site.
func (u *update) lists(ctx context.Context, from, head int64) ([]job, error) {
	changed, err := u.changed(ctx, from)
	if err != nil {
		return nil, err
	}
	touched, err := touched(changed)
	if err != nil {
		return nil, err
	}
	archives, err := u.existing(ctx, touched)
	if err != nil {
		return nil, err
	}
	products, err := u.products(ctx, from, head)
	if err != nil {
		return nil, err
	}
	listing := sync.OnceValues(func() (render.Listing, error) {
		l, err := u.listing(ctx, archives)
		l.Products = products.inOrder(u.site)
		return l, err
	})
	jobs := []job{
		func(*gate) ([]tree.File, error) { // first: several pages need it, and none should wait for another
			_, err := listing()
			return nil, err
		},
		func(g *gate) ([]tree.File, error) { return u.feeds(ctx, g, from, head) },
		func(g *gate) ([]tree.File, error) { return u.productFiles(g, products, from) },
		func(*gate) ([]tree.File, error) {
			files, err := u.directory(changed, from == 0)
			if err != nil {
				return nil, err
			}
			provider, err := u.provider(archives)
			return append(files, provider...), err
		},
		func(*gate) ([]tree.File, error) { return u.osvList(changed, from == 0) },
		func(*gate) ([]tree.File, error) { return u.securityTxt() },
	}
	for archive := range touched {
		jobs = append(jobs, func(*gate) ([]tree.File, error) { return u.archive(ctx, archive) })
	}
	return append(jobs, u.pages(listing)...), nil
}

// changed gives every advisory that changed after an entry.
func (u *update) changed(ctx context.Context, after int64) ([]advisory.Advisory, error) {
	var all []advisory.Advisory
	for {
		records, err := u.Store.Changes(ctx, after, batch)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			all = append(all, r.Advisory)
			after = r.Seq
		}
		if len(records) < batch {
			return all, nil
		}
	}
}

// archiveSize is how many numbers of a year render.ArchiveOf puts on a page.
const archiveSize = 100

// touched gives the archive pages that list the advisories.
func touched(list []advisory.Advisory) (map[render.Archive]bool, error) {
	all := map[render.Archive]bool{}
	for _, a := range list {
		archive, err := render.ArchiveOf(a.ID)
		if err != nil {
			return nil, err
		}
		all[archive] = true
	}
	return all, nil
}

// archive renders an archive page, and beside it its feed for CSAF.
func (u *update) archive(ctx context.Context, archive render.Archive) ([]tree.File, error) {
	first := archive.Part*archiveSize + 1
	all, err := u.Store.Numbered(ctx, archive.Year, first, first+archiveSize-1)
	if err != nil {
		return nil, err
	}
	page, err := render.ArchivePage(u.site, archive, all)
	if err != nil {
		return nil, err
	}
	feed, err := rolieFeed(u.site, archive, all)
	if err != nil {
		return nil, err
	}
	group := fmt.Sprintf("list:%d-%d", archive.Year, archive.Part)
	return []tree.File{
		{Path: archive.Path(), Data: page, Group: group},
		{Path: roliePath(archive), Data: feed, Group: group},
	}, nil
}

// existing lists all archive pages that there are or will be with this update,
// the newest first.
func (u *update) existing(ctx context.Context, touched map[render.Archive]bool) ([]render.Archive, error) {
	years, err := u.Store.Years(ctx)
	if err != nil {
		return nil, err
	}
	var all []render.Archive
	for _, y := range years {
		for part := (y.Highest - 1) / archiveSize; part >= 0; part-- {
			archive := render.Archive{Year: y.Year, Part: part}
			// Numbers that were given out and never used may leave a gap.
			if touched[archive] || u.Tree.Has(archive.Path()) {
				all = append(all, archive)
			}
		}
	}
	return all, nil
}

// pages gives what renders the pages of the site. What is the same as before is
// not published anew: the tree compares.
func (u *update) pages(listing func() (render.Listing, error)) []job {
	var jobs []job
	add := func(path string, page func() ([]byte, error)) {
		jobs = append(jobs, func(*gate) ([]tree.File, error) {
			data, err := page()
			return []tree.File{{Path: path, Data: data}}, err
		})
	}
	for path, page := range map[string]func(l render.Listing) ([]byte, error){
		render.FrontPath:    func(l render.Listing) ([]byte, error) { return render.Front(u.site, l, render.FrontPath) },
		render.SecurityPath: func(l render.Listing) ([]byte, error) { return render.Front(u.site, l, render.SecurityPath) },
		render.ListPath:     func(l render.Listing) ([]byte, error) { return render.List(u.site, l) },
		render.FeedsPath:    func(l render.Listing) ([]byte, error) { return render.Feeds(u.site, l.Products) },
	} {
		add(path, func() ([]byte, error) {
			l, err := listing()
			if err != nil {
				return nil, err
			}
			return page(l)
		})
	}
	add(render.KeysPath, func() ([]byte, error) { return render.Keys(u.site) })
	if u.site.Handling != "" {
		add(render.HandlingPath, func() ([]byte, error) { return render.Handling(u.site) })
	}
	if u.site.SecurityMD != "" {
		add(render.SecurityMDPath, func() ([]byte, error) { return []byte(u.site.SecurityMD), nil })
	}
	jobs = append(jobs, func(*gate) ([]tree.File, error) { return u.ownKey(), nil })
	add(render.NotFoundPath, func() ([]byte, error) { return render.NotFound(u.site) })
	for _, a := range look.PublicAssets() {
		add(a.Path, func() ([]byte, error) { return a.Data, nil })
	}
	return jobs
}

// listing is what the front page and the list show.
func (u *update) listing(ctx context.Context, archives []render.Archive) (l render.Listing, err error) {
	l.Archives = archives
	if l.Latest, l.Total, err = u.Store.Latest(ctx, render.LatestShown); err != nil {
		return l, err
	}
	if l.Prenotices, err = u.Store.Upcoming(ctx); err != nil {
		return l, err
	}
	l.Past, err = u.Store.Came(ctx, render.PastShown)
	return l, err
}

// published reads a file of the tree as it is; nil: there is none.
func (u *update) published(path string) ([]byte, error) {
	data, err := u.Tree.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return slices.Clip(data), err
}
