#!/usr/bin/env bash
# The mail programs of others that the tests exchange mail with
# (internal/mail/mailtest), all from Debian:
#   gnupg      the reporters' keys; encrypts, decrypts and signs
#   postfix    the mail server before and after Steward
#   swaks      sends one mail, in every way that SMTP has
#   neomutt    what a reporter writes and reads with
# No daemon is started or enabled, and the machine's own mail is not set up: the
# tests run copies of their own. Run it again at will: what is there stays, and
# then it takes no time.
set -euo pipefail

missing=()
for package in gnupg postfix swaks libnet-ssleay-perl neomutt; do # swaks speaks TLS by net-ssleay
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as=()
[ "$(id -u)" = 0 ] || as=(sudo)
"${as[@]}" apt-get -qq update
if [[ " ${missing[*]} " == *' postfix '* ]]; then
	# Should the machine have another mail server, then apt would remove it.
	if "${as[@]}" apt-get -qq -s install --no-install-recommends postfix 2>/dev/null | grep '^Remv'; then
		echo "install-mail: postfix would replace the mail server above; remove that yourself, or run the tests elsewhere" >&2
		exit 1
	fi
	echo 'postfix postfix/main_mailer_type select No configuration' | "${as[@]}" debconf-set-selections
fi

# Debian starts a daemon with its package, unless this file says no (101).
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | "${as[@]}" tee "$policy" >/dev/null
	"${as[@]}" chmod 755 "$policy"
	trap '"${as[@]}" rm -f "$policy"' EXIT
fi
"${as[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
	apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
if [[ " ${missing[*]} " == *' postfix '* ]]; then
	"${as[@]}" update-rc.d postfix disable >/dev/null 2>&1 # speaks to systemd as well
fi
echo "installed: ${missing[*]}"
