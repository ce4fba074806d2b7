package csaf

import (
	"strings"
	"testing"
)

func TestVersionOrder(t *testing.T) {
	t.Parallel()
	// Each is smaller than the next; the pre-releases are the order that
	// semver.org gives as its example.
	ordered := []Version{
		"0", "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
		"1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2", "10",
	}
	for i, a := range ordered {
		for j, b := range ordered {
			va, errA := parseVersion(a)
			vb, errB := parseVersion(b)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := va.compare(vb); got != want {
				t.Errorf("%s to %s: %d, not %d", a, b, got, want)
			}
		}
	}
	for _, v := range []Version{"", "1.0", "v1", "1.0.0-", "1.0.0-01", "-1", "1.0.0+", "1 "} {
		if v.fault() == "" {
			t.Errorf("%q is taken", v)
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		value checked
		ok    bool
	}{
		{CPE("cpe:2.3:a:haxx:curl:8.4.0:*:*:*:*:*:*:*"), true},
		{CPE(`cpe:2.3:o:foo:bar\!baz:-:*:*:de-AT:*:*:*:*`), true},
		{CPE("cpe:/a:haxx:curl:8.4.0"), true},
		{CPE("cpe:2.3:a:haxx:curl"), false},
		{CPE("cpe:2.3:a:haxx:curl:8.4.0:*:*:*:*:*:*:* and more"), false},
		{CPE("see cpe:/a:haxx:curl"), false},
		{HashValue(strings.Repeat("0aF", 11)), true},
		{HashValue("d41d8cd98f00b204e9800998ecf8427"), false},
		{Category("Ein Hinweis"), true},
		{Category("x"), true},
		{Category("two\nlines"), false},
		{Category(".x"), false},
		{TrackingID("a b"), true},
		{TrackingID(" a"), false},
		{Lang("i-default"), true},
		{Lang("sl-rozaj-biske"), true},
		{Lang("de-"), false},
		{URI("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"), true},
		{URI("mailto:security@libfoo.example"), true},
		{URI("https://libfoo.example/ü"), false},
		{URI("https://[::1/"), false},
		{URI(""), false},
		{PURL("pkg:golang/x y"), false},
		{PURL("pkg:golang"), false},
		{CVSSVector("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), false},
		{CVSSVector("CVSS:3.1/AV:N/"), false},
		{CVSSVector(strings.Repeat("AV:N/", 100) + "AV:N"), false},
		{Points(-0.1), false},
		{ThreatCategory("impact"), true},
		{RestartCategory("reboot"), false},
	} {
		if fault := tc.value.fault(); (fault == "") != tc.ok {
			t.Errorf("%T %q: %q", tc.value, tc.value, fault)
		}
	}
}

func TestFilename(t *testing.T) {
	t.Parallel()
	for id, want := range map[TrackingID]string{
		"LF-2026-0001":            "lf-2026-0001.json",
		"Example Company - 2019":  "example_company_-_2019.json",
		"2022_#01-A":              "2022_01-a.json",
		"RHBA-2019:0024+b":        "rhba-2019_0024+b.json",
		"../../etc/passwd\x00.gz": "_etc_passwd_gz.json",
	} {
		if got := Filename(id); got != want {
			t.Errorf("%q: %q, not %q", id, got, want)
		}
	}
}

func TestNewCVSS3(t *testing.T) {
	t.Parallel()
	for vector, want := range map[string]CVSS3{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H": {Version: "3.1", BaseScore: 9.8, BaseSeverity: "CRITICAL"},
		"CVSS:3.0/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N": {Version: "3.0", BaseScore: 2.2, BaseSeverity: "LOW"},
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N": {Version: "3.1", BaseScore: 0, BaseSeverity: "NONE"},
	} {
		got, err := NewCVSS3(vector)
		if err != nil {
			t.Errorf("%s: %v", vector, err)
			continue
		}
		want.VectorString = CVSSVector(vector)
		if *got != want {
			t.Errorf("%s: %+v", vector, *got)
		}
	}
	for _, vector := range []string{"", "AV:N/AC:L/Au:N/C:C/I:C/A:C", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"} {
		if got, err := NewCVSS3(vector); err == nil {
			t.Errorf("%s: %+v", vector, *got)
		}
	}
}

func TestWeaknessName(t *testing.T) {
	t.Parallel()
	if name, ok := WeaknessName("CWE-787"); !ok || name != "Out-of-bounds Write" {
		t.Errorf("CWE-787: %q, %v", name, ok)
	}
	if name, ok := WeaknessName("CWE-1000"); ok { // a view
		t.Errorf("CWE-1000: %q", name)
	}
	if n := len(weaknesses()); n != 968 {
		t.Errorf("%d weaknesses, not the 968 of CWE 4.17", n)
	}
}
