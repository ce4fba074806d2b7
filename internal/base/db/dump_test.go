package db_test

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

func dump(t *testing.T, d *db.DB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Dump(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fill stores some rows whose keys sort otherwise by the rules of a language.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := context.Background()
	err := d.Write(ctx, func(tx *db.Tx) error {
		for i, scope := range []string{"b", "B", "a", "ä", "Z_", "_", "é", "aa", "", "a b", "漢", "😀", "\uffff"} {
			if _, err := tx.Exec(ctx, "INSERT INTO seal_keys (scope, wrapped) VALUES ($1, $2)", scope, bytes.Repeat([]byte{0xff}, i)); err != nil {
				return err
			}
		}
		for i := range 12 {
			if _, err := tx.Exec(ctx, `INSERT INTO audit (seq, at, actor, actor_name, role, action, subject, sealed, detail, prev, hash)
				VALUES ($1, $2, 'a', 'Größe <b> "x" \', '', 'act', '', $3, $4, '', 'h')`, i+1, -i, i%2 == 0, []byte{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDumpIsTheSameOnBothEngines(t *testing.T) {
	t.Parallel()
	a, b := dbtest.Open(t, "sqlite"), dbtest.Open(t, "postgres")
	if x, y := dump(t, a), dump(t, b); !bytes.Equal(x, y) {
		t.Errorf("the schemas differ:\n%s\n%s", x, y)
	}
	fill(t, a)
	fill(t, b)
	x, y := dump(t, a), dump(t, b)
	if !bytes.Equal(x, y) {
		t.Errorf("the rows differ:\n%s\n%s", x, y)
	}
	digest, err := b.Digest(context.Background())
	if err != nil || !regexp.MustCompile("^[0-9a-f]{64}$").MatchString(digest) {
		t.Errorf("the digest is %q, %v", digest, err)
	}
	other, err := a.Digest(context.Background())
	if err != nil || digest != other {
		t.Errorf("the digests are %s and %s", digest, other)
	}
	mustExec(t, b, "UPDATE audit SET sealed = FALSE WHERE seq = 7")
	if digest, err = b.Digest(context.Background()); err != nil || digest == other {
		t.Errorf("a change left the digest as it was (%v)", err)
	}
}

func TestRestore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, from := range dbtest.Engines {
		for _, to := range dbtest.Engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				d := dbtest.Open(t, from)
				fill(t, d)
				want := dump(t, d)
				dsn := dbtest.EmptyDSN(t, to)
				if err := db.Restore(ctx, dsn, bytes.NewReader(want), nil); err != nil {
					t.Fatal(err)
				}
				restored := reopen(t, dsn)
				if got := dump(t, restored); !bytes.Equal(got, want) {
					t.Errorf("what came back differs:\n%s\n%s", got, want)
				}
				err := db.Restore(ctx, dsn, bytes.NewReader(want), nil)
				if err == nil || !strings.Contains(err.Error(), "holds records already") {
					t.Errorf("restoring once more gave %v", err)
				}
			})
		}
	}
}

func reopen(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// TestRestoreOfAnOlderSchema restores what the program of the first schema
// dumped: it must come up to date.
func TestRestoreOfAnOlderSchema(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	old, err := db.OpenAt(ctx, filepath.Join(t.TempDir(), "old.db"), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	fill(t, old)
	dumped := dump(t, old)
	if !bytes.HasPrefix(dumped, []byte(`{"format":"steward dump 1","schema":1}`)) {
		t.Fatalf("the dump begins with %.60s", dumped)
	}
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.EmptyDSN(t, engine)
			if err := db.Restore(ctx, dsn, bytes.NewReader(dumped), nil); err != nil {
				t.Fatal(err)
			}
			d := reopen(t, dsn)
			if n := one[int](t, d, "SELECT COUNT(*) FROM audit"); n != 12 {
				t.Errorf("%d rows came back", n)
			}
			if have, fresh := dump(t, d), dump(t, dbtest.Open(t, engine)); !bytes.Equal(firstLine(have), firstLine(fresh)) {
				t.Errorf("the schema is %s, not %s", firstLine(have), firstLine(fresh))
			}
			// A database that is ahead of the dump is not turned back.
			ahead := dbtest.DSN(t, engine)
			if err := db.Restore(ctx, ahead, bytes.NewReader(dumped), nil); err == nil {
				t.Error("a newer schema was turned back")
			}
		})
	}
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return line
}

// TestRestoreWithReferences restores rows that refer to later rows, to
// themselves and in a circle.
func TestRestoreWithReferences(t *testing.T) {
	t.Parallel()
	tables := []string{
		"CREATE TABLE a (id BIGINT PRIMARY KEY, next BIGINT REFERENCES a (id), b TEXT)",
		"CREATE TABLE b (id TEXT PRIMARY KEY, a BIGINT NOT NULL REFERENCES a (id) ON DELETE CASCADE)",
	}
	for _, from := range dbtest.Engines {
		for _, to := range dbtest.Engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				ctx := context.Background()
				d := dbtest.Open(t, from)
				mustExec(t, d, tables...)
				mustExec(t, d, "INSERT INTO a VALUES (3, 3, 'x')", "INSERT INTO a VALUES (1, 3, 'y')", "INSERT INTO b VALUES ('x', 3)",
					"UPDATE a SET next = 1 WHERE id = 3")
				want := dump(t, d)
				dsn := dbtest.DSN(t, to)
				mustExec(t, reopen(t, dsn), tables...)
				orphan := bytes.Replace(want, []byte(`["x",3]`), []byte(`["x",4]`), 1)
				if err := db.Restore(ctx, dsn, bytes.NewReader(orphan), nil); err == nil {
					t.Error("a row that refers to nothing was restored")
				}
				if err := db.Restore(ctx, dsn, bytes.NewReader(want), nil); err != nil {
					t.Fatal(err)
				}
				restored := reopen(t, dsn)
				if got := dump(t, restored); !bytes.Equal(got, want) {
					t.Errorf("what came back differs:\n%s\n%s", got, want)
				}
				err := restored.Write(ctx, func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, "INSERT INTO b VALUES ('z', 99)")
					return err
				})
				if err == nil {
					t.Error("after the restore, references are not checked any more")
				}
			})
		}
	}
}

