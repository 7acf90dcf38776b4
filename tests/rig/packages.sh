#!/bin/bash
# Installs the Debian packages that walferry needs, and nothing that is there already.
#
#   packages.sh [build|run|test]...      default: all three
#
# build  compiler and libraries
# run    PostgreSQL, Kafka's Java and the rig's Python: what deploy/quickstart.sh starts
# test   what only developers need: the other PostgreSQL majors come by npm, checkers by clang
#
# Idempotent and quiet when nothing is missing. A java, mvn or npm from elsewhere is good enough.
set -euo pipefail

build=(g++ cmake ninja-build ccache pkg-config git libpq-dev librdkafka-dev libboost1.81-dev
  nlohmann-json3-dev catch2 libyaml-cpp-dev libspdlog-dev libfmt-dev libcli11-dev libre2-dev
  libexpected-dev prometheus-cpp-dev libssl-dev libxxhash-dev)
run=(postgresql-15 postgresql-client-15 kcat python3 python3-psycopg2 python3-confluent-kafka
  python3-yaml python3-jsonschema curl ca-certificates)
test=(clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14 valgrind spin
  prometheus chromium fonts-dejavu-core)

java_major() { java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1; }
has_java() { command -v java >/dev/null && [ "$(java_major)" -ge 17 ]; }
has_maven() { has_java && command -v mvn >/dev/null && mvn -v >/dev/null 2>&1; }
has_npm() { command -v npm >/dev/null && npm --version >/dev/null 2>&1; }

installed() { [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = 'install ok installed' ]; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Prints the packages of the groups named by the arguments, one a line.
wanted() {
  local group
  for group in "$@"; do
    case $group in
      build) printf '%s\n' "${build[@]}" ;;
      run)
        printf '%s\n' "${run[@]}"
        has_java || echo openjdk-17-jre-headless
        has_maven || echo maven
        ;;
      test)
        printf '%s\n' "${test[@]}"
        has_npm || echo npm
        ;;
      *)
        echo "packages.sh: unknown group '$group' (build, run, test)" >&2
        return 2
        ;;
    esac
  done
}

# Debian's PostgreSQL package would otherwise create and start a cluster on port 5432.
forbid_main_cluster() {
  installed postgresql-15 && return
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' |
    as_root tee /etc/postgresql-common/createcluster.d/walferry-rig.conf >/dev/null
}

# Only promtool is wanted of Debian's prometheus, not its server on port 9090.
forbid_prometheus_server() {
  installed prometheus && return
  as_root mkdir -p /etc/systemd/system
  [ -e /etc/systemd/system/prometheus.service ] ||
    as_root ln -s /dev/null /etc/systemd/system/prometheus.service
}

# apt-get's own lock is waited for, so that two runs at once both succeed.
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@"
}

main() {
  [ $# -gt 0 ] || set -- build run test
  local list package missing=()
  list=$(wanted "$@")
  for package in $list; do
    installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "packages.sh: installing ${missing[*]}" >&2
  forbid_main_cluster
  forbid_prometheus_server
  apt update >&2
  apt install -y --no-install-recommends "${missing[@]}" >&2
}

main "$@"
