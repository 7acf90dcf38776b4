#!/bin/bash
# Checks the layout of the C++ of the tree with clang-format 14: `tests/tidy/format.sh`. Exits 77 when it is not installed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

command -v clang-format-14 >/dev/null || { echo 'clang-format-14 is not installed' >&2; exit 77; }
find lib decoders cmd tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 |
  xargs -0 clang-format-14 --dry-run -Werror
