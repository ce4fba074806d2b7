package ossfuzz

import (
	"cmp"
	"slices"
)

// pairs are sources, or what they are called without a version, and projects that
// no rule brings together: their addresses have nothing in common. Each was looked
// at in Debian's indexes and in the list of projects in August 2026.
var pairs = map[string]string{
	"abseil":                "abseil-cpp",
	"apache-log4j2":         "log4j2",
	"apache2":               "apache-httpd",
	"beautifulsoup4":        "bs4",
	"bouncycastle":          "bc-java",
	"cairo":                 "cairo",
	"coreutils":             "coreutils",
	"dnspython":             "dnspython",
	"docker.io":             "moby",
	"dwarfutils":            "libdwarf",
	"firefox":               "firefox",
	"firefox-esr":           "firefox",
	"fmtlib":                "fmt",
	"freetype":              "freetype2",
	"gdbm":                  "gdbm",
	"gdk-pixbuf":            "gdk-pixbuf",
	"golang":                "golang",
	"gunicorn":              "gunicorn",
	"h2o":                   "h2o",
	"hugo":                  "hugo",
	"iniparser":             "iniparser",
	"isc-kea":               "kea",
	"jansson":               "jansson",
	"jinja2":                "jinja2",
	"jq":                    "jq",
	"jsoup":                 "jsoup",
	"knot":                  "knot-dns",
	"leptonlib":             "leptonica",
	"libbpf":                "libbpf",
	"libcacard":             "libcacard",
	"libidn2":               "libidn2",
	"libphonenumber":        "libphonenumber",
	"librdkafka":            "librdkafka",
	"libtasn1":              "libtasn1",
	"libtorrent-rasterbar":  "libtorrent",
	"libvncserver":          "libvnc",
	"libxml2":               "libxml2",
	"lodepng":               "lodepng",
	"log4cxx":               "apache-logging-log4cxx",
	"logback":               "logback",
	"lxc":                   "lxc",
	"mako":                  "mako",
	"markupsafe":            "markupsafe",
	"mozjs":                 "spidermonkey",
	"mysql":                 "mysql-server",
	"network-manager":       "networkmanager",
	"ninja-build":           "ninja",
	"openssl":               "openssl",
	"pandas":                "pandas",
	"pdns":                  "powerdns",
	"pdns-recursor":         "powerdns",
	"proj":                  "proj4",
	"psycopg2":              "psycopg2",
	"pyasn1":                "pyasn1",
	"python3.11":            "cpython3",
	"python3.12":            "cpython3",
	"python3.13":            "cpython3",
	"python3.14":            "cpython3",
	"qt6-base":              "qt",
	"qtbase-opensource-src": "qt",
	"rapidjson":             "rapidjson",
	"ruby-nokogiri":         "nokogiri",
	"setuptools":            "setuptools",
	"simdjson":              "simdjson",
	"sudo":                  "sudoers",
	"tesseract":             "tesseract-ocr",
	"undertow":              "undertow",
	"unicorn-engine":        "unicorn",
	"upx-ucl":               "upx",
	"usbredir":              "spice-usbredir",
	"wpa":                   "hostap",
	"zeromq3":               "libzmq",
}

func (l *List) byHand(name string) (string, bool) {
	project := cmp.Or(pairs[name], pairs[unversioned(name)])
	if project == "" {
		return "", false
	}
	i, ok := slices.BinarySearchFunc(l.Projects, project, func(p Project, name string) int { return cmp.Compare(p.Name, name) })
	if !ok || l.Projects[i].Disabled {
		return "", false
	}
	return project, true
}
