package people

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// handover is the shape of the attack on xz: one who kept a project for years,
// and one who came and made the releases within about a year.
func handover() *story {
	s := newStory()
	for year := 2010; year < 2023; year++ {
		for m := 1; m <= 12; m += 3 {
			at := fmt.Sprintf("%d-%02d-01", year, m)
			s.by(ada, at, fmt.Sprintf("src/%d.c=%d", m, year))
			if m == 4 {
				s.tag(fmt.Sprintf("v1.%d", year-2010), ada, at, signed)
			}
		}
	}
	for m := 1; m <= 12; m++ {
		s.on("main", day(fmt.Sprintf("2022-%02d-20", m)), ben, ada, 0, fmt.Sprintf("tests/t%d.c=x", m))
	}
	s.by(ben, "2023-03-10", "src/1.c=mine")
	s.tag("v2.0", ben, "2023-03-18", signed)
	s.by(ben, "2023-05-01", "src/4.c=mine")
	s.tag("v2.1", ben, "2023-05-04", "not signed")
	return s
}

func TestHandover(t *testing.T) {
	t.Parallel()
	dir := handover().bare(t)
	for _, c := range []struct {
		name, at string
		want     map[string]string
	}{
		{"before the newcomer", "2021-12-31", map[string]string{
			"authors": "1", "commits": "4", "top-share": "1", "truck-factor": "1", "silence": "91", "longest-gap": "91",
			"release-age": "274", "releases": "3", "releasers": "1", "newcomers": "0", "new-hands": "0", "signed": "1"}},
		{"the newcomer writes and does not release", "2022-12-31", map[string]string{
			"authors": "2", "commits": "16", "top-share": "0.75", "releasers": "1", "newcomers": "0", "new-hands": "0"}},
		{"the newcomer releases", "2023-06-30", map[string]string{
			"authors": "2", "releases": "4", "releasers": "2", "newcomers": "1", "new-hands": "2", "signed": "0.75", "silence": "60", "release-age": "57"}},
		{"it is old news", "2026-06-30", map[string]string{
			"authors": "0", "commits": "0", "top-share": "no-commits", "releases": "0", "releasers": "0", "newcomers": "0", "new-hands": "0", "signed": "no-recent", "silence": "1156"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			has(t, tell(t, dir, c.at), c.want)
		})
	}
}

func TestNobodyIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	handover().bare(t, filepath.Join(dir, folder, "project.git"))
	all, err := Reader{}.All(context.Background(), dir, day("2023-06-30"))
	if err != nil {
		t.Fatal(err)
	}
	note, err := os.ReadFile(filepath.Join(dir, folder, "project"+noteEnd))
	if err != nil {
		t.Fatal(err)
	}
	text := asJSON(t, all) + string(note)
	for _, w := range []who{ada, ben} {
		for part := range strings.FieldsFuncSeq(w.name+" "+w.mail, func(r rune) bool { return r == ' ' || r == '@' }) {
			if strings.Contains(strings.ToLower(text), strings.ToLower(part)) {
				t.Errorf("%q is in what leaves the package", part)
			}
		}
	}
}

func TestWhoIsWho(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		people  []who
		mailmap string
		want    string // authors
	}{
		{"equal address", []who{{"Ada Lovelace", "ada@engine.test"}, {"al", "ADA@engine.test"}}, "", "1"},
		{"equal name", []who{{"Ada Lovelace", "ada@engine.test"}, {"ada  lovelace", "ada@home.test"}}, "", "1"},
		{"by a third", []who{{"Ada Lovelace", "ada@engine.test"}, {"al", "al@home.test"}, {"al", "ada@engine.test"}}, "", "1"},
		{"two people", []who{ada, ben}, "", "2"},
		{"mailmap joins", []who{ada, {"Lady L", "lady@home.test"}}, "Ada Lovelace <ada@engine.test> <lady@home.test>\n", "1"},
		{"mailmap parts two of one address", []who{{"Ada", "team@engine.test"}, {"Ben", "team@engine.test"}},
			"Ada <ada@engine.test> Ada <team@engine.test>\nBen <ben@engine.test> Ben <team@engine.test>\n", "2"},
		{"mailmap is a link", []who{ada, {"Lady L", "lady@home.test"}}, "link:Ada Lovelace <ada@engine.test> <lady@home.test>", "2"},
		{"no names", []who{{"root", "root@localhost"}, {"root", "root@a.test"}, {"unknown", "x@localhost"}}, "", "3"},
		{"programs", []who{ada, {"dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"}, {"Renovate Bot", "bot@renovateapp.test"},
			{"release-bot", "r@r.test"}, {"GitHub", "noreply@github.com"}}, "", "1"},
		{"people who are called so", []who{{"Jan Bot", "jan@bot-family.example"}, {"Kees Bot", "kees@home.test"}, {"Talbot", "t@t.test"}, {"Abbot", "a@abbey.test"}}, "", "3"},
		{"a program with a person's address", []who{ada, {"release-bot", "ada@engine.test"}}, "", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			if c.mailmap != "" {
				s.by(c.people[0], "2020-01-01", ".mailmap="+c.mailmap)
			}
			for i, w := range c.people {
				s.by(w, fmt.Sprintf("2023-01-%02d", i+1), fmt.Sprintf("f%d.c=x", i))
			}
			has(t, tell(t, s.bare(t), "2023-02-01"), map[string]string{"authors": c.want})
		})
	}
}

