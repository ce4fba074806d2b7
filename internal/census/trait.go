package census

import (
	"math/bits"
	"slices"
	"strings"

	"steward/internal/census/archive"
)

// trait is something that a source is known to do by what it keeps company with:
// each kind of company counts once.
type trait struct {
	signal string
	kinds  []company
}

// company is what shows one kind of a trait: a package that it needs or is, or
// the source of one, or a word of a description.
type company struct {
	sources, packages, words string // each a list with blanks between
}

// traits are read from dependencies, which a build keeps true, rather than from
// facets that people gave once. A source of the lists has the trait itself.
var traits = []trait{
	{"service", []company{
		{packages: "adduser systemd-standalone-sysusers opensysusers"}, // a user of its own
		{packages: "lsb-base init-system-helpers sysvinit-utils"},      // scripts that start it
		{packages: "libsystemd0"},                                      // it tells the init system how it is
		{packages: "logrotate update-inetd libwrap0"},
		{words: "server servers daemon daemons service"},
	}},
	{"network", []company{
		{sources: "openssl gnutls28 nss mbedtls wolfssl libssh libssh2"},
		{sources: "curl libsoup2.4 libsoup3 neon27 nghttp2 nghttp3 serf"},
		{sources: "krb5 openldap cyrus-sasl2 heimdal gsasl"},
		{sources: "libevent libev c-ares libuv1 apr apr-util ldns unbound"},
		{words: "network networks http ldap tls ssl proxy protocol dns smtp imap ssh vpn"},
	}},
	{"rights", []company{
		{sources: "pam"},
		{sources: "libcap2 libcap-ng libseccomp"},
		{sources: "audit libselinux apparmor"},
		{sources: "policykit-1"},
		{words: "authentication privileges sudo login password passwords setuid sandbox"},
	}},
	{"formats", []company{
		{sources: "libxml2 libxslt expat xerces-c tinyxml2 rapidjson json-c jansson libyaml"},
		{sources: "libpng1.6 libjpeg-turbo tiff giflib libwebp openjpeg2 libheif librsvg gdk-pixbuf lcms2 imagemagick"},
		{sources: "zlib bzip2 xz-utils lz4 libzstd libarchive minizip"},
		{sources: "freetype harfbuzz poppler ghostscript"},
		{sources: "ffmpeg gstreamer1.0 libsndfile libvorbis flac opus"},
		{words: "parser parsing decoder codec codecs image images pdf xml video audio font fonts compression archive archives viewer browser"},
	}},
}

// traitNamed finds a trait by its signal.
func traitNamed(signal string) int {
	return slices.IndexFunc(traits, func(t trait) bool { return t.signal == signal })
}

// marks are the kinds of each trait as a set of bits.
type marks [4]uint8

func (m *marks) add(other marks) {
	for i := range m {
		m[i] |= other[i]
	}
}

// marked gives for each package of a suite what company with it shows, and for
// each word of a description what the word shows.
func marked(s *archive.Suite) (packages []marks, words map[string]marks) {
	bySource, byPackage := map[string]marks{}, map[string]marks{}
	words = map[string]marks{}
	for t := range traits {
		for k, c := range traits[t].kinds {
			note := func(into map[string]marks, names string) {
				for name := range strings.FieldsSeq(names) {
					m := into[name]
					m[t] |= 1 << k
					into[name] = m
				}
			}
			note(bySource, c.sources)
			note(byPackage, c.packages)
			note(words, c.words)
		}
	}
	packages = make([]marks, len(s.Binaries))
	for i := range s.Binaries {
		b := &s.Binaries[i]
		packages[i] = byPackage[b.Name]
		packages[i].add(bySource[s.Sources[b.Source].Name])
	}
	return packages, words
}

// meet counts the kinds of company of every source.
func (m *measured) meet() {
	packages, known := marked(m.suite)
	m.traits = make([][len(marks{})]float64, len(m.suite.Sources))
	for i := range m.traits {
		m.traits[i] = m.traitsOf(i, packages, known)
	}
}

// traitsOf counts the kinds of company that a source keeps, for each trait.
func (m *measured) traitsOf(source int, packages []marks, known map[string]marks) (counts [len(marks{})]float64) {
	var all marks
	s := m.suite
	for _, b := range s.Sources[source].Binaries {
		bin := &s.Binaries[b]
		all.add(packages[b])
		for _, d := range bin.Depends {
			all.add(packages[d])
		}
		words(bin.Description, func(w []byte) { all.add(known[string(w)]) })
	}
	for i, set := range all {
		counts[i] = float64(bits.OnesCount8(set))
	}
	return counts
}
