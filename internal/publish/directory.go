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
	rows, err := changesRow.read(changes)
	if err != nil {
		return nil, err
	}
	var documents, folders []string
	for _, row := range rows {
		documents = append(documents, row.name)
		folders = append(folders, path.Dir(row.name)+"/")
	}
	if len(rows) > 0 {
		if u.latest, err = rows[0].at(); err != nil {
			return nil, err
		}
	}
	slices.Sort(documents)
	slices.Sort(folders)
	folders = slices.Compact(folders)
	files := []tree.File{
		{Path: render.CSAFFolder + changesName, Data: changes, Raw: true},
		{Path: render.CSAFFolder + indexName, Data: []byte(lines(documents)), Raw: true},
	}
	for year := range years {
		var names []string
		for _, d := range documents {
			if name, ok := strings.CutPrefix(d, year+"/"); ok {
				names = append(names, name)
			}
		}
		files = append(files, folderPage(u.site, render.CSAFFolder+year+"/", names))
	}
	return append(files,
		folderPage(u.site, render.CSAFFolder, append(folders, changesName, indexName)),
		folderPage(u.site, path.Dir(strings.TrimSuffix(render.CSAFFolder, "/"))+"/",
			[]string{path.Base(providerPath), path.Base(render.CSAFFolder) + "/"})), nil
}

// osvList renders the list of OSV entries: when each was modified, the latest
// first, as the public OSV database does for its own.
func (u *update) osvList(changed []advisory.Advisory, anew bool) ([]tree.File, error) {
	dates := map[string]time.Time{}
	for _, a := range changed {
		dates[osv.LocalID(a.ID)] = a.Updated
	}
	data, err := u.dated(osvListPath, dates, anew, osvRow)
	return []tree.File{{Path: osvListPath, Data: data, Raw: true}}, err
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
	b.WriteString(f.before + first + f.between + second + f.after + "\n")
}

func (f rowForm) read(list []byte) ([]row, error) {
	var rows []row
	for line := range strings.Lines(string(list)) {
		line, okAfter := strings.CutSuffix(line, f.after+"\n")
		line, okBefore := strings.CutPrefix(line, f.before)
		r := row{}
		var okBetween bool
		if r.name, r.date, okBetween = strings.Cut(line, f.between); f.dateFirst {
			r.name, r.date = r.date, r.name
		}
		if !okAfter || !okBefore || !okBetween {
			return nil, fmt.Errorf("the published list has the line %q", line)
		}
		rows = append(rows, r)
	}
	return rows, nil
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
	rows, err := f.read(old)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	put := func(name string) { f.write(&b, row{name, dates[name].UTC().Format(time.RFC3339Nano)}) }
	for _, r := range rows {
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
		f.write(&b, r)
	}
	for _, name := range fresh {
		put(name)
	}
	return b.Bytes(), nil
}

func lines(list []string) string {
	var b strings.Builder
	for _, l := range list {
		b.WriteString(l + "\n")
	}
	return b.String()
}

// folderPage renders the page of a folder, for programs and the curious.
// csaf:7.1.14
func folderPage(s render.Site, at string, names []string) tree.File {
	title := html.EscapeString("Files of " + s.TeamName + " in /" + at)
	var b bytes.Buffer
	b.WriteString(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + title + `</title></head>
<body><h1>` + title + "</h1>\n<ul>\n")
	for _, name := range names {
		name = html.EscapeString(name)
		b.WriteString(`<li><a href="` + name + `">` + name + "</a></li>\n")
	}
	b.WriteString("</ul>\n</body>\n</html>\n")
	return tree.File{Path: at + "index.html", Data: b.Bytes(), Raw: true}
}
