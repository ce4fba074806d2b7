#!/usr/bin/env bash
# What the database tests need: PostgreSQL's server programs, from Debian. No
# server is started here; tests start clusters of their own. Run it again at
# will: where it is there already, it takes no time.
set -euo pipefail

if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	exit 0
fi
as=()
[ "$(id -u)" = 0 ] || as=(sudo)
"${as[@]}" apt-get -qq update
# The package would create and start a cluster that nobody asked for.
"${as[@]}" mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | "${as[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install -y --no-install-recommends postgresql >/dev/null
echo "installed: postgresql"
