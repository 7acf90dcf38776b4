#!/bin/bash
# Builds the unit tests and the fuzz targets with a sanitizer's preset (asan, tsan) and runs both,
# the latter over their corpus.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

preset=${1:?usage: pure_tests.sh PRESET}
export UBSAN_OPTIONS=print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}
export TSAN_OPTIONS=suppressions=$PWD/tests/sanitize/tsan.supp${TSAN_OPTIONS:+:$TSAN_OPTIONS}

cmake --preset "$preset"
cmake --build --preset "$preset" --target unit_tests fuzz_targets
ctest --test-dir "build/$preset" -R '^(unit|fuzz)\.' --output-on-failure --no-tests=error -j "$(nproc)"
