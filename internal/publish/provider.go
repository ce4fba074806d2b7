package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"steward/internal/advisory"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// Where programs look for what a CSAF provider has. csaf:7.1.7, csaf:7.1.9
const (
	providerPath = ".well-known/csaf/provider-metadata.json"
	servicePath  = ".well-known/csaf/service.json"
	categoryPath = render.CSAFFolder + "category-white.json"
)

// roliePath is where the feed of an archive's documents lies. One feed for all
// would be rewritten whole at each release.
func roliePath(a render.Archive) string {
	if a.Part == 0 {
		return fmt.Sprintf("%scsaf-feed-tlp-white-%d.json", render.CSAFFolder, a.Year)
	}
	return fmt.Sprintf("%scsaf-feed-tlp-white-%d-%d.json", render.CSAFFolder, a.Year, a.Part+1)
}

// term is a category of ROLIE. rfc8322:6.1
type term struct {
	Scheme string `json:"scheme"`
	Term   string `json:"term"`
}

var csafTerm = term{Scheme: "urn:ietf:params:rolie:category:information-type", Term: "csaf"}

// link is a link of ROLIE. rfc8322:6.2
type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

// rolieEntry is one document in a feed. csaf:7.1.15
type rolieEntry struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Link      []link    `json:"link"`
	Published time.Time `json:"published"`
	Updated   time.Time `json:"updated"`
	Summary   *text     `json:"summary,omitempty"`
	Content   struct {
		Type string `json:"type"`
		Src  string `json:"src"`
	} `json:"content"`
	Format struct {
		Schema  string `json:"schema"`
		Version string `json:"version"`
	} `json:"format"`
}

type text struct {
	Content string `json:"content"`
}

// rolieDocument is a ROLIE feed. csaf:7.1.15
type rolieDocument struct {
	Feed struct {
		ID       string       `json:"id"`
		Title    string       `json:"title"`
		Link     []link       `json:"link"`
		Category []term       `json:"category"`
		Updated  time.Time    `json:"updated"`
		Entry    []rolieEntry `json:"entry"`
	} `json:"feed"`
}

// rolieFeed renders the feed of an archive's documents.
func rolieFeed(s render.Site, archive render.Archive, all []advisory.Advisory) ([]byte, error) {
	var d rolieDocument
	d.Feed.ID = fmt.Sprintf("csaf-feed-tlp-white-%d-%d", archive.Year, archive.Part+1)
	d.Feed.Title = "CSAF documents of " + s.TeamName + " (TLP:WHITE), " + archive.Label()
	d.Feed.Link = []link{{"self", s.URL(roliePath(archive))}, {"service", s.URL(servicePath)}}
	d.Feed.Category = []term{csafTerm}
	for _, a := range all {
		url := s.URL(render.CSAFPath(a))
		e := rolieEntry{
			ID: a.ID, Title: advisory.OneLine(a.Title), Published: a.Published.UTC(), Updated: a.Updated.UTC(),
			Link: []link{{"self", url}, {"hash", url + ".sha256"}, {"hash", url + ".sha512"}, {"signature", url + ".asc"}},
		}
		if level := a.Severity.Level; level != "" {
			e.Summary = &text{"Severity: " + string(level)}
		}
		e.Content.Type, e.Content.Src = "application/json", url
		e.Format.Schema, e.Format.Version = "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json", "2.0"
		d.Feed.Entry = append(d.Feed.Entry, e)
		if e.Updated.After(d.Feed.Updated) {
			d.Feed.Updated = e.Updated
		}
	}
	return marshal(d)
}

// collection is a feed as the service document names it. csaf:7.1.16
type collection struct {
	Title      string `json:"title"`
	Href       string `json:"href"`
	Categories struct {
		Category []term `json:"category"`
	} `json:"categories"`
}

// workspace is collections of one kind. csaf:7.1.16
type workspace struct {
	Title      string       `json:"title"`
	Collection []collection `json:"collection"`
}

// feedLink is a feed as the provider's metadata names it. csaf:7.1.15
type feedLink struct {
	Summary  string `json:"summary"`
	TLPLabel string `json:"tlp_label"`
	URL      string `json:"url"`
}

