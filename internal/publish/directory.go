package publish

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/format/osv"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// The files that CSAF wants beside the documents of a directory, and the list
// of OSV entries. They name everything ever published, so that they grow with
// it; they are made from the ones before by changing lines, without a look at
// the database.
const (
	indexName   = "index.txt"   // csaf:7.1.12
	changesName = "changes.csv" // csaf:7.1.13
	osvListPath = "osv/modified_id.csv"
)

// directory renders what CSAF wants of a directory: the index, the changes,
// and a page for each year, all in the folder of the documents. csaf:7.1.11 to
// csaf:7.1.14
func (u *update) directory(changed []advisory.Advisory, anew bool) ([]tree.File, error) {
	dates := map[string]time.Time{}
	years := map[string]bool{}
	for _, a := range changed {
		p := strings.TrimPrefix(render.CSAFPath(a), render.CSAFFolder)
		dates[p] = a.Updated
		years[path.Dir(p)] = true
	}
	changes, err := u.dated(render.CSAFFolder+changesName, dates, anew, changesRow)
	if err != nil {
		return nil, err
	}
	if len(changes) > 0 {
		latest, _, _ := bytes.Cut(changes, []byte("\n"))
		r, err := changesRow.read(string(latest))
		if err != nil {
			return nil, err
		}
		if u.latest, err = r.at(); err != nil {
			return nil, err
		}
	}
	index, err := u.index(slices.Collect(maps.Keys(dates)), anew)
	if err != nil {
		return nil, err
	}
	var folders []string
	pages := map[string][]string{} // of the years that changed
	for _, document := range index {
		year, name := path.Split(document)
		if n := len(folders); n == 0 || folders[n-1] != year {
			folders = append(folders, year)
		}
		if years[strings.TrimSuffix(year, "/")] {
			pages[year] = append(pages[year], name)
		}
	}
	files := []tree.File{
		{Path: render.CSAFFolder + changesName, Data: changes},
		{Path: render.CSAFFolder + indexName, Data: lines(index)},
		folderPage(u.site, render.CSAFFolder, append(folders, changesName, indexName)),
		folderPage(u.site, path.Dir(strings.TrimSuffix(render.CSAFFolder, "/"))+"/",
			[]string{path.Base(providerPath), path.Base(render.CSAFFolder) + "/"}),
	}
	for year, names := range pages {
		files = append(files, folderPage(u.site, render.CSAFFolder+year, names))
	}
	return files, nil
}

// index gives the documents of the directory with those that changed, sorted:
// those of the index that is published or, anew, of an empty one.
func (u *update) index(changed []string, anew bool) ([]string, error) {
	all := changed
	if !anew {
		old, err := u.published(render.CSAFFolder + indexName)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(old)) {
			all = append(all, strings.TrimSuffix(line, "\n"))
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// osvList renders the list of OSV entries: when each was modified, the latest
// first, as the public OSV database does for its own.
func (u *update) osvList(changed []advisory.Advisory, anew bool) ([]tree.File, error) {
	dates := map[string]time.Time{}
	for _, a := range changed {
		dates[osv.LocalID(a.ID)] = a.Updated
	}
	data, err := u.dated(osvListPath, dates, anew, osvRow)
	return []tree.File{{Path: osvListPath, Data: data}}, err
}

// row is one name with its date, as a list has it.
type row struct{ name, date string }

func (r row) at() (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, r.date)
	if err != nil {
		return at, fmt.Errorf("reading the date of %s: %w", r.name, err)
	}
	return at, nil
}

// rowForm is how a list writes its rows: what stands around name and date.
type rowForm struct {
	before, between, after string
	dateFirst              bool
}

var (
	changesRow = rowForm{before: `"`, between: `","`, after: `"`} // csaf:7.1.13
	osvRow     = rowForm{between: ",", dateFirst: true}
)

func (f rowForm) write(b *bytes.Buffer, r row) {
	first, second := r.name, r.date
	if f.dateFirst {
		first, second = second, first
	}
	for _, s := range []string{f.before, first, f.between, second, f.after, "\n"} {
		b.WriteString(s)
	}
}

// read reads a line without its end.
func (f rowForm) read(line string) (row, error) {
	rest, okBefore := strings.CutPrefix(line, f.before)
	rest, okAfter := strings.CutSuffix(rest, f.after)
	first, second, okBetween := strings.Cut(rest, f.between)
	if !okAfter || !okBefore || !okBetween {
		return row{}, fmt.Errorf("the published list has the line %q", line)
	}
	if f.dateFirst {
		first, second = second, first
	}
	return row{first, second}, nil
}

// dated puts names with their dates into a list that is sorted by date, the
// latest first: the one that is published at the path or, anew, an empty one.
func (u *update) dated(path string, dates map[string]time.Time, anew bool, f rowForm) ([]byte, error) {
	fresh := slices.SortedFunc(maps.Keys(dates), func(a, b string) int {
		return cmp.Or(dates[b].Compare(dates[a]), strings.Compare(a, b))
	})
	var old []byte
	if !anew {
		var err error
		if old, err = u.published(path); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	b.Grow(len(old) + 100*len(fresh))
	put := func(name string) { f.write(&b, row{name, dates[name].UTC().Format(time.RFC3339Nano)}) }
	for line := range strings.Lines(string(old)) {
		r, err := f.read(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, err
		}
		if _, newer := dates[r.name]; newer {
			continue
		}
		for len(fresh) > 0 {
			at, err := r.at()
			if err != nil {
				return nil, err
			}
			if c := dates[fresh[0]].Compare(at); c < 0 || c == 0 && fresh[0] > r.name {
				break
			}
			put(fresh[0])
			fresh = fresh[1:]
		}
		b.WriteString(line)
	}
	for _, name := range fresh {
		put(name)
	}
	return b.Bytes(), nil
}

func lines(list []string) []byte {
	var b bytes.Buffer
	b.Grow(64 * len(list))
	for _, l := range list {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// folderPage renders the page of a folder, for programs and the curious.
// csaf:7.1.14
func folderPage(s render.Site, at string, names []string) tree.File {
	title := html.EscapeString("Files of " + s.TeamName + " in /" + at)
	var b bytes.Buffer
	b.Grow(1000 + 100*len(names))
	b.WriteString(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + title + `</title></head>
<body><h1>` + title + "</h1>\n<ul>\n")
	for _, name := range names {
		name = html.EscapeString(name)
		for _, s := range []string{`<li><a href="`, name, `">`, name, "</a></li>\n"} {
			b.WriteString(s)
		}
	}
	b.WriteString("</ul>\n</body>\n</html>\n")
	return tree.File{Path: at + "index.html", Data: b.Bytes()}
}
