#!/bin/bash
# Checks takeover.pml exhaustively at the given bounds.
#
#   check.sh holds KEYS FIRST_OF_SECOND N    the protocol: no counterexample, search completed
#   check.sh fails KEYS FIRST_OF_SECOND N M  with mistake M: a counterexample
#
# STRANGER=0 leaves out the one who advances the slot: fewer states.
#
# Exit 77 (skipped) without spin or gcc; spin comes with `tests/rig/packages.sh test`.
set -euo pipefail
model="$(dirname "$(readlink -f "$0")")/takeover.pml"
verdict=$1 keys=$2 second=$3 transactions=$4 mistake=${5:-0}

command -v spin >/dev/null && command -v gcc >/dev/null || { echo 'spin or gcc is missing'; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
spin -a -DKEYS_ARE="$keys" -DFIRST_OF_SECOND="$second" -DN="$transactions" -DBROKEN="$mistake" \
  -DSTRANGER="${STRANGER:-1}" "$model"
gcc -O2 -DSAFETY -DCOLLAPSE -DNOFAIR -DMEMLIM=4000 -o pan pan.c
./pan -m100000 -w24 >out.txt
grep -E '^State-vector|states, stored|elapsed|pan:1:' out.txt || true

if grep -qE 'max search depth too small|out of memory|reached -DMEMLIM' out.txt; then
  echo 'the search was not completed' >&2
  exit 1
fi
case $verdict in
  holds) grep -q 'errors: 0' out.txt ;;
  fails) grep -q 'pan:1: assertion violated' out.txt ;;
  *) exit 2 ;;
esac
