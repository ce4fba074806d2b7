package sbom_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/censustest"
	"steward/internal/census/change"
	"steward/internal/census/sbom"
)

// packages are those of a small distribution: the package, its source, and what
// else it stands for.
var packages = []string{
	"libc6 glibc", "libc-bin glibc", "curl curl", "libssl3t64 openssl", "openssl openssl libssl-virtual", "libicu76 icu",
	"gcc-13-base gcc-13", "gcc-14-base gcc-14", "libfoo1 foo", "libfoo2 foo-old", "libidn12 libidn", "libidn2-0 libidn2", "libldap-2.5-0 openldap",
	"python3-requests requests", "python3-yaml pyyaml", "python3-zope.interface zope.interface", "python3-dateutil python-dateutil", "python3-django python-django", "magic magic",
	"node-lodash node-lodash", "node-babel7 node-babel7 node-babel-core", "node-tar node-tar", "tar tar", "node-debug node-debug",
	"librust-serde-dev rust-serde librust-serde-1-dev librust-serde-1.0-dev", "librust-rand-0.7-dev rust-rand-0.7", "librust-rand-dev rust-rand librust-rand-0.8-dev", "librust-once-cell-dev rust-once-cell",
	"golang-github-spf13-cobra-dev golang-github-spf13-cobra", "golang-golang-x-net-dev golang-golang-x-net", "golang-gopkg-yaml.v3-dev golang-gopkg-yaml.v3",
	"golang-go.uber-zap-dev golang-go.uber-zap", "golang-github-go-chi-chi-dev golang-github-go-chi-chi", "golang-github-hashicorp-golang-lru-v2-dev golang-github-hashicorp-golang-lru-v2",
	"golang-google-grpc-dev golang-google-grpc", "golang-github-aws-aws-sdk-go-dev golang-github-aws-aws-sdk-go", "golang-1.24-go golang-1.24", "containerd containerd", "golang-github-container-dev containerd",
	"ruby-rack ruby-rack", "ruby-rails rails", "libjson-perl libjson-perl", "libwww-perl libwww-perl", "libghc-aeson-dev haskell-aeson",
	"libcommons-io-java commons-io", "php-symfony-console symfony", "php-twig php-twig", "r-cran-rcpp rcpp", "zlib1g zlib", "lua-socket lua-socket", "erlang-cowboy erlang-cowboy",
}

func suite(t *testing.T) *archive.Suite {
	t.Helper()
	var b strings.Builder
	for _, line := range packages {
		w := strings.Fields(line)
		fmt.Fprintf(&b, "Package: %s\nSource: %s\nVersion: 1\n", w[0], w[1])
		if len(w) > 2 {
			fmt.Fprintf(&b, "Provides: %s (= 1)\n", strings.Join(w[2:], " (= 1), "))
		}
		fmt.Fprint(&b, "\n")
	}
	s := censustest.Suite(t, b.String(), "")
	return s
}

