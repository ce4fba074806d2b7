#!/usr/bin/env bash
# The replay has people who write and read their mail with gpg, which is in
# Debian's package gnupg. Where it is already, this does nothing.
set -euo pipefail
command -v gpg >/dev/null && exit 0
as=()
[ "$(id -u)" = 0 ] || as=(sudo)
"${as[@]}" apt-get -qq update
DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends gnupg >/dev/null
echo "installed: gnupg"
