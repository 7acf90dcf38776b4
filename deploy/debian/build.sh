#!/bin/bash
# Builds walferry and its Debian package.
#
#   deploy/debian/build.sh [DIRECTORY]     where the .deb goes; default: build/release
set -euo pipefail
umask 022
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
build=$root/build/release
target=${1:-$build}

# The date of what is packed, not of today: the same sources make the same package.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}

make_documents() {
  local version=$1
  gzip -9n <"$root/deploy/debian/walferry.1" >"$build/debian/walferry.1.gz"
  printf 'walferry (%s-0walferry1) unstable; urgency=medium\n\n  * See the history of the repository.\n\n -- walferry <walferry@example.org>  %s\n' \
    "$version" "$(date -R -u -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$build/debian/changelog.Debian.gz"
  echo /etc/walferry/walferry.yaml >"$build/debian/conffiles"
}

(cd "$root" && cmake --preset release >/dev/null)
cmake --build "$build" --target walferry
mkdir -p "$build/debian"
"$root/deploy/debian/sbom.py" "$build" >"$build/debian/walferry.cdx.json"
make_documents "$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")"
cpack --config "$build/CPackConfig.cmake" -B "$target"
rm -rf "$target/_CPack_Packages"
