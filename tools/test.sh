#!/usr/bin/env bash
# Run every test. Chromium is installed where that is possible; where it is not, what is skipped is said.
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

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  install chromium || missing "the browser tests" "sudo apt install chromium"
fi

$python -m pytest -n auto --dist loadfile -q "$@"
