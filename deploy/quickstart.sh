#!/bin/bash
# From a bare Debian 12 machine to events in Kafka.
#
#   deploy/quickstart.sh           build, start PostgreSQL, Kafka and walferry, show some events, clean up
#   deploy/quickstart.sh --keep    the same, but leave everything running
#   deploy/quickstart.sh --stop    end what --keep left running
#
# Needs root or sudo for apt-get; everything else lives under $TMPDIR/walferry-quickstart, on loopback
# ports of its own. PostgreSQL or Kafka servers that are there already are not touched.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
home=${TMPDIR:-/tmp}/walferry-quickstart.$(id -u)
rig=$root/tests/rig/rig
walferry=$root/build/release/walferry
topics=(shop.public.customers shop.public.orders shop.customer shop.order)
keep=
watcher=

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' off=$'\e[0m'
else
  bold='' dim='' red='' off=''
fi

say() { printf '%s\n' "${bold}$*${off}"; }
note() { printf '%s\n' "  ${dim}$*${off}"; }
fail() {
  printf '%s\n' "${red}quickstart: $*${off}" >&2
  exit 1
}

# Runs a long step quietly; what it printed is shown only when it fails.
step() {
  local what=$1 log=$home/step.log begin=$SECONDS
  shift
  say "$what"
  "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; fail "that did not work: $*"; }
  note "$((SECONDS - begin)) s"
}

stop_everything() {
  local pid
  if [ -f "$home/walferry.pid" ]; then
    pid=$(cat "$home/walferry.pid")
    # Another process may have this pid by now.
    if grep -qsF "$home/walferry.yaml" "/proc/$pid/cmdline"; then
      kill "$pid" 2>/dev/null || true
      for _ in $(seq 100); do [ -e "/proc/$pid" ] && sleep 0.1 || break; done
      kill -9 "$pid" 2>/dev/null || true
    fi
  fi
  [ ! -d "$home" ] || "$rig" down "$home"
  rm -rf "$home"
}

leave() {
  local code=$?
  trap - EXIT INT TERM
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || true
  if [ "$code" -ne 0 ] && [ -f "$home/walferry.log" ]; then
    tail -n 20 "$home/walferry.log" >&2
  fi
  if [ -z "$keep" ] || [ "$code" -ne 0 ]; then
    stop_everything
  fi
  exit "$code"
}

build() {
  cmake --preset release -S "$root"
  cmake --build "$root/build/release" --target walferry
}

sql() { psql -X -q -v ON_ERROR_STOP=1 "$url" "$@"; }

make_database() {
  psql -X -q "$("$rig" show "$home" postgres_url)" -c 'CREATE DATABASE shop'
  sql <<'SQL'
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, email text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer integer REFERENCES customers, total numeric(12,2), paid boolean NOT NULL DEFAULT false);
CREATE TABLE events (
  stream text, version integer, type text NOT NULL, payload jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (stream, version));
SQL
}

write_config() {
  cat >"$home/walferry.yaml" <<YAML
name: shop
source:
  url: $url
  slot: walferry_shop
  publication: walferry_shop
  create: true
  tables: ["public.*"]
route:
  event_store:
    table: public.events
sink:
  kafka:
    bootstrap.servers: $bootstrap
snapshot:
  mode: never
http:
  listen: 127.0.0.1:$http_port
YAML
}

ready() { curl -fsS -o "$home/ready" "http://127.0.0.1:$http_port/readyz" 2>"$home/ready.error"; }

# Waits for `$1` to come true, for a minute; `$2` says what is missing otherwise.
await() {
  local _
  for _ in $(seq 600); do
    if eval "$1"; then return; fi
    kill -0 "$(cat "$home/walferry.pid")" 2>/dev/null || fail 'walferry ended'
    sleep 0.1
  done
  fail "$2"
}

start_walferry() {
  setsid "$walferry" run -c "$home/walferry.yaml" >"$home/walferry.log" 2>&1 </dev/null &
  echo $! >"$home/walferry.pid"
  await ready 'walferry did not begin to stream within a minute'
}

