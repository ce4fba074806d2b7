#!/usr/bin/env bash
# What the interpreter of C is compared with on made-up programs (internal/cinterp):
#   csmith, libcsmith-dev  Debian  writes programs of C at random, without undefined behaviour
#   gcc                    Debian  says what they print
# Nothing of them is part of Steward. Run it again at will: what is there stays,
# and then it takes no time.
set -euo pipefail

missing=() as=()
for package in csmith libcsmith-dev gcc libc6-dev; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] || as=(sudo)
"${as[@]}" apt-get -qq update
DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
echo "installed: ${missing[*]}"
