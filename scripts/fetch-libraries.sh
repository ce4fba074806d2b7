#!/usr/bin/env bash
# Fetches the sources of the libraries whose own tests the interpreter of C runs
# (STEWARD_LIBRARIES=all, see internal/cinterp/libraries_test.go):
#   scripts/fetch-libraries.sh DIR
# They come from where Debian's packages come from on this machine; its lists of
# packages stay as they are. What is there is not fetched again.
set -euo pipefail
dir=${1:?usage: scripts/fetch-libraries.sh DIR}
packages=(zlib expat cjson bzip2 libpng1.6 libtomcrypt mbedtls libzstd)

mkdir -p "$dir/apt/parts" "$dir/apt/lists/partial"
cd "$dir"
sed 's/^Types: .*/Types: deb-src/' /etc/apt/sources.list.d/*.sources 2>/dev/null >apt/parts/source.sources || true
sed -n 's/^deb /deb-src /p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null >apt/parts/source.list || true
apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$PWD/apt/parts" -o "Dir::State::lists=$PWD/apt/lists" -o APT::Get::List-Cleanup=0 -o APT::Sandbox::User=)

missing=()
for p in "${packages[@]}"; do
	compgen -G "$p-*/" >/dev/null || missing+=("$p")
done
[ ${#missing[@]} -gt 0 ] || exit 0
"${apt[@]}" update 2>/dev/null || true # a list that is missing may not be needed
for p in "${missing[@]}"; do
	# A mirror may have lost the newest version: then the one before does.
	versions=$(apt-cache "${apt[@]:2}" showsrc "$p" | sed -n 's/^Version: //p' | sort -rVu)
	for v in $versions; do
		"${apt[@]}" source "$p=$v" >/dev/null 2>&1 && break
	done
	compgen -G "$p-*/" >/dev/null || { echo "fetch-libraries: no source of $p" >&2; exit 1; }
	echo "fetched: $p"
done
