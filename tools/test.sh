#!/usr/bin/env bash
# Run every test; those of the site that ask a database run on SQLite and again on PostgreSQL. Chromium, PostgreSQL and
# Java are installed where that is possible; where it is not, what is skipped is said. With arguments, run only what
# they name, on SQLite.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
install() {
  can_install || return 1
  echo "installing $* with apt"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}
has_postgresql() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
missing() {
  echo "SKIPPED: $1. To do: $2"
  if [ "${CI:-}" = true ]; then echo "under CI nothing may be skipped for want of an install"; exit 1; fi
}

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  install chromium || missing "the browser tests" "sudo apt install chromium"
fi

if ! command -v java >/dev/null; then
  install default-jre-headless || missing "the tests on Spark" "sudo apt install default-jre-headless"
fi
if ! has_postgresql; then
  install postgresql || missing "the site's tests on PostgreSQL" "sudo apt install postgresql"
fi

# The order is conftest.py's, slow files first; xdist's own would put a file of one long test last.
pytest=("$python" -m pytest -n auto --dist loadfile --no-loadscope-reorder -q)
if [ $# -gt 0 ]; then exec "${pytest[@]}" "$@"; fi
"${pytest[@]}"
if has_postgresql; then
  # What a browser makes of the public pages, and what asks no database, is the same on both.
  web=src/madang/web
  same=("$web/tests/test_browser.py" "$web/bench/tests/test_browser.py" "$web/tests/test_refusals.py"
    "$web/bench/tests/test_forms.py" "$web/opening/tests/test_serving.py" "$web/opening/tests/test_request_lines.py")
  echo "the site's tests again, on PostgreSQL"
  tools/with_postgres.sh --forgetful "${pytest[@]}" "${same[@]/#/--ignore=}" "$web"
fi
