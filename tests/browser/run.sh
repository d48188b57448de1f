#!/usr/bin/env bash
# Drives the review page in a real browser. Needs a built target/debug/alike, npm, and apt or a Chromium.
set -euo pipefail
cd "$(dirname "$0")"

chromium="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}"
if [ -z "$chromium" ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
  chromium=$(command -v chromium)
fi
command -v npm >/dev/null || {
  echo "npm is needed for the tests in a browser: apt-get install npm" >&2
  exit 1
}
npm ci --silent
CHROMIUM="$chromium" node story.mjs
