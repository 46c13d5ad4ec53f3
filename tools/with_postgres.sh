#!/usr/bin/env bash
# Run a command with DATABASE_URL naming a PostgreSQL server of its own, in a folder that is deleted afterwards.
# With --forgetful first, the server does not wait for the disk: for tests, which kill its clients but never the machine.
# Exits with the command's code, or with 69 where PostgreSQL's programs are not found.
set -euo pipefail

settings="-c listen_addresses='' -c max_connections=200 -c shared_buffers=256MB"
if [ "${1:-}" = --forgetful ]; then
  settings="$settings -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  shift
fi

find_programs() {
  for folder in /usr/lib/postgresql/*/bin; do [ -x "$folder/initdb" ] && programs=$folder; done
  [ -n "${programs:-}" ] || programs=$(dirname "$(command -v initdb || true)")
  [ -x "$programs/initdb" ] || { echo "PostgreSQL is not installed. To do: sudo apt install postgresql" >&2; exit 69; }
}
# The server refuses to run as root, so root lends it to the account that Debian's package made.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

find_programs
folder=$(mktemp -d /tmp/madang-postgres.XXXXXX)
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
stop() {
  as_owner "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
as_owner "$programs/initdb" -D "$folder/data" -U madang -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
as_owner "$programs/pg_ctl" -D "$folder/data" -w -s -l "$folder/log" \
  -o "$settings -c unix_socket_directories='$folder'" start
cd "$OLDPWD"
export DATABASE_URL="postgresql://madang@/postgres?host=$folder"
"$@"
