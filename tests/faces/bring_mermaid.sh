#!/bin/sh
# bring_mermaid.sh FOLDER: Mermaid as one script for the tests of the onboarding map, in FOLDER/mermaid.min.js, through npm.
# Nothing of the package is run here. Exits with 1 where there is no npm or no network.
set -e
test -s "$1/mermaid.min.js" && exit 0
command -v npm > /dev/null || { echo "npm is not here, and without it there is no Mermaid" >&2; exit 1; }
mkdir -p "$1"
cd "$1"
npm pack --silent mermaid@11 > /dev/null
tar -xzf mermaid-11.*.tgz package/dist/mermaid.min.js
mv package/dist/mermaid.min.js .
rm -rf package mermaid-11.*.tgz
