#!/usr/bin/env bash
# What the browser tests (internal/e2e) need beside Go: Chromium, a text
# browser and fonts from Debian, and axe-core, the judge of accessibility, from
# npm. Run it again at will: what is there stays, and then it takes no time.
set -euo pipefail

axe_version=4.14.1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/steward-judges
axe=$cache/axe-core-$axe_version

missing=()
for package in chromium lynx fonts-noto-core; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
	as=()
	[ "$(id -u)" = 0 ] || as=(sudo)
	"${as[@]}" apt-get -qq update
	DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
	echo "installed: ${missing[*]}"
fi

if [ ! -s "$axe/axe.min.js" ]; then
	command -v npm >/dev/null || { echo "npm is missing: install Node.js, then run $0 again" >&2; exit 1; }
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/.axe.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	(cd "$work" && npm pack --silent "axe-core@$axe_version" >/dev/null && tar -xzf ./*.tgz package/axe.min.js package/LICENSE)
	rm -rf "$axe"
	mv "$work/package" "$axe" # whole or not at all
	echo "installed: axe-core $axe_version"
fi
