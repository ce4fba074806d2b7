package intake

import (
	"slices"
	"strings"
	"testing"
)

func TestFindMentions(t *testing.T) {
	t.Parallel()
	own := map[string]bool{"curl": true, "libcurl": true, "libxml2": true, "openssl": true}
	full := strings.Repeat("0123456789", 4)
	tests := []struct {
		text string
		want string // kind:text, with spaces between
	}{
		{"", ""},
		{"8.4.0", "release:8.4.0"},
		{"v8.4", "release:8.4"},
		{"V8.4.0.", "release:8.4.0"},
		{"curl 8.4.0", "release:8.4.0"},
		{"curl-8.4.0", "release:8.4.0"},
		{"curl-8_4_0", "release:8_4_0"},
		{"libxml2-2.9.10", "release:2.9.10"},
		{"OpenSSL_1_1_1k", "release:1_1_1k"},
		{"8.4.0, 8.5.0 and 8.6.0", "release:8.4.0 release:8.5.0 release:8.6.0"},
		{"8.4.0 8.4.0", "release:8.4.0"},
		{"(8.4.0)", "release:8.4.0"},
		{"8.x", "release:8.x"},
		{"8.4.*", "release:8.4"},
		{"9.9p1", "release:9.9p1"},
		{"7.88.1-10+deb12u5", "release:7.88.1-10+deb12u5"},
		{"from 7.1 to 8.4.0", "release:7.1 release:8.4.0"},
		{"7.1–8.4.0", "release:7.1 release:8.4.0"},
		{"7.1..8.4.0", "release:7.1 release:8.4.0"},
		{">= 7.1, < 9.9", "release:7.1"},
		{">=7.1 <9.9", "release:7.1"},
		{"≥7.1 ≤9.9", "release:7.1"},
		// The end of a range, or a release to come, need not exist.
		{"all versions before 9.0", ""},
		{"prior to 9.0", ""},
		{"up to 9.0", ""},
		{"older than 9.0", ""},
		{"fixed in 9.0", ""},
		{"fixed in the release 9.0", ""},
		{"9.0-DEV", ""},
		{"9.0.0-SNAPSHOT", ""},
		// Numbers of other things.
		{"8.4.0 on Ubuntu 22.04", "release:8.4.0"},
		{"Ubuntu 22.04 and 24.04", ""},
		{"Python 3.11, curl 8.4.0", "release:8.4.0"},
		{"curl 8.4.0 (x86_64-pc-linux-gnu) libcurl/8.4.0 OpenSSL/3.0.2 zlib/1.2.11 nghttp2/1.43.0", "release:8.4.0"},
		{"OpenSSL/3.0.2", "release:3.0.2"},
		{"zlib/1.2.11 1.2.12", ""},
		{"gcc version 12.2.0", ""},
		{"2024-01-15", ""},
		{"since 2019", ""},
		{"10", ""},
		{"about 3 years, 5 times", ""},
		{"İ8.4.0", ""},
		// Commits and branches.
		{"abc1234", "commit:abc1234"},
		{"commit ABC1234", "commit:abc1234"},
		{full, "commit:" + full},
		{"1234567", ""},
		{"deadbeef", ""},
		{"acceded", ""},
		{"v8.4.0-14-gabc1234-dirty", "release:8.4.0 commit:abc1234"},
		{"latest", "latest:latest"},
		{"the latest release (8.4.0)", "latest:latest release:8.4.0"},
		{"git master", "branch:master"},
		{"HEAD", "branch:HEAD"},
	}
	for _, tt := range tests {
		var got []string
		for _, m := range findMentions(tt.text, own) {
			got = append(got, string(m.kind)+":"+m.text)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, strings.Join(got, " "), tt.want)
		}
	}
	if n := len(findMentions(strings.Repeat("1.2 ", 3)+strings.Join(manyVersions(100), " "), own)); n > maxMentions {
		t.Errorf("%d mentions are looked up", n)
	}
}

func manyVersions(n int) (list []string) {
	for i := range n {
		list = append(list, "1."+strings.Repeat("1", i%9+1)+"."+strings.Repeat("2", i/9+1))
	}
	return list
}

func TestReleasesKnow(t *testing.T) {
	t.Parallel()
	r := newReleases([]string{"curl-8_4_0", "curl-8_4_1", "curl-7_88_1", "v2.3", "V_9_9_P1", "libxml2-2.9.10", "OpenSSL_1_1_1k",
		"v1.0.0-rc.1", "2024.01", "cmd/tool/v3.1.4", "release/5.5", "no-number"})
	tests := []struct {
		version string
		known   bool
	}{
		{"8.4.0", true}, {"8_4_0", true}, {"8.4", true}, {"8.x", true}, {"8.4.x", true}, {"8.04.0", true},
		{"8.4.2", false}, {"8.5", false}, {"10.x", false}, {"9.x", true}, {"4.0", false}, {"8.40", false},
		{"2.3", true}, {"2.3.0", true}, {"2.3.0.0", true}, {"2.3.1", false},
		{"9.9p1", true}, {"9.9P1", true}, {"9.9", true}, {"9.9p2", false},
		{"2.9.10", true}, {"2.9.11", false},
		{"1.1.1k", true}, {"1.1.1", true}, {"1.1.1l", false},
		{"1.0.0-rc1", true}, {"1.0-rc.1", true},
		{"2024.1", true}, {"2024.01", true}, {"2024.02", false},
		{"3.1.4", true}, {"5.5", true},
		{"7.88.1-10+deb12u5", true}, {"7.88.2-10+deb12u5", false},
	}
	for _, tt := range tests {
		if got := r.knows(tt.version); got != tt.known {
			t.Errorf("knows(%q) = %v", tt.version, got)
		}
	}
	for version, want := range map[string][]string{"8.4.0": {"curl-8_4_0"}, "8.4": {"curl-8_4_0"}, "2.3.0": {"v2.3"}, "8.9": nil} {
		if got := r.exact(version); !slices.Equal(got, want) {
			t.Errorf("exact(%q) = %q, want %q", version, got, want)
		}
	}
}

func TestNearestReleases(t *testing.T) {
	t.Parallel()
	r := newReleases([]string{"v1.0", "v8.3.0", "v8.4.0", "v8.6.0", "v9.0"})
	if got, want := r.nearest("8.5.0", 3), []string{"v8.4.0", "v8.6.0", "v8.3.0"}; !slices.Equal(got, want) {
		t.Errorf("nearest: %q, want %q", got, want)
	}
	newest := newReleases([]string{"2.0.0", "2.1.0", "2.2.0", "2.3.0"})
	if got, want := newest.nearest("9.9.9", 2), []string{"2.3.0", "2.2.0"}; !slices.Equal(got, want) {
		t.Errorf("nearest to a version above all: %q, want the newest: %q", got, want)
	}
	if got := r.nearest("99999999999999999999.1", 1); !slices.Equal(got, []string{"v9.0"}) {
		t.Errorf("nearest to a huge number: %q", got)
	}
}
