#!/bin/bash
# Checks the C++ of the tree with clang-format 14 or clang-tidy 14.
#
#   tests/tidy/lint.sh format                  the layout of every file
#   tests/tidy/lint.sh tidy BUILD              every source of lib, decoders and cmd
#   tests/tidy/lint.sh tidy BUILD --changed    those that differ from HEAD
#   tests/tidy/lint.sh tidy BUILD FILE...      these
#
# BUILD is a build directory with compile_commands.json. Exits 77 when the tool is not installed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

needs() { command -v "$1" >/dev/null || { echo "$1 is not installed" >&2; exit 77; }; }

check_format() {
  needs clang-format-14
  find lib decoders cmd tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 |
    xargs -0 clang-format-14 --dry-run -Werror
}

# Prints the sources to check, one a line.
sources() {
  case ${1:-} in
    '') find lib decoders cmd -name '*.cpp' | sort ;;
    --changed)
      { git diff --name-only HEAD -- lib decoders cmd && git ls-files -o --exclude-standard lib decoders cmd; } |
        { grep '\.cpp$' || true; }
      ;;
    *) printf '%s\n' "$@" ;;
  esac
}

check_tidy() {
  local build=$1
  shift
  needs clang-tidy-14
  [ -e "$build/compile_commands.json" ] || { echo "$build has no compile_commands.json" >&2; exit 2; }
  # The commands are g++'s: clang does not know all of its options and warnings.
  local commands
  commands=$(mktemp -d)
  trap "rm -rf '$commands'" EXIT
  sed 's/ -fno-lifetime-dse//g' "$build/compile_commands.json" >"$commands/compile_commands.json"
  sources "$@" | xargs -r -n 1 -P "$(nproc)" clang-tidy-14 -p "$commands" --quiet \
    --extra-arg=-Wno-unknown-warning-option
}

case ${1:-} in
  format) check_format ;;
  tidy) shift && check_tidy "${@:?give a build directory}" ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
esac