// TestFind: by which rule a component is taken for which source; nothing if none
// fits, as npm's tar is not GNU's.
func TestFind(t *testing.T) {
	t.Parallel()
	s := suite(t)
	names := sbom.NewNames(s)
	for _, c := range []struct {
		purl, name, origin string
		want               string
	}{
		{"pkg:deb/debian/glibc@2.36-9?arch=source", "", "", "glibc deb-source"},
		{"pkg:deb/debian/libc6@2.36-9?arch=amd64&upstream=glibc%402.36-9&distro=debian-12", "", "", "glibc deb-upstream"},
		{"pkg:deb/debian/locales@2.36-9?upstream=glibc", "", "", "glibc deb-upstream"},
		{"pkg:deb/debian/locales@2.36-9", "", "glibc", "glibc deb-upstream"},
		{"pkg:deb/debian/libc6@2.36-9", "", "", "glibc deb-binary"},
		{"pkg:deb/ubuntu/curl@8.5.0", "", "", "curl deb-binary"},
		{"pkg:deb/debian/libssl-virtual@3", "", "", "openssl deb-provided"},
		{"pkg:deb/debian/libssl1.1@1.1.1n", "", "", "openssl deb-renamed"},
		{"pkg:deb/debian/libssl3@3.0", "", "", "openssl deb-renamed"},
		{"pkg:deb/debian/libicu72@72", "", "", "icu deb-renamed"},
		{"pkg:deb/debian/libidn11@1", "", "", "libidn deb-renamed"},
		{"pkg:deb/debian/libidn2-1@1", "", "", "libidn2 deb-renamed"},
		{"pkg:deb/debian/libldap-2.4-2@2", "", "", "openldap deb-renamed"},
		{"pkg:deb/debian/python3@3", "", "", ""},
		{"pkg:deb/debian/libfoo9@1", "", "", ""}, // of two sources
		{"pkg:deb/debian/gcc-12-base@12", "", "", ""},
		{"pkg:deb/debian/python-dateutil@2", "", "", "python-dateutil deb-name"},
		{"pkg:deb/debian/nothing@2", "", "", ""},
		{"pkg:pypi/requests@2.31", "", "", "requests package"},
		{"pkg:pypi/PyYAML@6", "", "", "pyyaml own-name"},
		{"pkg:pypi/zope.interface@6", "", "", "zope.interface package"},
		{"pkg:pypi/python-dateutil@2", "", "", "python-dateutil package"},
		{"pkg:pypi/Django@4", "", "", "python-django package"},
		{"pkg:pypi/magic@1", "", "", ""}, // the source of that name builds nothing for Python
		{"pkg:npm/lodash@4", "", "", "node-lodash package"},
		{"pkg:npm/%40babel/core@7", "", "", "node-babel7 provided"},
		{"pkg:npm/tar@6", "", "", "node-tar package"},
		{"pkg:npm/%40scope/tar@6", "", "", ""},
		{"pkg:npm/curl@1", "", "", ""},
		{"pkg:cargo/serde@1.0.200", "", "", "rust-serde provided"},
		{"pkg:cargo/rand@0.7.3", "", "", "rust-rand-0.7 package"},
		{"pkg:cargo/rand@0.8.5", "", "", "rust-rand provided"},
		{"pkg:cargo/once_cell@1.19.0", "", "", "rust-once-cell package"},
		{"pkg:golang/github.com/spf13/cobra@v1.8.0", "", "", "golang-github-spf13-cobra package"},
		{"pkg:golang/golang.org/x/net@v0.20.0", "", "", "golang-golang-x-net package"},
		{"pkg:golang/gopkg.in/yaml.v3@v3.0.1", "", "", "golang-gopkg-yaml.v3 package"},
		{"pkg:golang/go.uber.org/zap@v1.26.0", "", "", "golang-go.uber-zap package"},
		{"pkg:golang/google.golang.org/grpc@v1.60", "", "", "golang-google-grpc package"},
		{"pkg:golang/github.com/go-chi/chi/v5@v5.0.1", "", "", "golang-github-go-chi-chi package"},
		{"pkg:golang/github.com/hashicorp/golang-lru/v2@v2.0.1", "", "", "golang-github-hashicorp-golang-lru-v2 package"},
		{"pkg:golang/github.com/aws/aws-sdk-go/service/s3@v1", "", "", "golang-github-aws-aws-sdk-go package"},
		{"pkg:golang/github.com/containerd/containerd@v1.7", "", "", "containerd own-name"},
		{"pkg:golang/github.com/curl/curl@v1", "", "", ""},
		{"pkg:golang/stdlib@v1.24.4", "", "", "golang-1.24 source"},
		{"pkg:gem/rack@3", "", "", "ruby-rack package"},
		{"pkg:gem/rails@7", "", "", "rails package"},
		{"pkg:cpan/ISHIGAKI/JSON@4", "", "", "libjson-perl package"},
		{"pkg:cpan/OALDERS/libwww-perl@6", "", "", "libwww-perl package"},
		{"pkg:hackage/aeson@2", "", "", "haskell-aeson package"},
		{"pkg:maven/commons-io/commons-io@2", "", "", "commons-io artifact"},
		{"pkg:composer/symfony/console@6", "", "", "symfony package"},
		{"pkg:composer/twig/twig@3", "", "", "php-twig package"},
		{"pkg:cran/Rcpp@1", "", "", "rcpp package"},
		{"pkg:luarocks/socket@3", "", "", "lua-socket package"},
		{"pkg:hex/cowboy@2", "", "", "erlang-cowboy package"},
		{"pkg:generic/openssl@3", "", "", "openssl same-name"},
		{"pkg:github/madler/zlib@1.3", "", "", "zlib same-name"},
		{"pkg:conan/zlib@1.3", "", "", "zlib same-name"},
		{"pkg:apk/alpine/libcrypto3@3?upstream=openssl", "", "", "openssl same-name"},
		{"pkg:rpm/fedora/openssl-libs@3?upstream=openssl-3.0.7-24.el9.src.rpm", "", "", "openssl same-name"},
		{"pkg:oci/curl@sha256:00", "", "", ""},
		{"pkg:nuget/curl@1", "", "", ""},
		{"", "OpenSSL", "", "openssl same-name"},
		{"", "zlib1g", "", "zlib same-package"},
		{"no url", "curl", "", "curl same-name"},
		{"", "nothing", "", ""},
	} {
		got := ""
		if i, by, ok := names.Find(&sbom.Component{Name: c.name, PURL: c.purl, Origin: c.origin}); ok {
			got = s.Sources[i].Name + " " + string(by)
		}
		if got != c.want {
			t.Errorf("%s %s: %q, want %q", c.purl, c.name, got, c.want)
		}
	}
	for rule, want := range map[sbom.Rule]sbom.Certainty{sbom.DebBinary: sbom.Certain, sbom.Package: sbom.Likely, sbom.DebRenamed: sbom.Likely, sbom.SameName: sbom.Possible} {
		if got := rule.Certainty(); got != want {
			t.Errorf("%s is %s", rule, got)
		}
	}
}

