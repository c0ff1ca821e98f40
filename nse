#!/bin/sh
# Sets up what is missing, then runs the nse command. All of that is in tools/; this only finds Node.
set -eu
here=$(dirname -- "$(readlink -f -- "$0")")
if ! command -v node >/dev/null 2>&1; then
  echo "nse needs Node.js 20.19 or newer, and found no 'node' on PATH." >&2
  echo "Get it from your system's packages or from https://nodejs.org, then run this again." >&2
  exit 1
fi
exec node "$here/tools/nse.mjs" "$@"