// TestProgramWithAnAddress: a program that bears a person's address takes nothing
// from them, and does not keep the person's names apart.
func TestProgramWithAnAddress(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.by(ada, "2023-01-01", "a.c=1")
	s.by(who{"al", "ada@engine.test"}, "2023-01-02", "b.c=1")
	s.by(who{"release-bot", "ada@engine.test"}, "2023-01-03", "version=1")
	has(t, tell(t, s.bare(t), "2023-01-04"), map[string]string{"authors": "1", "truck-factor": "1", "silence": "2"})
}

// TestMailmapOfTheDay: who is who is what was known on that day.
func TestMailmapOfTheDay(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.by(ada, "2023-01-01", "a.c=1")
	s.by(who{"Lady L", "lady@home.test"}, "2023-01-02", "b.c=1")
	s.by(ada, "2023-01-05", ".mailmap=Ada Lovelace <ada@engine.test> <lady@home.test>\n")
	dir := s.bare(t)
	has(t, tell(t, dir, "2023-01-04"), map[string]string{"authors": "2"})
	has(t, tell(t, dir, "2023-01-05"), map[string]string{"authors": "1"})
}

func TestDatesThatLie(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.by(ada, "2020-01-01", "a.c=1")
	s.on("main", time.Unix(60, 0), ben, ben, 0, "a.c=2") // 1970
	s.by(cleo, "2099-01-01", "a.c=3")                    // to come
	s.by(ada, "2020-06-01", "a.c=4")
	s.tag("v1.0", ben, "2020-06-02", "")
	dir := s.bare(t)
	// Ben's commit has no date, so that he is as new as his tag.
	has(t, tell(t, dir, "2020-06-30"), map[string]string{"authors": "1", "commits": "2", "silence": "29", "newcomers": "0", "releases": "1"})
	has(t, tell(t, dir, "2019-12-31"), map[string]string{"silence": "no-commits", "authors": "0"})
	allUnknown(t, tell(t, dir, "1969-12-31"), NoHistory)
}

