#!/usr/bin/env bash
# quickstart.sh - from a fresh clone on Debian 12 to a running filter: installs the packages, builds, starts the daemon
# on a Unix socket in a temporary folder, sends it six invented mails as an MTA would, and shows what it answered.
#
# usage: packaging/quickstart.sh [--build-only]
# The binaries stay in build/release/bin. Nothing is installed but Debian packages, no service is started, and the
# temporary folder is removed. Without root it works when the packages are already there.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
. packaging/debian-packages.sh

build_only=false
case "${1:-}" in
  "") ;;
  --build-only) build_only=true ;;
  *) echo "usage: packaging/quickstart.sh [--build-only]" >&2; exit 2 ;;
esac

work=""
daemon=""

stop_and_clean() {
  if [ -n "$daemon" ] && kill -0 "$daemon" 2>/dev/null; then
    kill -TERM "$daemon"
    wait "$daemon" || true
  fi
  daemon=""
  [ -z "$work" ] || rm -rf "$work"
}

build() {
  install_packages build run
  echo "== configuring"
  cmake --preset release -DWINNOW_TESTS=OFF
  echo "== building (a few minutes)"
  cmake --build --preset release -j "$(build_jobs)"
  echo "== built: build/release/bin/winnow-milter and build/release/bin/winnow"
}

# The model is copied because the daemon refuses a model that belongs to a third user, which a clone's owner may be.
write_settings() {
  install -m 0644 "$root/models/default.pt" "$work/default.pt"
  cat > "$work/winnow.yaml" <<YAML
milter:
  socket: "unix:$work/winnow.sock"
  socket_group: ""
engine:
  model: default.pt
rules: ["$root/config/rules.yaml"]
metrics: { listen: "" }
log: { to: stderr }
YAML
}

start_daemon() {
  OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1 \
    build/release/bin/winnow-milter --config "$work/winnow.yaml" 2> "$work/daemon.log" &
  daemon=$!
  for _ in $(seq 600); do
    [ -S "$work/winnow.sock" ] && return 0
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.1
  done
  echo "error: the daemon did not start; its log says:" >&2
  cat "$work/daemon.log" >&2
  return 1
}

show_mail() {
  echo "== sending invented mail from tests/data/mail through the milter socket"
  echo
  (cd tests/data/mail &&
    "$root/build/release/bin/winnow" send --socket "unix:$work/winnow.sock" --to alice@example.org \
      plain-ham.eml newsletter.eml borderline.eml phish.eml spam.eml gtube.eml)
  echo
  echo "== the daemon's log lines"
  grep ' judged ' "$work/daemon.log" || true
}

build
if $build_only; then exit 0; fi
trap stop_and_clean EXIT
trap 'exit 130' INT TERM
work=$(mktemp -d)
write_settings
echo "== checking settings, rules and model"
build/release/bin/winnow check --config "$work/winnow.yaml"
echo "== starting winnow-milter"
start_daemon
show_mail
echo "== stopping the daemon"
stop_and_clean
work=""
echo "== next: README.md tells how to add it to Postfix; winnow explain FILE tells why a mail is judged as it is"
