#!/usr/bin/env bash
# What the trials of disks need (internal/torture): mkfs.ext4, mount, and a
# kernel that lets root mount images and FUSE. Run it again at will: what is
# there stays.
set -euo pipefail

missing=() as=()
command -v mkfs.ext4 >/dev/null || [ -x /usr/sbin/mkfs.ext4 ] || missing+=(e2fsprogs)
command -v mount >/dev/null || missing+=(mount)
if [ ${#missing[@]} -gt 0 ]; then
	[ "$(id -u)" = 0 ] || as=(sudo)
	"${as[@]}" apt-get -qq update
	DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
	echo "installed: ${missing[*]}"
fi
