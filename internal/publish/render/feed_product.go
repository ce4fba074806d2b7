package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/look"
	"steward/internal/format/atom"
)

// ProductFeedSize is how many advisories and prenotices the feed of a product
// holds at most. It has no archives: the feed of all has.
const ProductFeedSize = 50

// Where feeds of products lie, the page of all feeds, and a list of the feeds
// of products for programs.
const (
	FeedFolder      = "feeds/"
	FeedsPath       = FeedFolder + "index.html"
	ProductListPath = FeedFolder + "products.json"
)

// ProductKey is what a product is known by: names that differ in nothing but
// case and space are one product.
func ProductKey(name string) string { return strings.ToLower(advisory.OneLine(name)) }

// ProductFeedPath is where the feed of a product lies. Each product has one of
// its own, however alike names are.
func ProductFeedPath(name string) string { return FeedFolder + productSlug(name) + ".xml" }

const maxSlug = 60 // bytes

var (
	plainSlug = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`) // an underscore stands for a space
	hashedEnd = regexp.MustCompile(`-[0-9a-f]{8}$`)
)

// productSlug is a name for a product's file. A name that loses something by it
// gets the beginning of a hash, so that no other has the same.
func productSlug(name string) string {
	key := ProductKey(name)
	slug := strings.ReplaceAll(key, " ", "_")
	if plainSlug.MatchString(slug) && !strings.Contains(key, "_") && len(slug) <= maxSlug && !hashedEnd.MatchString(slug) {
		return slug
	}
	sum := sha256.Sum256([]byte(key))
	safe := strings.Map(func(r rune) rune {
		if r < 0x80 && plainSlug.MatchString("a"+string(r)) {
			return r
		}
		return '_'
	}, slug)
	safe = strings.Trim(safe[:min(len(safe), maxSlug)], "._-")
	if safe == "" {
		safe = "product"
	}
	return safe + "-" + hex.EncodeToString(sum[:4])
}

// ProductsOf gives the products that an entry of the public record is about,
// each once, as it names them.
func ProductsOf(e advisory.Entry) []string {
	var names []string
	if e.Prenotice != nil {
		names = strings.Split(e.Prenotice.Product, ", ") // as a prenotice of many products names them
	} else {
		for _, a := range e.Advisory.Affected {
			names = append(names, a.Product)
		}
	}
	var out []string
	for _, name := range names {
		key := ProductKey(name)
		if key != "" && !slices.ContainsFunc(out, func(o string) bool { return ProductKey(o) == key }) {
			out = append(out, advisory.OneLine(name))
		}
	}
	return out
}

// ProductFeed gives the feed of a product: of each advisory or prenotice about
// it the newest entry. fresh is what the feed before this one has not, the
// oldest first; before is that feed as it was published, nil if there is none.
func ProductFeed(s Site, product string, fresh []FeedEntry, before []byte) ([]byte, error) {
	path := ProductFeedPath(product)
	f := feedHead(s, path, fresh)
	f.ID = lasting(s.Publisher.Namespace, s, strings.TrimSuffix(path, ".xml"))
	f.Title.Body = advisory.OneLine(s.TeamName) + ": security advisories for " + advisory.OneLine(product)
	f.Subtitle.Body = fmt.Sprintf("Advisories and announced releases of one product, the newest first, %d of them at most.", ProductFeedSize)
	f.Links = append(f.Links, atom.Link{Rel: atom.RelRelated, Type: feedType, Href: s.URL(FeedPath), Title: "All products"})
	var all []FeedEntry
	for _, text := range slices.Backward(atom.Split(before)) { // the newest comes first in it
		old := FeedEntry{id: entryID(text), text: text}
		if old.id == "" {
			return nil, fmt.Errorf("reading %s: an entry has no identifier", path)
		}
		all = append(all, old)
	}
	return join(f, newest(append(all, fresh...), ProductFeedSize))
}

// newest gives the last entries that have n different identifiers.
func newest(all []FeedEntry, n int) []FeedEntry {
	seen := map[string]bool{}
	for i, e := range slices.Backward(all) {
		if seen[e.id] = true; len(seen) > n {
			return all[i+1:]
		}
	}
	return all
}

// entryID reads the identifier of an entry that atom.MarshalEntry wrote.
func entryID(text []byte) string {
	_, rest, _ := bytes.Cut(text, []byte("<id>"))
	id, _, _ := bytes.Cut(rest, []byte("</id>"))
	return string(id)
}

// productLinks makes links from a page of feeds of products.
func productLinks(root string, products []string) []look.Link {
	links := make([]look.Link, len(products))
	for i, p := range products {
		links[i] = look.Link{Label: p, Href: root + ProductFeedPath(p), Type: feedType}
	}
	return links
}

// headShown is how many feeds of products the head of a page names, and a card
// beside a page lists: more would help nobody to choose.
const headShown = 12

// announceFeeds names feeds of products in the head of a page.
func (s Site) announceFeeds(sh *look.Shell, products []string) {
	for _, l := range productLinks(sh.Root, products[:min(len(products), headShown)]) {
		l.Label = s.TeamName + ": " + l.Label
		sh.Feeds = append(sh.Feeds, l)
	}
}

// feedsPage is the page of all feeds.
type feedsPage struct {
	look.Shell
	Site     Site
	Products []look.Link
}

// Feeds renders the page of all ways to follow the advisories. products are all
// that have a feed, in the order in which they are shown.
func Feeds(s Site, products []string) ([]byte, error) {
	sh := s.shell(FeedsPath, "Follow", "Feeds of the security advisories of "+s.TeamName+", for all products and for each.")
	s.announceFeeds(&sh, products)
	return renderPage("feeds", feedsPage{Shell: sh, Site: s, Products: productLinks(sh.Root, products)})
}
