package scale

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/seal"
)

// table is one in which a case has rows.
type table struct {
	name   string
	of     string            // the rows of case $1
	sealed map[string]string // column: the context that it is sealed in, with the row's columns in braces
}

// tables, each before those that refer to it.
var tables = []table{
	{"cases", "id = $1", map[string]string{"body": "case"}},
	{"reports", "case_id = $1", map[string]string{"original": "report/{id}", "findings": "findings/{id}"}},
	{"report_attachments", "report_id IN (SELECT id FROM reports WHERE case_id = $1)", map[string]string{"meta": "attachment/{id}"}},
	{"case_people", "case_id = $1", map[string]string{"body": "person/{user_id}/{role}"}},
	{"case_notes", "case_id = $1", map[string]string{"body": "note/{id}"}},
	{"case_messages", "case_id = $1", map[string]string{"body": "message/{id}"}},
	{"case_files", "message_id IN (SELECT id FROM case_messages WHERE case_id = $1)", map[string]string{"body": "file/{id}"}},
}

// original is all that is kept of one case, opened.
type original struct {
	id, ref, advisory string
	number            int64
	rows              [][]row             // for each of tables
	history           []advisory.Advisory // of the advisory, oldest first
	entries           []audit.Entry
}

type row map[string]any

// atOnce is how many copies share a write: few enough for the cache of SQLite.
const atOnce = 10