// TestRestoreRefuses gives it dumps with one fault each; nothing of them may
// be kept.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	source := dbtest.Open(t, "sqlite")
	fill(t, source)
	good := string(dump(t, source))
	lines := strings.SplitAfter(strings.TrimSuffix(good, "\n"), "\n")
	row := regexp.MustCompile(`(?m)^\[2,-1,"a",.*\n`).FindString(good)
	cases := map[string]string{
		"empty":               "",
		"no dump":             "hello\n",
		"another format":      strings.Replace(good, "steward dump 1", "steward dump 2", 1),
		"schema 0":            regexp.MustCompile(`"schema":\d+`).ReplaceAllString(good, `"schema":0`),
		"future schema":       regexp.MustCompile(`"schema":\d+`).ReplaceAllString(good, `"schema":9998`),
		"cut off":             strings.Join(lines[:len(lines)-1], ""),
		"cut in a line":       good[:len(good)/2],
		"a row less":          strings.Replace(good, row, "", 1),
		"a row twice":         strings.Replace(good, row, row+row, 1),
		"a table renamed":     strings.Replace(good, `"table":"audit"`, `"table":"audio"`, 1),
		"a column retyped":    strings.Replace(good, `{"name":"at","kind":"int"}`, `{"name":"at","kind":"text"}`, 1),
		"a value less":        strings.Replace(good, `[2,-1,"a",`, `[2,-1,`, 1),
		"a value of text":     strings.Replace(good, `[2,-1,"a",`, `[2,"-1","a",`, 1),
		"a value of number":   strings.Replace(good, `[2,-1,"a",`, `[2,-1,5,`, 1),
		"a broken base64":     strings.Replace(good, `"/w=="`, `"/w="`, 1),
		"a number with point": strings.Replace(good, `[2,-1,"a",`, `[2,-1.5,"a",`, 1),
		"more on a line":      strings.Replace(good, row, strings.TrimSuffix(row, "\n")+" []\n", 1),
		"a NULL too many":     strings.Replace(good, `[2,-1,"a",`, `[2,-1,null,`, 1),
	}
	dsn := dbtest.DSN(t, "sqlite")
	for name, bad := range cases {
		if bad == good {
			t.Fatalf("%s: the case changes nothing", name)
		}
		if err := db.Restore(ctx, dsn, strings.NewReader(bad), nil); err == nil {
			t.Errorf("%s: restored without complaint", name)
		}
	}
	if err := db.Restore(ctx, dsn, strings.NewReader(good), nil); err != nil {
		t.Errorf("after all refusals, the good dump: %v", err)
	}
}

