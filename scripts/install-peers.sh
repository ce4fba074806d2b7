#!/usr/bin/env bash
# The programs that the races of internal/race run against, and what loads them:
#   nginx          Debian     serves the exported tree; unpacked, not installed, so that no service starts
#   caddy          Go         serves the exported tree
#   csaf_provider  Go         publishes CSAF documents
#   gnupg          Debian     signs files
#   wrk            Debian     asks for pages as fast as they come
#   gcc, valgrind  Debian     make and watch programs of C
# Nothing of them is part of Steward. Run it again at will: what is there stays,
# and then it takes no time.
set -euo pipefail

caddy_version=2.11.9
gocsaf_version=3.6.0

cache=${XDG_CACHE_HOME:-$HOME/.cache}/steward-judges
mkdir -p "$cache"
work=$(mktemp -d "$cache/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# arrive FROM TO: moves a finished thing into its place, whole or not at all.
arrive() {
	rm -rf "$cache/$2"
	mv -T "$1" "$cache/$2"
	echo "installed: $2"
}

install_debian() {
	local missing=() package as=()
	for package in gnupg wrk libpcre2-8-0 libssl3 gcc libc6-dev libc6-dbg valgrind; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || as=(sudo)
	"${as[@]}" apt-get -qq update
	DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
	echo "installed: ${missing[*]}"
}

install_nginx() {
	[ -x "$cache/nginx/usr/sbin/nginx" ] && return
	(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download nginx && dpkg-deb -x nginx_*.deb nginx)
	arrive "$work/nginx" nginx
}

install_caddy() {
	[ -x "$cache/caddy-$caddy_version/caddy" ] && return
	GOFLAGS='' GOTOOLCHAIN=local GOBIN=$work/caddy CGO_ENABLED=0 \
		go install "github.com/caddyserver/caddy/v2/cmd/caddy@v$caddy_version"
	arrive "$work/caddy" "caddy-$caddy_version"
}

install_csaf_provider() {
	[ -x "$cache/csaf_provider-$gocsaf_version/csaf_provider" ] && return
	GOFLAGS='' GOTOOLCHAIN=local GOBIN=$work/csaf_provider CGO_ENABLED=0 \
		go install "github.com/gocsaf/csaf/v3/cmd/csaf_provider@v$gocsaf_version"
	arrive "$work/csaf_provider" "csaf_provider-$gocsaf_version"
}

install_debian
install_csaf_provider
install_nginx
install_caddy