// distribution is one way to get the documents: a directory or feeds.
type distribution struct {
	DirectoryURL string `json:"directory_url,omitempty"`
	Rolie        *rolie `json:"rolie,omitempty"`
}

type rolie struct {
	Categories []string   `json:"categories"`
	Feeds      []feedLink `json:"feeds"`
	Services   []string   `json:"services"`
}

// metadata is provider-metadata.json. csaf:7.1.7
type metadata struct {
	CanonicalURL  string         `json:"canonical_url"`
	Distributions []distribution `json:"distributions"`
	LastUpdated   time.Time      `json:"last_updated"`
	ListOn        bool           `json:"list_on_CSAF_aggregators"`
	Version       string         `json:"metadata_version"`
	MirrorOn      bool           `json:"mirror_on_CSAF_aggregators"`
	Keys          []key          `json:"public_openpgp_keys"`
	Publisher     party          `json:"publisher"`
	Role          string         `json:"role"`
}

// key is a key that verifies the signatures. csaf:7.1.20
type key struct {
	Fingerprint string `json:"fingerprint"`
	URL         string `json:"url"`
}

type party struct {
	Category  string `json:"category"`
	Contact   string `json:"contact_details,omitempty"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// provider renders the metadata of the provider and, once there are feeds,
// their service and category documents.
func (u *update) provider(archives []render.Archive) ([]tree.File, error) {
	s := u.site
	m := metadata{
		CanonicalURL:  s.URL(providerPath),
		Distributions: []distribution{{DirectoryURL: s.URL(render.CSAFFolder)}},
		LastUpdated:   u.latest,
		ListOn:        true, MirrorOn: true, Version: "2.0", Role: "csaf_trusted_provider",
		Keys: []key{{s.Fingerprint, s.URL(s.PublicKeyPath)}},
		Publisher: party{
			Category: "vendor", Contact: s.Publisher.Contact, Name: s.Publisher.Name, Namespace: s.Publisher.Namespace,
		},
	}
	if m.LastUpdated.IsZero() {
		var err error
		if m.LastUpdated, err = u.sinceWhen(); err != nil {
			return nil, err
		}
	}
	var service struct {
		Service struct {
			Workspace []workspace `json:"workspace"`
		} `json:"service"`
	}
	var categories struct {
		Categories struct {
			Category []term `json:"category"`
		} `json:"categories"`
	}
	categories.Categories.Category = []term{csafTerm}
	w := workspace{Title: "CSAF documents of " + s.TeamName}
	feeds := &rolie{Categories: []string{s.URL(categoryPath)}, Services: []string{s.URL(servicePath)}}
	for _, archive := range archives {
		url := s.URL(roliePath(archive))
		feeds.Feeds = append(feeds.Feeds, feedLink{"Advisories of " + archive.Label(), "WHITE", url})
		c := collection{Title: "Advisories of " + archive.Label(), Href: url}
		c.Categories.Category = []term{csafTerm}
		w.Collection = append(w.Collection, c)
	}
	service.Service.Workspace = []workspace{w}
	documents := map[string]any{providerPath: &m}
	if len(feeds.Feeds) > 0 {
		m.Distributions = append(m.Distributions, distribution{Rolie: feeds})
		documents[servicePath], documents[categoryPath] = service, categories
	}
	var files []tree.File
	for path, d := range documents {
		data, err := marshal(d)
		if err != nil {
			return nil, err
		}
		files = append(files, tree.File{Path: path, Data: data})
	}
	return files, nil
}

// sinceWhen is the date of metadata that has no document yet: that of the
// metadata that is published or, for the first, now.
func (u *update) sinceWhen() (time.Time, error) {
	old, err := u.published(providerPath)
	if err != nil || old == nil {
		return u.now.Truncate(time.Second), err
	}
	var m metadata
	if err := json.Unmarshal(old, &m); err != nil {
		return time.Time{}, fmt.Errorf("reading %s: %w", providerPath, err)
	}
	return m.LastUpdated, nil
}

// marshal writes JSON as people read it, without the escapes that only HTML
// needs.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return b.Bytes(), nil
}
