package publish

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html/template"
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
	rows, err := csv.NewReader(bytes.NewReader(changes)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", changesName, err)
	}
	var documents, folders []string
	for _, row := range rows {
		documents = append(documents, row[0])
		folders = append(folders, path.Dir(row[0])+"/")
	}
	if len(rows) > 0 {
		if u.latest, err = time.Parse(time.RFC3339Nano, rows[0][1]); err != nil {
			return nil, fmt.Errorf("reading %s: %w", changesName, err)
		}
	}
	slices.Sort(documents)
	slices.Sort(folders)
	folders = slices.Compact(folders)
	files := []tree.File{
		{Path: render.CSAFFolder + changesName, Data: changes},
		{Path: render.CSAFFolder + indexName, Data: []byte(lines(documents))},
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
	return []tree.File{{Path: osvListPath, Data: data}}, err
}

// row is how a list writes one name with its date.
type row struct {
	write func(name, date string) string
	name  int // which field is the name; the other is the date
}

var (
	changesRow = row{func(name, date string) string { return fmt.Sprintf("%q,%q\n", name, date) }, 0}
	osvRow     = row{func(name, date string) string { return date + "," + name + "\n" }, 1}
)

// dated puts names with their dates into a list that is sorted by date, the
// latest first: the one that is published at the path or, anew, an empty one.
func (u *update) dated(path string, dates map[string]time.Time, anew bool, r row) ([]byte, error) {
	type line struct {
		at   time.Time
		name string
	}
	var all []line
	for name, at := range dates {
		all = append(all, line{at.UTC(), name})
	}
	if !anew {
		old, err := u.published(path)
		if err != nil {
			return nil, err
		}
		records, err := csv.NewReader(bytes.NewReader(old)).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		for _, fields := range records {
			if len(fields) != 2 {
				return nil, fmt.Errorf("reading %s: a line has %d fields", path, len(fields))
			}
			at, err := time.Parse(time.RFC3339Nano, fields[1-r.name])
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", path, err)
			}
			if _, newer := dates[fields[r.name]]; !newer {
				all = append(all, line{at, fields[r.name]})
			}
		}
	}
	slices.SortFunc(all, func(a, b line) int {
		if c := b.at.Compare(a.at); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	var b bytes.Buffer
	for _, l := range all {
		b.WriteString(r.write(l.name, l.at.Format(time.RFC3339Nano)))
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

// folder is a page that lists a folder for programs and the curious.
var folder = template.Must(template.New("folder").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body><h1>{{.Title}}</h1>
<ul>
{{range .Names}}<li><a href="{{.}}">{{.}}</a></li>
{{end}}</ul>
</body>
</html>
`))

// folderPage renders the page of a folder. csaf:7.1.14
func folderPage(s render.Site, at string, names []string) tree.File {
	var b bytes.Buffer
	// Only writing can fail, and a buffer takes everything.
	_ = folder.Execute(&b, struct {
		Title string
		Names []string
	}{"Files of " + s.TeamName + " in /" + at, names})
	return tree.File{Path: at + "index.html", Data: b.Bytes()}
}