func TestReleases(t *testing.T) {
	t.Parallel()
	base := func(f func(s *story)) *story {
		s := newStory()
		s.by(ada, "2015-01-01", "a.c=1")
		f(s)
		return s
	}
	for _, c := range []struct {
		name  string
		story *story
		want  map[string]string
	}{
		{"none", base(func(*story) {}), map[string]string{"releases": "no-tags", "releasers": "no-tags", "newcomers": "no-tags", "signed": "no-tags", "release-age": "no-tags"}},
		{"tags that are no releases", base(func(s *story) {
			for _, n := range []string{"nightly-20230101", "latest", "debian/1.2-3", "before-merge-2", "0123456789abcdef"} {
				s.tag(n, ada, "2022-01-01", "")
			}
		}), map[string]string{"releases": "no-tags"}},
		{"a plain tag is its committer's", base(func(s *story) { s.by(ben, "2022-06-01", "b.c=1"); s.plain("1.0") }),
			map[string]string{"releases": "1", "releasers": "1", "newcomers": "1", "signed": "0", "release-age": "29"}},
		{"a plain tag of a forge's own commit", base(func(s *story) {
			s.on("main", day("2022-06-01"), ben, who{"GitHub", "noreply@github.com"}, 0, "b.c=1")
			s.plain("1.0")
		}), map[string]string{"releases": "1", "releasers": "no-maker", "newcomers": "no-maker", "new-hands": "no-maker"}},
		{"who was there in the first year is no newcomer", young("2021-05-30"), map[string]string{"newcomers": "0", "new-hands": "0", "releasers": "1"}},
		{"who came after it is one", young("2021-06-03"), map[string]string{"newcomers": "1", "new-hands": "1", "releasers": "1"}},
		{"three years make an old hand", base(func(s *story) {
			s.by(ben, "2019-06-01", "b.c=1")
			s.tag("v1", ben, "2022-06-02", "")
		}), map[string]string{"newcomers": "0", "releasers": "1", "new-hands": "0"}},
		{"a day less does not", base(func(s *story) {
			s.by(ben, "2019-06-01", "b.c=1")
			s.tag("v1", ben, "2022-05-31", "")
		}), map[string]string{"newcomers": "1", "releasers": "1", "new-hands": "1"}},
		{"who came by a release alone", base(func(s *story) { s.tag("v1", cleo, "2022-06-01", "") }), map[string]string{"newcomers": "1"}},
		{"the last is an old hand's", base(func(s *story) {
			s.tag("v1", cleo, "2022-05-01", "")
			s.tag("v2", ada, "2022-06-01", "")
		}), map[string]string{"newcomers": "1", "new-hands": "0", "releasers": "2"}},
		{"a tagger is known by another name", base(func(s *story) { s.tag("v1", who{"ADA", "ada@engine.test"}, "2022-06-01", "") }),
			map[string]string{"newcomers": "0", "releasers": "1"}},
		{"a tag of the day after", base(func(s *story) { s.tag("v1", ada, "2022-07-01", "") }), map[string]string{"releases": "no-tags"}},
		{"signed by SSH", base(func(s *story) { s.tag("v1", ada, "2022-06-01", "x\n-----BEGIN SSH SIGNATURE-----\n") }), map[string]string{"signed": "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			has(t, tell(t, c.story.bare(t), "2022-06-30"), c.want)
		})
	}
}

// young is a history since 2020-06-01, with a release of one who came later.
func young(came string) *story {
	s := newStory()
	s.by(ada, "2020-06-01", "a.c=1")
	s.by(ben, came, "b.c=1")
	s.tag("v1", ben, "2022-06-01", "")
	return s
}

// TestMerges: who merges breaks the silence, and has written nothing.
func TestMerges(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.by(ada, "2022-01-01", "a.c=1")
	s.tip["side"] = s.tip["main"]
	side := s.on("side", day("2022-01-02"), ben, ben, 0, "b.c=1")
	s.on("main", day("2022-01-05"), ada, ada, side, "b.c=1")
	dir := s.bare(t)
	has(t, tell(t, dir, "2022-01-06"), map[string]string{"commits": "2", "authors": "2", "top-share": "0.5", "silence": "1"})
	has(t, tell(t, dir, "2022-01-04"), map[string]string{"commits": "1", "authors": "1", "silence": "3"}) // it is not merged yet
}

// TestNestedTag: a tag of a tag is the release of who made the outer one.
func TestNestedTag(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.by(ada, "2010-01-01", "a.c=1")
	s.tag("inner", ada, "2022-01-01", "")
	dir := s.bare(t)
	id := runGit(t, dir, []byte("object "+runGit(t, dir, nil, "rev-parse", "inner")+"\ntype tag\ntag v1.0\ntagger "+ben.at(day("2022-06-01"))+"\n\nx\n"), "mktag")
	runGit(t, dir, nil, "update-ref", "refs/tags/v1.0", id)
	has(t, tell(t, dir, "2022-06-30"), map[string]string{"releases": "1", "releasers": "1", "newcomers": "1"})
}

func TestGapFromTheStart(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.by(ada, "2022-01-01", "a.c=1")
	s.by(ada, "2022-01-11", "a.c=2")
	s.on("main", day("2022-03-01"), who{"dependabot[bot]", "d@d.test"}, ada, 0, "a.c=3")
	dir := s.bare(t)
	has(t, tell(t, dir, "2022-01-12"), map[string]string{"longest-gap": "9", "silence": "1"})
	has(t, tell(t, dir, "2022-03-02"), map[string]string{"longest-gap": "50", "silence": "50"}) // a program breaks no silence
}

func TestFieldsAreTold(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range Fields() {
		if f.Name == "" || f.Unit == "" || !strings.HasSuffix(f.Why, ".") || seen[f.Name] {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
	}
	if n := strings.Count(asJSON(t, Told{}), `"n"`); n != len(seen) {
		t.Errorf("%d fields are told of, %d are in the catalogue", n, len(seen))
	}
	for why := range reasons {
		if !strings.HasSuffix(why.Text(), ".") {
			t.Errorf("%s has no sentence", why)
		}
	}
}
