#!/usr/bin/env bash
# What the browser tests (internal/e2e) need beside Go:
#   chromium              Debian        the browser
#   lynx                  Debian        a browser that shows text alone
#   fonts-noto-core       Debian        the letters in docs/screenshots
#   axe-core              npm           the judge of accessibility
# Nothing of them is part of Steward. Run it again at will: what is there stays,
# and then it takes no time.
set -euo pipefail

axe_version=4.14.1 # as in internal/e2e/judge_test.go

cache=${XDG_CACHE_HOME:-$HOME/.cache}/steward-judges

install_debian() {
	local missing=() package as=()
	for package in chromium lynx fonts-noto-core; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
	done
	command -v npm >/dev/null || missing+=(nodejs npm)
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || as=(sudo)
	"${as[@]}" apt-get -qq update
	DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
	echo "installed: ${missing[*]}"
}

install_axe() {
	local to=axe-core-$axe_version
	[ -s "$cache/$to/axe.min.js" ] && return
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/.work.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	(cd "$work" && npm pack --silent "axe-core@$axe_version" >/dev/null)
	tar -xzf "$work"/axe-core-*.tgz -C "$work" package/axe.min.js package/LICENSE
	rm -rf "${cache:?}/$to"
	mv -T "$work/package" "$cache/$to" # whole or not at all
	echo "installed: $to"
}

install_debian
install_axe
