#!/usr/bin/env bash
# Fuzzes every target for a while, each with one worker:
#   scripts/fuzz.sh DURATION [PATTERN] [PACKAGE...]
# DURATION is as Go writes it (10m); PATTERN chooses targets by name. One line
# for each tells how many inputs were tried, how many of them led to code that
# no other had, and how many Go keeps in its cache. What is found is shown with
# where the input lies: `go test` runs it from then on. The others go on.
#
# JOBS=N fuzzes N targets at once (1 unless told). More than there are
# processors gives each a part of one.
# KEEP=N copies N of the kept inputs, small ones and larger ones below 4 KiB,
# into the source tree, beside those that are there, so that `go test` runs them.
set -euo pipefail
cd "$(dirname "$0")/.."

export duration=${1:?usage: scripts/fuzz.sh DURATION [PATTERN] [PACKAGE...]}
pattern=${2:-^Fuzz}
shift $(($# > 2 ? 2 : $#))
export CGO_ENABLED=0 GOMAXPROCS=1 KEEP=${KEEP:-}

# keep PACKAGE NAME
keep() {
	local from to file
	from=$(go env GOCACHE)/fuzz/$1/$2 to=${1#steward/}/testdata/fuzz/$2
	[ -d "$from" ] || return 0
	mkdir -p "$to"
	find "$from" -type f -size -4096c -printf '%s %p\n' | sort -n | awk -v n="$KEEP" '{f[NR] = $2}
		END {if (n > NR) n = NR; for (i = 0; i < n; i++) print f[int(i * NR / n) + 1]}' | while read -r file; do
		[ -e "$to/${file##*/}" ] || cp "$file" "$to/"
	done
}

# one PACKAGE NAME
one() {
	local out result
	# What is found is made smaller by a few tries: without that limit, Go may
	# spend most of the time on it.
	if out=$(go test -run '^$' -fuzz "^$2\$" -fuzztime "$duration" -fuzzminimizetime 20x -parallel 1 "$1" 2>&1); then
		result=$(sed -n 's/^fuzz: .*execs: \([0-9]*\).*new interesting: \([0-9]*\) (total: \([0-9]*\)).*/\1 tried, \2 new, \3 kept/p' <<<"$out" | tail -1)
		printf '%-45s %s\n' "${1#steward/internal/} $2" "$result"
	else
		printf '%-45s FOUND SOMETHING\n%s\n' "${1#steward/internal/} $2" "$out"
		return 1
	fi
	[ -z "$KEEP" ] || keep "$1" "$2"
}
export -f keep one

# The names of a package's targets come before the package.
targets=$(go test -list "$pattern" "${@:-./...}" | awk '/^Fuzz/ {names[n++] = $1} /^ok/ {for (i = 0; i < n; i++) print $2, names[i]} !/^Fuzz/ {n = 0}')
[ -n "$targets" ] || { echo "fuzz: no target matches $pattern" >&2; exit 1; }
echo "$(wc -l <<<"$targets") targets, $duration each"
xargs -P "${JOBS:-1}" -L 1 bash -euc 'one "$0" "$1"' <<<"$targets"