# The first row of each table makes its topic, so that kcat has something to attach to.
commit_first_rows() {
  sql -c "INSERT INTO customers VALUES (0, 'Nobody', NULL)" \
    -c "INSERT INTO orders VALUES (0, 0, 0)" \
    -c "INSERT INTO events VALUES ('customer-0', 1, 'Registered', '{}'), ('order-0', 1, 'Placed', '{}')"
}

# One psql a transaction, as separate clients would. They make $expected records.
expected=9
commit_transactions() {
  sql -c "BEGIN" -c "INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com'), (2, 'Grace', NULL)" \
    -c "INSERT INTO events VALUES ('customer-1', 1, 'Registered', '{\"name\": \"Ada\"}')" -c "COMMIT"
  sql -c "BEGIN" -c "INSERT INTO orders VALUES (100, 1, 49.90)" \
    -c "INSERT INTO events VALUES ('order-100', 1, 'Placed', '{\"total\": 49.90}')" -c "COMMIT"
  sql -c "BEGIN" -c "INSERT INTO orders VALUES (101, 2, 13.37)" \
    -c "INSERT INTO events VALUES ('order-101', 1, 'Placed', '{\"total\": 13.37}')" -c "ROLLBACK"
  sql -c "BEGIN" -c "UPDATE orders SET paid = true WHERE id = 100" \
    -c "INSERT INTO events VALUES ('order-100', 2, 'Paid', '{}')" -c "COMMIT"
  sql -c "DELETE FROM customers WHERE id = 2"
}

topics_exist() {
  local topic
  for topic in "${topics[@]}"; do
    kcat -q -C -b "$bootstrap" -t "$topic" -o beginning -c 1 -e >"$home/first" 2>&1 && [ -s "$home/first" ] || return 1
  done
}

seen() { [ "$(wc -l <"$home/records")" -ge "$1" ]; }

show_events() {
  commit_first_rows
  await topics_exist 'the topics did not appear within a minute'
  : >"$home/records"
  "$rig" watch "$bootstrap" "${topics[@]}" >>"$home/records" 2>"$home/watch.log" &
  watcher=$!
  await "seen ${#topics[@]}" 'kcat saw nothing within a minute'
  commit_transactions
  await "seen $((${#topics[@]} + expected))" 'some events did not arrive within a minute'
  "$rig" present "$home/records" --skip "${#topics[@]}"
  if grep -qF 'order-101' "$home/records"; then fail 'order 101 was rolled back and still came out'; fi
  note 'Order 101 was rolled back: nothing of it came out.'
  note 'Table events is an event store (lib/route/README.md): its rows go raw to the topic of their category.'
}

how_to_look() {
  say 'Everything is still running. To look at it:'
  cat <<TEXT
  psql $url
  kcat -b $bootstrap -C -t shop.order -o beginning
  curl http://127.0.0.1:$http_port/status
  $walferry check -c $home/walferry.yaml
  log: $home/walferry.log
To end it: deploy/quickstart.sh --stop
TEXT
}

main() {
  case ${1:-} in
    --keep) keep=yes ;;
    --stop) stop_everything && exit ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0" && exit ;;
    '') ;;
    *) echo "quickstart: unknown option '$1' (--keep, --stop, --help)" >&2 && exit 2 ;;
  esac
  [ ! -e "$home" ] || [ -O "$home" ] || fail "$home belongs to someone else"
  # What an earlier run with --keep left makes way.
  [ ! -d "$home" ] || stop_everything
  mkdir -p "$home"
  trap leave EXIT
  trap 'exit 130' INT TERM

  step 'Installing packages' "$root/tests/rig/packages.sh" build run
  step 'Building walferry' build
  step 'Starting PostgreSQL 15 and Kafka' "$rig" up "$home"
  bootstrap=$("$rig" show "$home" bootstrap)
  http_port=$("$rig" show "$home" free_port)
  url=$("$rig" show "$home" postgres_url)
  url=${url%/*}/shop
  step 'Making database shop' make_database
  write_config
  step 'Starting walferry' start_walferry
  say 'Committing four transactions and rolling one back; what kcat receives, and how long after the commit:'
  show_events
  [ -z "$keep" ] || how_to_look
}

main "$@"
