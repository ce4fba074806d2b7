package osv_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"steward/internal/base/errs"
	"steward/internal/census/fetch"
	"steward/internal/census/osv"
)

var debian12 = osv.Want{Ecosystem: "Debian", Release: "12"}

// files are records by the names of their files.
type files map[string]string

func packed(t testing.TB, all files) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readZip(t testing.TB, raw []byte, want osv.Want) *osv.Known {
	t.Helper()
	k, err := osv.ReadZip(t.Context(), bytes.NewReader(raw), int64(len(raw)), want)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// said writes what is known of a source.
func said(k *osv.Known, source string) (out []string) {
	for _, v := range k.Of(source) {
		day := "?"
		if !v.Published.IsZero() {
			day = v.Published.Format(time.DateOnly)
		}
		out = append(out, strings.TrimSpace(v.ID+" "+day+" "+string(v.Fix)))
	}
	return out
}

const (
	of12    = `{"package":{"ecosystem":"Debian:12","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1"}]}],"versions":["0","0\"}]"]}`
	open12  = `{"package":{"ecosystem":"Debian:12","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}`
	of11    = `{"package":{"ecosystem":"Debian:11","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1"}]}]}`
	b12     = `{"package":{"ecosystem":"Debian:12","name":"b"}}`
	alpine  = `{"package":{"ecosystem":"Alpine:v3.20","name":"a"}}`
	unlike  = `{"package":{"ecosystem":"Debianish","name":"a"}}`
	nothing = `{"ranges":[],"package":{}}`
)

func record(id, more string, affected ...string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2026-01-01T00:00:00Z",%s"affected":[%s]}`, id, more, strings.Join(affected, ","))
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		all  files
		want []string // of source a
		gaps []osv.Gap
	}{
		"a CVE": {files{"1.json": record("DEBIAN-CVE-2024-3094", `"published":"2024-03-29T16:51:12.588Z","upstream":["CVE-2024-3094"],`, of12)},
			[]string{"CVE-2024-3094 2024-03-29 fixed"}, nil},
		"a CVE and the advisory of it count once, from the earlier day": {files{
			"1.json": record("DEBIAN-CVE-2024-1000", `"published":"2024-03-29T16:51:12Z","upstream":["CVE-2024-1000"],`, of12),
			"2.json": record("DSA-5000-1", `"published":"2024-03-28T00:00:00Z","upstream":["CVE-2024-1000","CVE-2024-1001"],`, of11),
			"3.json": record("DLA-300-2", `"published":"2024-05-28T00:00:00Z","aliases":["CVE-2024-1000"],`, of11),
		}, []string{"CVE-2024-1000 2024-03-28 fixed", "CVE-2024-1001 2024-03-28"}, nil},
		"what the CVE's own record says of the release goes before": {files{
			"1.json": record("DSA-5000-1", `"published":"2024-03-28T00:00:00Z","upstream":["CVE-2024-1000","CVE-2024-1001"],`, of12),
			"2.json": record("DEBIAN-CVE-2024-1000", `"published":"2024-03-29T16:51:12Z",`, open12),
		}, []string{"CVE-2024-1000 2024-03-28 unfixed", "CVE-2024-1001 2024-03-28 fixed"}, nil},
		"of two advisories the one that knows a fix goes before": {files{
			"1.json": record("DSA-5000-1", `"published":"2024-03-28T00:00:00Z","upstream":["CVE-2024-1000"],`, of12),
			"2.json": record("DSA-5001-1", `"published":"2024-03-29T00:00:00Z","upstream":["CVE-2024-1000"],`, open12),
		}, []string{"CVE-2024-1000 2024-03-28 fixed"}, nil},
		"editions of an advisory without a CVE": {files{
			"1.json": record("DSA-5000-1", `"published":"2024-03-28T00:00:00Z",`, of12),
			"2.json": record("DSA-5000-2", `"published":"2024-04-28T00:00:00Z",`, of12),
			"3.json": record("DLA-5000-2", `"published":"2024-04-28T00:00:00Z",`, of11),
		}, []string{"DSA-5000 2024-03-28 fixed", "DLA-5000 2024-04-28"}, nil},
		"two names for one thing": {files{
			"1.json": record("ZZ-1", `"published":"2024-03-28T00:00:00Z","aliases":["GHSA-x"],`, of12),
			"2.json": record("GHSA-x", `"published":"2024-03-27T00:00:00Z","aliases":["ZZ-1"],`, of12),
		}, []string{"GHSA-x 2024-03-27 fixed"}, nil},
		"related is another": {files{"1.json": record("DSA-1-1", `"related":["CVE-2024-1000"],"published":"2024-03-27T00:00:00Z",`, of12)},
			[]string{"DSA-1 2024-03-27 fixed"}, nil},
		"withdrawn": {files{"1.json": record("DEBIAN-CVE-2024-1000", `"withdrawn":"2024-03-28T00:00:00Z",`, of12)}, nil, nil},
		"not withdrawn": {files{"1.json": record("DEBIAN-CVE-2024-1000", `"withdrawn":null,"aliases":null,"published":null,`, of12)},
			[]string{"CVE-2024-1000 ? fixed"}, nil},
		"others": {files{"1.json": record("CVE-2024-1000", ``, alpine, unlike, nothing, b12)}, nil, nil},
		"other release": {files{"1.json": record("CVE-2024-1000", `"published":"2024-03-27T23:59:59Z",`, of11)},
			[]string{"CVE-2024-1000 2024-03-27"}, nil},
		"not all ranges end": {files{"1.json": record("CVE-2024-1000", `"published":"2024-03-27T00:00:00+02:00",`, of12, open12)},
			[]string{"CVE-2024-1000 2024-03-26 unfixed"}, nil},
		"in the other order": {files{"1.json": record("CVE-2024-1000", ``, open12, of12)}, []string{"CVE-2024-1000 ? unfixed"}, nil},
		"no ranges": {files{"1.json": record("CVE-2024-1000", ``, strings.ReplaceAll(b12, `"b"`, `"a"`))},
			[]string{"CVE-2024-1000 ? unfixed"}, nil},
		"escapes": {files{"1.json": `{"details":"\\\"}{","\u0069d":"CVE-2024-1000","x":[[{"id":"no"}],"\\"],"published":"2024-03-27T00:00:00Z","affected":[` + strings.ReplaceAll(of12, `"a"`, `"\u0061"`) + `]}`},
			[]string{"CVE-2024-1000 2024-03-27 fixed"}, nil},
		"near a CVE": {files{"1.json": record("X-1", `"aliases":["XCVE-2024-1000","CVE-24-1000","CVE-2024-1","CVE-2024-1000x","CVE-2024-","cve-2024-1000"],`, of12)},
			[]string{"CVE-2024- ? fixed"}, nil},
		"gaps": {files{
			"1.json": `{"id":`, "2.json": `[]`, "3.json": `{"id":7}`, "4.json": `{"affected":{}}`, "5.json": `{}`, "6.json": ``,
			"7.json": record(strings.Repeat("x", 300), "", of12), "8.txt": "hello", "9.json": `{"id":"A"} {}`, "91.json": "\xff",
			"92.json": record("CVE-2024-1000", `"published":"yesterday",`, of12),
			"93.json": record("CVE-2024-1001", `"published":"0001-01-01T00:00:00Z",`, of12),
			"94.json": `{"id":"A","affected":[{"package":{"name":["a"]}}]}`,
		}, []string{"CVE-2024-1000 ? fixed", "CVE-2024-1001 ? fixed"}, []osv.Gap{
			{"1.json", "It is no JSON."}, {"2.json", "It is not of OSV's form."}, {"3.json", "It is not of OSV's form."},
			{"4.json", "It is not of OSV's form."}, {"5.json", "It has no id, or one that cannot be."}, {"6.json", "It is no JSON."},
			{"7.json", "It has no id, or one that cannot be."}, {"8.txt", "It is no file of JSON."}, {"9.json", "It is no JSON."}, {"91.json", "It is no JSON."},
			{"92.json", "The day of its publication cannot be read."}, {"93.json", "The day of its publication cannot be read."},
			{"94.json", "It is not of OSV's form."},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range c.all {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			fromDir, err := osv.Read(t.Context(), dir, debian12)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range []*osv.Known{readZip(t, packed(t, c.all), debian12), fromDir} {
				if got := said(k, "a"); !slices.Equal(got, c.want) {
					t.Errorf("known: %q, want %q", got, c.want)
				}
				if !slices.Equal(k.Gaps, c.gaps) || k.MoreGaps != 0 {
					t.Errorf("gaps: %v", k.Gaps)
				}
				bad := 0
				for _, g := range k.Gaps {
					if !strings.Contains(g.What, "publication") {
						bad++
					}
				}
				if k.Records+k.Withdrawn+k.Foreign+bad != len(c.all) {
					t.Errorf("%d + %d + %d + %d of %d", k.Records, k.Withdrawn, k.Foreign, bad, len(c.all))
				}
			}
		})
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	all := files{}
	for i, day := range []string{"2024-01-01", "2024-01-01", "2024-02-01", "2025-01-01"} {
		id := fmt.Sprintf("CVE-2024-100%d", i)
		all[id+".json"] = record(id, fmt.Sprintf(`"published":"%sT12:00:00Z",`, day), of12)
	}
	all["x.json"] = record("CVE-2020-1234", "", of12)
	k := readZip(t, packed(t, all), osv.Want{Ecosystem: "Debian"})
	at := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		source, from, to string
		want             int
	}{
		{"a", "2024-01-01", "2024-02-01", 2}, {"a", "2024-01-02", "2024-02-02", 1}, {"a", "2000-01-01", "2100-01-01", 4},
		{"a", "2025-01-01", "2025-01-01", 0}, {"a", "2025-01-01", "2024-01-01", 0}, {"a", "2025-01-01", "2025-01-02", 1},
		{"nothing", "2000-01-01", "2100-01-01", 0},
	} {
		if got := k.Count(c.source, at(c.from), at(c.to)); got != c.want {
			t.Errorf("%v: %d", c, got)
		}
	}
	if k.Undated != 1 || k.Sources() != 1 {
		t.Errorf("%d undated, %d sources", k.Undated, k.Sources())
	}
	for _, v := range k.Of("a") {
		if v.Fix != osv.Unlisted {
			t.Errorf("%v of no release", v)
		}
	}
}

// TestHostile: what is too large or broken is a gap or an error, and never more
// memory than is meant for it.
func TestHostile(t *testing.T) {
	t.Parallel()
	huge := `{"id":"CVE-2024-1000","details":"` + strings.Repeat("x", 17<<20) + `"}`
	k := readZip(t, packed(t, files{"bomb.json": huge, "good.json": record("CVE-2024-1001", "", of12)}), debian12)
	if len(k.Gaps) != 1 || k.Gaps[0].Record != "bomb.json" || k.Records != 1 {
		t.Errorf("a bomb: %+v", k.Gaps)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bomb.json"), []byte(huge), 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err := osv.Read(t.Context(), dir, debian12); err != nil || len(k.Gaps) != 1 {
		t.Errorf("a bomb in a folder: %v", err)
	}

	// A zip that lies about the size of what is in it.
	lie := packed(t, files{"a.json": record("CVE-2024-1000", `"details":"`+strings.Repeat("y", 5000)+`",`, of12)})
	at := bytes.LastIndex(lie, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lie[at+24:], 10)
	if k := readZip(t, lie, debian12); len(k.Gaps) != 1 || k.Records != 0 {
		t.Errorf("a lie: %+v", k)
	}
	// A flipped byte.
	flip := packed(t, files{"a.json": record("CVE-2024-1000", `"details":"`+strings.Repeat("y", 5000)+`",`, of12)})
	flip[60] ^= 0xff
	if k := readZip(t, flip, debian12); len(k.Gaps) != 1 || k.Records != 0 {
		t.Errorf("a flipped byte: %+v", k)
	}

	var many []string
	for i := range 40_000 {
		many = append(many, fmt.Sprintf("CVE-2024-%d", 10_000+i))
	}
	upstream, _ := json.Marshal(many)
	wide := record("DSA-1-1", fmt.Sprintf(`"upstream":%s,`, upstream), of12, b12)
	deep := `{"id":"A","x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`
	small := `{"id":"A","affected":[` + strings.Repeat("{},", 5<<20) + `{}]}`
	wider := record("DSA-1-1", `"upstream":["CVE-2024-1000"`+strings.Repeat(`,"CVE-2024-1000"`, 70_000)+`],`, of12)
	k = readZip(t, packed(t, files{"1.json": wide, "2.json": deep, "3.json": small, "4.json": wider}), debian12)
	if len(k.Gaps) != 3 || k.Foreign != 1 || k.Gaps[0].What != k.Gaps[2].What || k.Gaps[0].What == k.Gaps[1].What {
		t.Errorf("wide, deep, small: %+v", k)
	}

	all := files{}
	for i := range 100 {
		all[fmt.Sprintf("%03d.json", i)] = "no"
	}
	if k = readZip(t, packed(t, all), debian12); len(k.Gaps) != 20 || k.MoreGaps != 80 || k.Gaps[19].Record != "019.json" {
		t.Errorf("many gaps: %d and %d", len(k.Gaps), k.MoreGaps)
	}
}

func TestNoExport(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{"empty": nil, "text": []byte("hello"), "cut": packed(t, files{"a.json": "{}"})[:40]} {
		if _, err := osv.ReadZip(t.Context(), bytes.NewReader(raw), int64(len(raw)), debian12); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A list of files that has more bytes than a list may: one name again and again.
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	name := strings.Repeat("n", 60_000)
	for range 1300 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := osv.ReadZip(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), debian12); !errs.Is(err, errs.Invalid) {
		t.Errorf("a long list: %v", err)
	}
	if _, err := osv.Read(t.Context(), filepath.Join(t.TempDir(), "x"), debian12); !errs.Is(err, errs.Invalid) {
		t.Errorf("nothing there: %v", err)
	}
	for _, e := range []string{"", "..", "a/b", " a", "a:b", "ä", strings.Repeat("x", 200)} {
		if _, _, err := osv.Open(t.Context(), t.TempDir(), osv.Want{Ecosystem: e}); !errs.Is(err, errs.Invalid) {
			t.Errorf("ecosystem %q: %v", e, err)
		}
		if _, _, err := osv.Collect(t.Context(), fetch.New(), "http://127.0.0.1:1", e, t.TempDir(), nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("ecosystem %q: %v", e, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	raw := packed(t, files{"a.json": "{}"})
	if _, err := osv.ReadZip(ctx, bytes.NewReader(raw), int64(len(raw)), debian12); err == nil {
		t.Error("read for nobody")
	}
}

// TestCollect: the export is fetched to its place and read from there.
func TestCollect(t *testing.T) {
	t.Parallel()
	raw := packed(t, files{"a.json": record("CVE-2024-1000", "", of12)})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.EscapedPath() {
		case "/Debian/all.zip", "/GitHub%20Actions/all.zip":
			w.Header().Set("ETag", `"a"`)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(raw))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	dir := t.TempDir()
	if _, ok, err := osv.Open(t.Context(), dir, debian12); ok || err != nil {
		t.Errorf("of nothing: %v %v", ok, err)
	}
	for n, ecosystem := range []string{"Debian", "GitHub Actions", "Debian"} {
		if _, same, err := osv.Collect(t.Context(), fetch.New(), s.URL+"/", ecosystem, dir, nil); err != nil || same != (n == 2) {
			t.Fatalf("%s: %v %v", ecosystem, same, err)
		}
	}
	if _, _, err := osv.Collect(t.Context(), fetch.New(), s.URL, "Nowhere", dir, nil); !errs.Is(err, errs.Conflict) {
		t.Errorf("an ecosystem that is none: %v", err)
	}
	k, ok, err := osv.Open(t.Context(), dir, debian12)
	if err != nil || !ok || len(k.Of("a")) != 1 {
		t.Errorf("%+v %v %v", k, ok, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "osv", "Debian.zip")); err != nil {
		t.Error(err)
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"etch": "4", "bullseye": "11", "bookworm": "12", "trixie": "13", "sid": "", "": "", "12": ""} {
		if got := osv.Release(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// TestModel: whatever records there are, in whatever order of fields, each
// vulnerability of a source counts once and from its first day.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		type pair struct{ source, id string }
		want := map[pair]string{}
		all := files{}
		for i := range rapid.IntRange(0, 12).Draw(rt, "records") {
			cves := rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(1000, 1005), func(n int) string { return fmt.Sprintf("CVE-2024-%d", n) }), 1, 4, rapid.ID).Draw(rt, "cves")
			sources := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", `c"\`, "d\u00e9"}), rapid.ID).Draw(rt, "sources")
			day := fmt.Sprintf("2024-01-%02d", rapid.IntRange(1, 28).Draw(rt, "day"))
			gone := rapid.Bool().Draw(rt, "withdrawn")
			r := map[string]any{"id": fmt.Sprintf("DSA-%d-1", i), "published": day + "T10:00:00Z", "upstream": cves, "details": rapid.String().Draw(rt, "details")}
			var aff []any
			for _, s := range sources {
				aff = append(aff, map[string]any{"package": map[string]any{"ecosystem": "Debian:12", "name": s}, "versions": []string{rapid.String().Draw(rt, "version")}})
			}
			r["affected"] = aff
			if gone {
				r["withdrawn"] = day + "T10:00:00Z"
			}
			for _, s := range sources {
				for _, c := range cves {
					if old := want[pair{s, c}]; !gone && (old == "" || day < old) {
						want[pair{s, c}] = day
					}
				}
			}
			raw, err := json.MarshalIndent(r, "", rapid.SampledFrom([]string{"", " ", "\t"}).Draw(rt, "indent"))
			if err != nil {
				rt.Fatal(err)
			}
			all[fmt.Sprintf("%d.json", i)] = string(raw)
		}
		raw := packed(t, all)
		k := readZip(t, raw, debian12)
		n := 0
		for _, source := range []string{"a", "b", `c"\`, "d\u00e9"} {
			for _, v := range k.Of(source) {
				n++
				if want[pair{source, v.ID}] != v.Published.Format(time.DateOnly) {
					rt.Errorf("%s %+v, want %s", source, v, want[pair{source, v.ID}])
				}
			}
		}
		if n != len(want) {
			rt.Errorf("%d, want %d", n, len(want))
		}
	})
}