// TestDumpRefusesWhatCannotBeRestored stores a value of another type than its
// column's, as only SQLite lets one do.
func TestDumpRefusesWhatCannotBeRestored(t *testing.T) {
	t.Parallel()
	for statement, complaint := range map[string]string{
		"INSERT INTO seal_keys VALUES ('a', 'text')":                         "seal_keys: column wrapped",
		"INSERT INTO seal_keys VALUES (x'00', x'00')":                        "seal_keys: column scope",
		"INSERT INTO audit_head VALUES (1, 'many', '')":                      "audit_head: column seq",
		everyType + "; INSERT INTO every_type (id, share) VALUES (1, 9e999)": "every_type: column share",
		"CREATE TABLE odd (id BIGINT PRIMARY KEY, at TIMESTAMP)":             `"TIMESTAMP"`,
		"CREATE TABLE odd (id BIGINT)":                                       "no primary key",
	} {
		d := dbtest.Open(t, "sqlite")
		mustExec(t, d, strings.Split(statement, "; ")...)
		err := d.Dump(context.Background(), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("%s: the error is %v", statement, err)
		}
	}
}

// TestAnyRowsComeBack dumps random rows from one engine and restores them into
// the other.
func TestAnyRowsComeBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	from, dsn := dbtest.Open(t, "sqlite"), dbtest.DSN(t, "postgres")
	to := reopen(t, dsn)
	mustExec(t, from, everyType)
	mustExec(t, to, everyType)
	row := rapid.Custom(func(rt *rapid.T) []any {
		return []any{
			orNull(rt, rapid.StringMatching(`[^\x00]*`)),
			orNull(rt, rapid.Int64()),
			orNull(rt, rapid.Float64()),
			orNull(rt, rapid.Bool()),
			orNull(rt, rapid.SliceOf(rapid.Byte())),
		}
	})
	for seed := range 3 {
		for id, values := range rapid.SliceOfN(row, 100, 100).Example(seed) {
			if err := from.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO every_type VALUES ($1, $2, $3, $4, $5, $6)", append([]any{id}, values...)...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		want := dump(t, from)
		if err := db.Restore(ctx, dsn, bytes.NewReader(want), nil); err != nil {
			t.Fatal(err)
		}
		if got := dump(t, to); !bytes.Equal(got, want) {
			t.Errorf("what came back differs:\n%s\n%s", got, want)
		}
		mustExec(t, from, "DELETE FROM every_type")
		mustExec(t, to, "DELETE FROM every_type")
	}
}

func orNull[T any](rt *rapid.T, g *rapid.Generator[T]) any {
	if rapid.IntRange(0, 3).Draw(rt, "null") == 0 {
		return nil
	}
	return g.Draw(rt, "value")
}
