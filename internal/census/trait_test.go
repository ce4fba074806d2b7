package census_test

import (
	"context"
	"testing"

	"steward/internal/census"
	"steward/internal/census/censustest"
)

// TestTraits: a source has the traits of the company that its packages keep, each
// kind once; one that stands on a list has it by itself; and what a package is
// built with alone does not count.
func TestTraits(t *testing.T) {
	t.Parallel()
	suite := censustest.Suite(t, `Package: adduser
Version: 1
Description: makes users

Package: lsb-base
Version: 1
Description: scripts

Package: libssl3
Source: openssl
Version: 1
Description: shared library

Package: libgnutls30
Source: gnutls28
Version: 1
Description: shared library

Package: sayd
Version: 1
Depends: adduser, lsb-base, libssl3, libgnutls30
Description: Say to the NETWORK, a server

Package: plain
Version: 1
Description: networked servery things

`, "Package: plain\nVersion: 1\nBuild-Depends: adduser, libssl3\n\nPackage: absent\nVersion: 1\n\n")
	table := censustest.Table(t, suite, census.More{})
	m, err := census.ParseModel([]byte(`{"name":"m","method":"rank-sum","signals":[{"signal":"size","weight":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := census.Rank(context.Background(), table, m)
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]map[string]string{
		"sayd":    {"service": "3", "network": "2", "rights": "0", "formats": "0"},
		"openssl": {"service": "0", "network": "1", "rights": "0", "formats": "0"},
		"adduser": {"service": "1", "network": "0", "rights": "0", "formats": "0"},
		"plain":   {"service": "0", "network": "0", "rights": "0", "formats": "0"},
		"absent":  {"service": "?", "network": "?", "rights": "?", "formats": "?"},
	} {
		e, err := r.Explain(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range e.Signals {
			if w, ok := want[v.Name]; ok && v.Shown != w {
				t.Errorf("%s of %s is %s, not %s", v.Name, source, v.Shown, w)
			}
		}
	}
}

// TestUnsafe: what links the library of C is compiled from it unless another
// compiler built it; what links that of C++ is in any case.
func TestUnsafe(t *testing.T) {
	t.Parallel()
	var p, q string
	want := map[string]string{}
	for _, s := range []struct{ name, needs, built, unsafe string }{
		{"libc6", "", "", "1"},
		{"libstdc++6", "libc6", "", "1"},
		{"default-jdk", "", "", "0"},
		{"in-c", "libc6", "", "1"},
		{"in-java", "libc6", "default-jdk", "0"},
		{"in-both", "libc6, libstdc++6", "default-jdk", "1"},
		{"in-cxx", "libstdc++6", "", "1"},
		{"in-shell", "", "", "0"},
	} {
		p += "Package: " + s.name + "\nVersion: 1\nDepends: " + s.needs + "\n\n"
		q += "Package: " + s.name + "\nVersion: 1\nBuild-Depends: " + s.built + "\n\n"
		want[s.name] = s.unsafe
	}
	suite := censustest.Suite(t, p, q)
	table := censustest.Table(t, suite, census.More{})
	for i := range suite.Sources {
		if name := suite.Sources[i].Name; table.Shown("memory-unsafe", i) != want[name] {
			t.Errorf("%s: %s", name, table.Shown("memory-unsafe", i))
		}
	}
}
