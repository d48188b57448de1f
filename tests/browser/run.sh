#!/usr/bin/env bash
# Drives the review page in a real browser. Needs a built target/debug/alike, npm, and apt or a Chromium.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
command -v npm >/dev/null || missing+=(npm)
chromium="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}"
[ -n "$chromium" ] || missing+=(chromium)
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  chromium="${chromium:-$(command -v chromium)}"
fi
npm ci --silent
CHROMIUM="$chromium" node story.mjs
