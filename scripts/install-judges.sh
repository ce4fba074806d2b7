#!/usr/bin/env bash
# The independent judges that the tests put our output before (internal/judges):
#   gnupg, xmllint        Debian        signatures; XML against a grammar
#   atom.rng              Debian        RFC 4287's grammar of Atom, from the source package lxml
#   csaf_validator        Go            CSAF's JSON schema
#   csaf-validator-lib    npm           CSAF's mandatory tests
#   osv-schema.json       Go            OSV's JSON schema, from the format's own linter
#   sarif-schema.json     Go            SARIF's JSON schema by OASIS, from the test data of gosec
# Nothing of them is part of Steward. Run it again at will: what is there stays,
# and then it takes no time.
set -euo pipefail

gocsaf_version=3.6.0
secvisogram_version=2.0.10
osv_linter_version=v0.0.0-20260525004216-afe0bddbf893 # carries schema 1.7.5
gosec_version=v2.30.0 # carries SARIF 2.1.0 with errata 01
atom_sha256=70b55456be7bbb598528c9bb868845c3bcc8f7b73c26135136cf4e0f0204df0d

cache=${XDG_CACHE_HOME:-$HOME/.cache}/steward-judges
mkdir -p "$cache"
work=$(mktemp -d "$cache/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

fail() { echo "install-judges: $*" >&2; exit 1; }

# arrive FROM TO: moves a finished thing into its place, whole or not at all.
arrive() {
	rm -rf "$cache/$2"
	mv -T "$1" "$cache/$2"
	echo "installed: $2"
}

install_debian() {
	local missing=() package as=()
	for package in gnupg libxml2-utils; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
	done
	command -v node >/dev/null || missing+=(nodejs)
	command -v npm >/dev/null || missing+=(npm)
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || as=(sudo)
	"${as[@]}" apt-get -qq update
	DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
	echo "installed: ${missing[*]}"
}

install_gocsaf() {
	[ -x "$cache/gocsaf-$gocsaf_version/csaf_validator" ] && return
	GOFLAGS='' GOBIN=$work/gocsaf CGO_ENABLED=0 go install "github.com/gocsaf/csaf/v3/cmd/csaf_validator@v$gocsaf_version"
	arrive "$work/gocsaf" "gocsaf-$gocsaf_version"
}

install_secvisogram() {
	[ -s "$cache/secvisogram-$secvisogram_version/node_modules/@secvisogram/csaf-validator-lib/mandatoryTests.js" ] && return
	mkdir "$work/secvisogram"
	(cd "$work/secvisogram" && npm install --silent --prefix . --ignore-scripts --no-audit --no-fund \
		"@secvisogram/csaf-validator-lib@$secvisogram_version" >/dev/null)
	arrive "$work/secvisogram" "secvisogram-$secvisogram_version"
}

install_osv() {
	[ -s "$cache/osv-schema-1.7.5.json" ] && return
	local dir
	dir=$(cd "$work" && GOFLAGS='' go mod download -json "github.com/ossf/osv-schema/tools/osv-linter@$osv_linter_version" |
		sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
	[ -d "$dir" ] || fail "the Go proxy does not serve OSV's linter"
	install -m 644 "$dir/internal/checks/schema_generated.json" "$work/osv.json"
	arrive "$work/osv.json" osv-schema-1.7.5.json
}

install_sarif() {
	[ -s "$cache/sarif-schema-2.1.0.json" ] && return
	local dir
	dir=$(cd "$work" && GOFLAGS='' go mod download -json "github.com/securego/gosec/v2@$gosec_version" |
		sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
	[ -d "$dir" ] || fail "the Go proxy does not serve gosec"
	install -m 644 "$dir/report/sarif/testdata/sarif-schema-2.1.0.json" "$work/sarif.json"
	arrive "$work/sarif.json" sarif-schema-2.1.0.json
}

# Debian has the grammar in a source package only. apt gets it with settings of
# its own, so that the machine's list of sources stays as it is.
install_atom() {
	[ -s "$cache/atom.rng" ] && return
	local uri release
	read -r uri release < <(
		apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' |
			grep -v -e - | sort -u
	) || fail "apt knows no archive of Debian; run apt-get update"
	mkdir -p "$work"/apt/{lists,archives}/partial
	local options=(
		-o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt" -o "Dir::Etc::SourceList=$work/apt/sources.list"
		-o Dir::Etc::SourceParts=/dev/null -o Acquire::Languages=none -o APT::Sandbox::User=root
	)
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $release main" >"$work/apt/sources.list"
	apt-get "${options[@]}" -qq update
	(cd "$work" && apt-get "${options[@]}" -qq source --download-only lxml)
	tar -xf "$work"/lxml_*.orig.tar.* -C "$work" --no-same-owner --strip-components=4 --wildcards '*/doc/s5/ep2008/atom.rng'
	echo "$atom_sha256  $work/atom.rng" | sha256sum --quiet --check || fail "lxml's atom.rng is not the one we know"
	arrive "$work/atom.rng" atom.rng
}

install_debian
install_gocsaf
install_secvisogram
install_osv
install_sarif
install_atom
