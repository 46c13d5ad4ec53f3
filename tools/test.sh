#!/usr/bin/env bash
# Run every test: the whole suite on SQLite, then the site's suite again on PostgreSQL.
# Chromium and PostgreSQL are installed where that is possible; where it is not, what is skipped is said.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
install() {
  can_install || return 1
  echo "installing $* with apt"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}
missing() {
  echo "SKIPPED: $1. To do: $2"
  if [ "${CI:-}" = true ]; then echo "under CI nothing may be skipped for want of an install"; exit 1; fi
}
find_postgres() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  install chromium || missing "the browser tests" "sudo apt install chromium"
fi
[ -n "$(find_postgres)" ] || install postgresql || missing "the site's tests on PostgreSQL" "sudo apt install postgresql"

$python -m pytest -n auto --dist loadfile -q "$@"

bin=$(find_postgres)
if [ -z "$bin" ] || [ ! -d src/madang/web ]; then exit 0; fi
state=$(mktemp -d)
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
stop() { as_owner "$bin/pg_ctl" -D "$state/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$state"; }
trap stop EXIT
if [ "$(id -u)" = 0 ]; then chown postgres "$state"; fi
port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_owner "$bin/initdb" -D "$state/data" -U madang --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
as_owner "$bin/pg_ctl" -D "$state/data" -w -l "$state/log" \
  -o "-p $port -k $state -c listen_addresses=127.0.0.1 -c fsync=off" start >/dev/null
as_owner "$bin/createdb" -h 127.0.0.1 -p "$port" -U madang madang
echo "the site's tests again, on PostgreSQL $("$bin/postgres" --version | awk '{print $3}')"
DATABASE_URL="postgres://madang@127.0.0.1:$port/madang" $python -m pytest -n0 -q src/madang/web "$@"
