package publish

import (
	"context"
	"fmt"
	"slices"

	"steward/internal/advisory"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// feeds renders the feed, and the archives of it that became full.
func (u *update) feeds(ctx context.Context, g *gate, from, head int64) ([]tree.File, error) {
	var files []tree.File
	for n := render.FeedArchives(from) + 1; n <= render.FeedArchives(head); n++ {
		entries, err := u.entries(ctx, int64(n-1)*render.FeedSize)
		if err != nil {
			return nil, err
		}
		data, err := render.AtomArchive(u.site, n, entries)
		if err != nil {
			return nil, err
		}
		files = append(files, tree.File{Path: render.FeedArchivePath(n), Data: data, Group: fmt.Sprintf("feed:%d", n)})
	}
	g.files(files)
	data, err := u.latestFeed(ctx, g, head)
	return append(files, tree.File{Path: render.FeedPath, Data: data}), err
}

// latestFeed renders the feed of what was made public last. It rewrites what it
// had, but for its oldest entry, at each release. So what the feed before this
// one had is remembered, and the gate looks at what is new: a feed without the
// rest, which it has let pass.
func (u *update) latestFeed(ctx context.Context, g *gate, head int64) ([]byte, error) {
	start := max(0, head-render.FeedSize)
	known := slices.DeleteFunc(slices.Clone(u.form.feed), func(e render.FeedEntry) bool { return e.Seq <= start })
	after := start
	if n := len(known); n > 0 {
		after = known[n-1].Seq
	}
	fresh, err := u.entries(ctx, after)
	if err != nil {
		return nil, err
	}
	part, err := render.AtomFeed(u.site, fresh)
	if err != nil {
		return nil, err
	}
	g.files([]tree.File{{Path: render.FeedPath, Data: part}})
	u.feed = append(known, fresh...)
	return render.AtomFeed(u.site, u.feed)
}

// entries renders what was made public after an entry, for a feed.
func (u *update) entries(ctx context.Context, after int64) ([]render.FeedEntry, error) {
	entries, err := u.Store.Entries(ctx, after, render.FeedSize)
	if err != nil {
		return nil, err
	}
	return feedEntries(u.site, entries)
}

func feedEntries(s render.Site, entries []advisory.Entry) ([]render.FeedEntry, error) {
	var all []render.FeedEntry
	for _, e := range entries {
		f, err := render.NewFeedEntry(s, e)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}
