#!/bin/sh
# Installs the servers that the suite tests against, and the checkers of what is shipped beside the code (promtool,
# systemd-analyze), where they are missing and it may. No system service is started, no database cluster made. Where it
# cannot, it says in one line what is left out and why. It never fails.
set -u
PATH="$PATH:/usr/sbin:/sbin"

have_dovecot() { command -v dovecot >/dev/null 2>&1; }
have_postgres() { command -v postgres >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }
have_promtool() { command -v promtool >/dev/null 2>&1; }
have_systemd() { command -v systemd-analyze >/dev/null 2>&1; }

packages=''
have_dovecot || packages="$packages dovecot-imapd"
have_postgres || packages="$packages postgresql"
have_promtool || packages="$packages prometheus"
have_systemd || packages="$packages systemd"
[ -n "$packages" ] || exit 0

left_out() {
  what=''
  have_dovecot || what='tests on a real IMAP server (dovecot-imapd)'
  have_postgres || what="${what:+$what and }tests on PostgreSQL (postgresql)"
  have_promtool || what="${what:+$what and }tests of the alerts (prometheus)"
  have_systemd || what="${what:+$what and }tests of the unit (systemd)"
  [ -z "$what" ] || echo "left out: $what, because $1"
  exit 0
}

command -v apt-get >/dev/null 2>&1 || left_out 'they are not installed and there is no apt-get here'
if [ "$(id -u)" = 0 ]; then
  as_root=''
elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then
  as_root='sudo -n'
else
  left_out 'they are not installed and installing needs root'
fi

work=$(mktemp -d) || left_out 'no temporary directory can be made'
ours=''

tidy() {
  for file in $ours; do $as_root rm -f "$file"; done
  rm -rf "$work"
}
trap tidy EXIT
trap 'exit 0' HUP INT TERM

# put FILE MODE TEXT: for as long as we install, and only where the machine's owner has no such file
put() {
  [ -e "$1" ] && return
  printf '%s\n' "$3" >"$work/file"
  $as_root install -D -m "$2" "$work/file" "$1" && ours="$ours $1"
}

put /usr/sbin/policy-rc.d 755 '#!/bin/sh
exit 101'
put /etc/postgresql-common/createcluster.d/mailgateway-tests.conf 644 'create_main_cluster = false'

echo "installing for the tests:$packages"
install='env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install --yes --no-install-recommends'
{
  # shellcheck disable=SC2086 # words are meant to be split
  $as_root $install $packages || { $as_root apt-get update && $as_root $install $packages; }
} >"$work/log" 2>&1 </dev/null || left_out "apt-get cannot install them: $(grep '^E:' "$work/log" | tail -n 1)"
