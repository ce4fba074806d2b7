package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"steward/internal/advisory"
	"steward/internal/base/look"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// lists renders everything that is not of one advisory: the pages and files
// that list advisories changed after the entry from, with the public record
// ending at head, and the pages of the site.
func (u *update) lists(ctx context.Context, from, head int64) ([]tree.File, error) {
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
	var files []tree.File
	for _, part := range []func() ([]tree.File, error){
		func() ([]tree.File, error) { return u.archives(ctx, touched) },
		func() ([]tree.File, error) { return u.directory(changed, from == 0) },
		func() ([]tree.File, error) { return u.osvList(changed, from == 0) },
		func() ([]tree.File, error) { return u.feeds(ctx, from, head) },
		func() ([]tree.File, error) { return u.provider(archives) },
		func() ([]tree.File, error) { return u.pages(ctx, archives) },
		u.securityTxt,
	} {
		made, err := part()
		if err != nil {
			return nil, err
		}
		files = append(files, made...)
	}
	var g gate
	g.files(files)
	return files, g.err()
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

// archives renders archive pages, and beside each its feed for CSAF.
func (u *update) archives(ctx context.Context, touched map[render.Archive]bool) ([]tree.File, error) {
	var files []tree.File
	for archive := range touched {
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
		files = append(files,
			tree.File{Path: archive.Path(), Data: page, Group: group},
			tree.File{Path: roliePath(archive), Data: feed, Group: group})
	}
	return files, nil
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

// feeds renders the feed, and the archives of it that became full.
func (u *update) feeds(ctx context.Context, from, head int64) ([]tree.File, error) {
	var files []tree.File
	for n := render.FeedArchives(from) + 1; n <= render.FeedArchives(head); n++ {
		entries, err := u.Store.Entries(ctx, int64(n-1)*render.FeedSize, render.FeedSize)
		if err != nil {
			return nil, err
		}
		data, err := render.AtomArchive(u.site, n, entries)
		if err != nil {
			return nil, err
		}
		files = append(files, tree.File{Path: render.FeedArchivePath(n), Data: data, Group: fmt.Sprintf("feed:%d", n)})
	}
	latest, err := u.Store.Entries(ctx, max(0, head-render.FeedSize), render.FeedSize)
	if err != nil {
		return nil, err
	}
	data, err := render.AtomFeed(u.site, latest)
	if err != nil {
		return nil, err
	}
	return append(files, tree.File{Path: render.FeedPath, Data: data}), nil
}

// pages renders the pages of the site. What is the same as before is not
// published anew: the tree compares.
func (u *update) pages(ctx context.Context, archives []render.Archive) ([]tree.File, error) {
	l, err := u.listing(ctx)
	if err != nil {
		return nil, err
	}
	l.Archives = archives
	var files []tree.File
	for path, make := range map[string]func() ([]byte, error){
		render.FrontPath:    func() ([]byte, error) { return render.Front(u.site, l, render.FrontPath) },
		render.SecurityPath: func() ([]byte, error) { return render.Front(u.site, l, render.SecurityPath) },
		render.ListPath:     func() ([]byte, error) { return render.List(u.site, l) },
		render.KeysPath:     func() ([]byte, error) { return render.Keys(u.site) },
		render.NotFoundPath: func() ([]byte, error) { return render.NotFound(u.site) },
	} {
		data, err := make()
		if err != nil {
			return nil, err
		}
		files = append(files, tree.File{Path: path, Data: data})
	}
	for _, a := range look.PublicAssets() {
		files = append(files, tree.File{Path: a.Path, Data: a.Data})
	}
	return files, nil
}

// listing is what the front page and the list show.
func (u *update) listing(ctx context.Context) (l render.Listing, err error) {
	page, err := u.Store.List(ctx, "")
	if err != nil {
		return l, err
	}
	l.Latest = page.Advisories[:min(len(page.Advisories), render.LatestShown)]
	l.Total = page.Total
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
