#!/bin/sh
# Makes sure that there is a Chromium: one on the path (or in $CHROMIUM), else Debian's when we may install it, else the
# one that npm has for Linux, unpacked into the folder given. Fails quietly when none of these works.
target=$1
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
for path in "/Applications/Google Chrome.app" "/Applications/Chromium.app"; do
    if [ -d "$path" ]; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium from Debian for the tests of the web page"
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1
    if command -v chromium >/dev/null 2>&1; then exit 0; fi
fi
command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 || exit 1
echo "Installing Chromium from npm for the tests of the web page"
mkdir -p "$target" && cd "$target" || exit 1
npm install --silent --no-audit --no-fund --prefix . @sparticuz/chromium >/dev/null 2>&1 || exit 1
node --input-type=module -e '
import chromium from "@sparticuz/chromium";
import { copyFileSync, chmodSync } from "node:fs";
const found = await chromium.executablePath();
copyFileSync(found, "chromium");
chmodSync("chromium", 0o755);
' && ./chromium --version >/dev/null 2>&1 || { rm -f chromium; exit 1; }