func document(t *testing.T, text string) *sbom.Document {
	t.Helper()
	d, err := sbom.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ranking(t *testing.T, s *archive.Suite) *census.Ranking {
	t.Helper()
	table := censustest.Table(t, s, census.More{})
	return censustest.Rank(t, table, "rank-sum")
}

// chain is app → curl → libssl3 → libc6 and libc-bin, which are of one source, and
// something nobody knows.
const chain = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
 {"type":"library","bom-ref":"app","name":"app","version":"=1"},
 {"type":"library","bom-ref":"c","name":"curl","version":"8","purl":"pkg:deb/debian/curl@8"},
 {"type":"library","bom-ref":"s","name":"libssl3","version":"3","purl":"pkg:deb/debian/libssl3@3"},
 {"type":"library","bom-ref":"g","name":"libc6","version":"2","purl":"pkg:deb/debian/libc6@2"},
 {"type":"library","bom-ref":"b","name":"libc-bin","version":"2","purl":"pkg:deb/debian/libc-bin@2"}],
 "dependencies":[{"ref":"app","dependsOn":["c"]},{"ref":"c","dependsOn":["s"]},{"ref":"s","dependsOn":["g"]},{"ref":"b","dependsOn":["g"]}]}`

// TestJoin: what rests on each source within the documents is counted over all of
// them, and nothing is dropped.
func TestJoin(t *testing.T) {
	t.Parallel()
	s := suite(t)
	r := ranking(t, s)
	j, err := sbom.Join(context.Background(), s, []sbom.Named{{File: "one", Document: document(t, chain)}, {File: "two", Document: document(t, formats["SPDX 2.3"])}})
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) *sbom.Held {
		return j.Held[slices.IndexFunc(s.Sources, func(x archive.Source) bool { return x.Name == name })]
	}
	// app, curl and libssl3 of the first, curl of the second
	if g := at("glibc"); g.Dependents != 4 || !slices.Equal(g.NeededBy, []string{"curl", "libssl3"}) || len(g.Found) != 3 {
		t.Errorf("glibc: %+v", g)
	}
	if c := at("curl"); c.Dependents != 1 || !slices.Equal(c.NeededBy, []string{"app"}) {
		t.Errorf("curl: %+v", c)
	}
	if len(j.Unmatched) != 1 || j.Unmatched[0].Name != "app" || j.Components != 7 {
		t.Errorf("unmatched: %+v", j.Unmatched)
	}
	rows := j.Rows(r)
	if len(rows) != 3 || rows[0].Rank < 1 || !slices.IsSortedFunc(rows, func(a, b census.Row) int { return a.Rank - b.Rank }) {
		t.Errorf("rows: %+v", rows)
	}
}

// TestWritten: JSON has the form of a ranking with more fields, CSV with more
// columns; both are the same each time.
func TestWritten(t *testing.T) {
	t.Parallel()
	s := suite(t)
	r := ranking(t, s)
	var first []string
	for range 3 {
		j, err := sbom.Join(context.Background(), s, []sbom.Named{{File: "one", Document: document(t, chain)}})
		if err != nil {
			t.Fatal(err)
		}
		e, err := j.Excerpt(r)
		if err != nil {
			t.Fatal(err)
		}
		var object, table bytes.Buffer
		if err := census.WriteJSONExcerpt(&object, r, e); err != nil {
			t.Fatal(err)
		}
		if err := census.WriteCSVExcerpt(&table, r, e); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = []string{object.String(), table.String()}
		}
		if first[0] != object.String() || first[1] != table.String() {
			t.Fatal("two runs differ")
		}
	}
	var got struct {
		SBOM      []struct{ File, Format string }
		Unmatched []sbom.Item
		Of        int
		Sources   []struct {
			Source     string
			Rank       int
			Signals    map[string]*float64
			Components []sbom.Found
			Dependents *int
			NeededBy   []string `json:"needed_by"`
		}
	}
	if err := json.Unmarshal([]byte(first[0]), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Sources) != 3 || got.Of != len(s.Sources) || got.SBOM[0].Format != "CycloneDX 1.6" || len(got.Unmatched) != 1 || got.Unmatched[0].Times != 1 {
		t.Errorf("%+v", got)
	}
	for _, one := range got.Sources {
		if one.Source == "glibc" && (*one.Dependents != 3 || one.Components[0].Rule != sbom.DebBinary || one.Components[0].Certainty != sbom.Certain || len(one.Signals) < 20) {
			t.Errorf("%+v", one)
		}
	}
	if run, err := change.Read(strings.NewReader(first[0])); err != nil || len(run.Sources) != 3 {
		t.Errorf("as a run: %v", err)
	}
	lines, err := csv.NewReader(strings.NewReader(first[1])).ReadAll()
	if err != nil || len(lines) != 5 {
		t.Fatalf("%v: %q", err, lines)
	}
	if last := lines[4]; last[0] != "" || last[len(last)-4] != "app =1" || last[len(last)-2] != "unmatched" {
		t.Errorf("%q", last)
	}
}

// TestUnrelated: of documents without relations it is unknown what rests on what.
func TestUnrelated(t *testing.T) {
	t.Parallel()
	s := suite(t)
	r := ranking(t, s)
	text := chain[:strings.Index(chain, "\"dependencies\"")-3] + "}"
	j, err := sbom.Join(context.Background(), s, []sbom.Named{{File: "one", Document: document(t, text)}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := j.Excerpt(r)
	if err != nil {
		t.Fatal(err)
	}
	if raw := string(e.Of(e.Rows[0].Source)); !strings.Contains(raw, `"dependents":null`) || e.Cells(e.Rows[0].Source)[3] != "" {
		t.Error(raw)
	}
}

// TestNothingDropped: every component is of a source or not known, as often as it
// is there.
func TestNothingDropped(t *testing.T) {
	t.Parallel()
	s := suite(t)
	rapid.Check(t, func(t *rapid.T) {
		var list []string
		for range rapid.IntRange(0, 30).Draw(t, "components") {
			purl := rapid.SampledFrom([]string{"", "pkg:deb/debian/curl@1", "pkg:npm/lodash@4", "pkg:npm/none@1", "pkg:deb/debian/libc6@1", "pkg:nonsense"}).Draw(t, "purl")
			list = append(list, fmt.Sprintf(`{"type":"library","name":%q,"purl":%q}`, rapid.SampledFrom([]string{"curl", "none", "libc6"}).Draw(t, "name"), purl))
		}
		d, err := sbom.Read(strings.NewReader(`{"bomFormat":"CycloneDX","specVersion":"1.5","components":[` + strings.Join(list, ",") + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		j, err := sbom.Join(context.Background(), s, []sbom.Named{{File: "a", Document: d}, {File: "b", Document: d}})
		if err != nil {
			t.Fatal(err)
		}
		times := 0
		for _, item := range j.Unmatched {
			times += item.Times
		}
		for _, h := range j.Held {
			for _, f := range h.Found {
				times += f.Times
			}
		}
		if times != 2*len(list) || j.Components != 2*len(list) {
			t.Fatalf("%d of %d are told", times, 2*len(list))
		}
	})
}

// FuzzFind: whatever a component is called, it is of a source that is there, or of
// none.
func FuzzFind(f *testing.F) {
	for _, purl := range []string{"pkg:deb/debian/libc6@2?upstream=glibc", "pkg:golang/a.b/c/v2@1", "pkg:npm/%40a/b", "pkg:cargo/a@0.1.2", "pkg:rpm/a/b?upstream=c-1-2.src.rpm", ""} {
		f.Add(purl, "curl", "glibc")
	}
	var packages strings.Builder
	for _, name := range []string{"libc6", "curl", "node-a-b", "golang-a-c-dev", "t64", "lib-1", "python3-x"} {
		fmt.Fprintf(&packages, "Package: %s\nVersion: 1\n\n", name)
	}
	s, err := archive.Load(context.Background(), [][]byte{[]byte(packages.String())}, nil)
	if err != nil {
		f.Fatal(err)
	}
	names := sbom.NewNames(s)
	f.Fuzz(func(t *testing.T, purl, name, origin string) {
		i, by, ok := names.Find(&sbom.Component{Name: name, PURL: purl, Origin: origin})
		if ok && (i < 0 || i >= len(s.Sources) || by == "" || by.Certainty() == "") {
			t.Fatalf("%d by %q", i, by)
		}
	})
}
