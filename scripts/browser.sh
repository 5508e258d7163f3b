#!/bin/sh
# Sees to it that the web page's tests have Chromium and its driver: in CI it installs Debian's, and
# elsewhere says what to install; without them the tests are skipped. GitHub's runners have Chrome.
set -u
found=
for browser in chromium chromium-browser google-chrome; do
    command -v "$browser" > /dev/null && found=$browser
done
if [ -n "$found" ] && command -v chromedriver > /dev/null; then
    exit 0
fi
install() {
    apt-get update && apt-get install --yes --no-install-recommends chromium chromium-driver
}
if [ "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null && install > /dev/null 2>&1; then
    exit 0
fi
echo "No browser: the web page's tests are skipped. Install one:" >&2
echo "apt-get install chromium chromium-driver" >&2
