#!/usr/bin/env bash
# Every test, on SQLite and PostgreSQL. One PostgreSQL cluster is started for
# the whole run (each test has a database of its own) and removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
dir=$(mktemp -d /tmp/steward-test-pg.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
	chown postgres "$dir"
	as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
finish() {
	"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
	rm -rf "$dir"
}
trap finish EXIT
"${as[@]}" "$bin/initdb" -D "$dir/data" -U steward -A trust -E UTF8 --no-locale >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/server.log" \
	-o "-c listen_addresses= -c unix_socket_directories=$dir -c max_connections=300 -c fsync=off -c shared_buffers=64MB" start >/dev/null
chmod 755 "$dir"
export STEWARD_TEST_POSTGRES="postgres://steward@/postgres?host=$dir"

go test -timeout 15m "$@" ./...
