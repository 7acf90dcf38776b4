#!/bin/bash
# Builds walferry and runs its tests: everything from a bare Debian 12 machine to a verdict.
#
#   tests/run.sh [GROUP]...      groups are ctest labels (unit, rig, integration, faults, ...);
#                                default: all
#
# Ends with 'N passed, N failed, N skipped'; exits non-zero when a test failed or none ran.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

build=build/release
report=$build/tests.xml

# Prints the value of an attribute of the report's root.
count() { sed -n "s/^[[:space:]]*$1=\"\([0-9]*\)\".*/\1/p" "$report" | head -n 1; }

needs_servers() {
  [ $# -eq 0 ] && return 0
  local group
  for group in "$@"; do
    case $group in unit | simulation | model | fuzz | sanitize) ;; *) return 0 ;; esac
  done
  return 1
}

# Prints the last line of the whole run; fails unless something passed and nothing failed.
summarize() {
  local total failed skipped
  total=$(count tests)
  failed=$(count failures)
  skipped=$(($(count skipped) + $(count disabled)))
  printf '%d passed, %d failed, %d skipped\n' "$((total - failed - skipped))" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$((total - skipped))" -gt 0 ]
}

main() {
  tests/rig/packages.sh build run test
  cmake --preset release
  cmake --build --preset release
  if needs_servers "$@"; then
    tests/rig/rig fetch
  fi
  local only=()
  if [ $# -gt 0 ]; then
    only=(-L "^($(IFS='|' && echo "$*"))\$")
  fi
  rm -f "$report"
  local verdict=0
  ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" \
    --output-junit "$PWD/$report" "${only[@]}" || verdict=$?
  [ -e "$report" ] || { echo 'tests/run.sh: no test ran' >&2; exit 1; }
  summarize || verdict=1
  exit "$verdict"
}

main "$@"