// copies adds n cases that differ from the originals in identifiers, numbers
// and keys alone: each is sealed anew under a key of its own, its advisory is
// released by the store, and its deeds are added to the chain of the record.
func (w *world) copies(n int) {
	w.tb.Helper()
	ctx := w.tb.Context()
	if w.opened == nil {
		w.openAll()
	}
	all := w.opened
	todo := make([]*original, 0, n)
	for i := w.copied; i < n; i++ {
		if i%perOpen == 0 {
			todo = append(todo, all[firstOpen+i/perOpen%(originals-firstOpen)])
		} else {
			todo = append(todo, all[i%firstOpen])
		}
	}
	for part := range slices.Chunk(todo, atOnce) {
		err := w.DB.Write(ctx, func(tx *db.Tx) error {
			for _, o := range part {
				if err := w.copy(ctx, tx, o); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			w.tb.Fatal(err)
		}
	}
	w.copied = n
}

// openAll opens the originals.
func (w *world) openAll() {
	w.tb.Helper()
	ctx := w.tb.Context()
	err := w.DB.Read(ctx, func(q db.Queryer) error {
		for _, id := range w.ids {
			o, err := w.open(ctx, q, id)
			if err != nil {
				return err
			}
			w.opened = append(w.opened, o)
		}
		return nil
	})
	for _, o := range w.opened {
		if err == nil && o.advisory != "" {
			o.history, err = w.Advisories.History(ctx, o.advisory)
		}
	}
	if err != nil {
		w.tb.Fatal(err)
	}
}

// open reads every row of a case and opens what is sealed in it.
func (w *world) open(ctx context.Context, q db.Queryer, id string) (*original, error) {
	o := &original{id: id}
	key, err := w.Keys.Key(ctx, q, "case/"+id)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		rows, err := t.read(ctx, q, id, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		o.rows = append(o.rows, rows)
	}
	body := o.rows[0][0]
	var c struct{ Ref, Advisory string }
	if err := json.Unmarshal(body["body"].([]byte), &c); err != nil {
		return nil, err
	}
	o.ref, o.advisory, o.number = c.Ref, c.Advisory, body["number"].(int64)
	o.entries, err = audit.Timeline(ctx, q, key, "case/"+id)
	return o, err
}

func (t table) read(ctx context.Context, q db.Queryer, id string, key *seal.Key) (list []row, err error) {
	rows, err := q.Query(ctx, "SELECT * FROM "+t.name+" WHERE "+t.of, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	for err == nil && rows.Next() {
		values, into, r := make([]any, len(names)), make([]any, len(names)), row{}
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, name := range names {
			r[name] = values[i]
		}
		for column, place := range t.sealed {
			if r[column], err = key.Open(r.fill(place), r[column].([]byte)); err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	return list, err
}

// fill writes the row's columns for their names in braces.
func (r row) fill(place string) string {
	for name, v := range r {
		if text, ok := v.(string); ok {
			place = strings.ReplaceAll(place, "{"+name+"}", text)
		}
	}
	return place
}

// copy adds one case more.
func (w *world) copy(ctx context.Context, tx *db.Tx, o *original) error {
	year := o.number / 1_000_000
	var n int64
	err := tx.QueryRow(ctx, "UPDATE case_numbers SET last = last + 1 WHERE year = $1 RETURNING last", year).Scan(&n)
	if err != nil {
		return err
	}
	words := []string{o.ref, fmt.Sprintf("%d-%04d", year, n)}
	if o.advisory != "" {
		id, err := w.advise(ctx, tx, o, int(year))
		if err != nil {
			return err
		}
		words = append(words, o.advisory, id)
	}
	fresh := map[string]string{}
	for _, rows := range o.rows {
		for _, r := range rows {
			for _, name := range []string{"id", "case_id", "blob_id", "token_hash", "phrase_hash"} {
				if old, ok := r[name].(string); ok && fresh[old] == "" {
					fresh[old] = db.NewID(rand.Reader)
					words = append(words, old, fresh[old])
				}
			}
		}
	}
	mend := strings.NewReplacer(words...)
	scope := "case/" + fresh[o.id]
	key, err := w.Keys.Create(ctx, tx, scope)
	if err != nil {
		return err
	}
	for i, t := range tables {
		for _, r := range o.rows[i] {
			r = r.renamed(mend)
			if _, numbered := r["number"]; numbered {
				r["number"] = year*1_000_000 + n
			}
			if err := t.insert(ctx, tx, r, key); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	return w.deeds(ctx, tx, o, key, scope, mend)
}

// renamed is the row with other identifiers, in what is sealed too.
func (r row) renamed(mend *strings.Replacer) row {
	out := row{}
	for name, v := range r {
		switch x := v.(type) {
		case string:
			v = mend.Replace(x)
		case []byte:
			v = []byte(mend.Replace(string(x)))
		}
		out[name] = v
	}
	return out
}

func (t table) insert(ctx context.Context, tx *db.Tx, r row, key *seal.Key) error {
	var marks []string
	var args []any
	names := slices.Sorted(maps.Keys(r)) // the same text each time, which the writer keeps prepared
	for _, name := range names {
		v := r[name]
		if place, ok := t.sealed[name]; ok {
			v = key.Seal(r.fill(place), v.([]byte))
		}
		args = append(args, v)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	_, err := tx.Exec(ctx, "INSERT INTO "+t.name+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
	return err
}

// advise releases a copy of an advisory, with all its revisions.
func (w *world) advise(ctx context.Context, tx *db.Tx, o *original, year int) (string, error) {
	id, err := w.Advisories.NextID(ctx, tx, "EX", year)
	if err != nil {
		return "", err
	}
	for _, a := range o.history {
		a.ID = id
		if _, err := w.Advisories.Release(ctx, tx, a, a.Revisions[len(a.Revisions)-1].Summary, a.Updated); err != nil {
			return "", err
		}
	}
	return id, nil
}

// deeds adds those of the original to the record, as done to the copy.
func (w *world) deeds(ctx context.Context, tx *db.Tx, o *original, key *seal.Key, scope string, mend *strings.Replacer) error {
	for _, e := range o.entries {
		detail := map[string]string{}
		for k, v := range e.Detail {
			detail[k] = mend.Replace(v)
		}
		who := acl.Caller{ID: e.Actor, Name: e.ActorName, Role: acl.Role(e.Role)}
		if err := w.Cases.Audit.Append(ctx, tx, key, who, acl.Action(e.Action), scope, detail); err != nil {
			return err
		}
	}
	return nil
}
