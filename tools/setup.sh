#!/usr/bin/env bash
# Make .venv at the root from the lock file. Says what it does; does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=.venv/.installed
wanted=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
if [ -x .venv/bin/madang ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

find_python() {
  for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo "$name"; return; }
  done
  echo "Madang needs Python 3.11 or later and found none. To do: apt install python3 python3-venv" >&2
  exit 1
}
python=$(find_python)
if [ ! -x .venv/bin/python ]; then
  echo "[1/4] making .venv with $($python --version)"
  if ! "$python" -m venv .venv 2>/dev/null; then
    rm -rf .venv
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
      "$python" -m venv .venv
    else
      echo "Python lacks its venv module. To do: sudo apt install python$version-venv" >&2
      exit 1
    fi
  fi
fi
echo "[2/4] installing the pinned packages (a minute or two the first time)"
.venv/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
echo "[3/4] installing madang"
.venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
echo "$wanted" > "$stamp"
echo "[4/4] making the site ready, so that its first start is quick"
.venv/bin/madang site prepare || echo "the site could not be made ready now; its first start will do it" >&2
