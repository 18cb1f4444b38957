#!/usr/bin/env bash
# debian13.sh - Winnow on Debian 13 (GCC 14, LibTorch 2.6), in a chroot: builds there, runs the release stage of
# run.sh with its end-to-end tests, and compares the probabilities of one model file there with those of this machine.
#
# usage: tests/debian13.sh [options] [STEP]...      as root; needs debootstrap and some 5 GiB
# Makes the chroot if it is not there, copies the tracked files into it, and takes these steps, or those that are named:
#   suite     tests/run.sh --only release: packages, build, all tests
#   compare   winnow classify of the same mail with the same models/default.pt, here and there
# options:
#   --root DIR       the chroot (default: /var/tmp/winnow-debian13); stays, with build and ccache, for the next time
#   --mirror URL     Debian mirror (default: debootstrap's)
#   --host-bin DIR   this machine's build to compare with (default: build/release/bin)
#   --limit X        the largest difference of a probability that passes (default: 1e-5)
# exit: 0 everything passed, 1 something failed, 2 wrong usage. The last line sums up: "N passed, N failed".
#
# All of it runs in its own mount and process namespaces: however it ends, no mount and no process is left behind.
set -uo pipefail
source_root=$(cd "$(dirname "$0")/.." && pwd) || exit
self=$source_root/tests/debian13.sh

all_steps="suite compare"
root=/var/tmp/winnow-debian13
mirror=""
host_bin=$source_root/build/release/bin
limit=1e-5
steps=""

wrong_usage() { echo "tests/debian13.sh: $1; see --help" >&2; exit 2; }

read_arguments() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --help) sed -n '2,17s/^# \{0,1\}//p' "$self"; exit 0 ;;
      --root|--mirror|--host-bin|--limit)
        [ -n "${2:-}" ] || wrong_usage "$1 needs a value"
        case "$1" in
          --root) root=$(realpath -m "$2") ;;
          --mirror) mirror=$2 ;;
          --host-bin) host_bin=$(realpath -m "$2") ;;
          --limit) limit=$2 ;;
        esac
        shift 2 ;;
      *)
        case " $all_steps " in
          *" $1 "*) steps="$steps $1"; shift ;;
          *) wrong_usage "no step '$1'; there are: $all_steps" ;;
        esac ;;
    esac
  done
  steps=${steps:-$all_steps}
  case "$root" in
    /|"$source_root"|"$source_root"/*) wrong_usage "the chroot must be a folder of its own outside the sources" ;;
  esac
  [ "$(id -u)" -eq 0 ] || wrong_usage "a chroot needs root"
}

# Runs this script again in namespaces of its own. With the outer process all of the inner ones end, and the mounts with
# them: unshare's child is the first process of its namespace.
enter_namespaces() {
  local status=0
  WINNOW_DEBIAN13_INSIDE=1 unshare --mount --pid --fork --kill-child "$self" "$@" &
  inner=$!
  trap 'kill -KILL "$inner" 2>/dev/null' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  wait "$inner" || status=$?
  trap - EXIT
  exit "$status"
}

passed=0
failed=0
failures=""

count_failure() {
  failed=$((failed + 1))
  failures="$failures
  debian13: $1"
}

in_chroot() {
  chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LC_ALL=C.UTF-8 CCACHE_DIR=/var/cache/ccache OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1 "$@"
}

# debootstrap removes its own folder as the last thing, so a chroot that has it was never finished.
is_debian13() {
  [ ! -e "$root/debootstrap" ] && grep -qs '^VERSION_CODENAME=trixie$' "$root/etc/os-release"
}

make_chroot() {
  is_debian13 && return 0
  if [ -n "$(ls -A "$root" 2>/dev/null)" ]; then
    echo "error: $root is neither empty nor a finished chroot of Debian 13; remove it or name another" >&2
    return 1
  fi
  if ! command -v debootstrap > /dev/null; then
    echo "error: debootstrap is missing; install it: apt-get install debootstrap" >&2
    return 1
  fi
  echo "== debian13: making the chroot in $root"
  mkdir -p "$root" || return
  # shellcheck disable=SC2086  # no mirror, no word
  debootstrap --variant=minbase trixie "$root" $mirror
}

# In this script's own mount namespace only.
mount_systems() {
  mount -t proc proc "$root/proc" &&
    mount -t sysfs -o ro sysfs "$root/sys" &&
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" &&
    mkdir -p "$root/dev/shm" &&
    mount -t tmpfs tmpfs "$root/dev/shm" || return
  cp -L /etc/resolv.conf "$root/etc/resolv.conf" || return
  [ -e "$root/etc/hosts" ] || echo "127.0.0.1 localhost" > "$root/etc/hosts"
}

# The tracked files as they lie here, also those not committed yet. A file that is as it was keeps its time, any other gets
# the present one, so that just what changed is built anew: times of a checkout say nothing of what lay there before.
copy_sources() {
  local copy=$root/src/winnow fresh=$root/src/fresh file
  rm -rf "$fresh" && mkdir -p "$copy" "$fresh" || return
  git -C "$source_root" ls-files -z | tar -C "$source_root" --null --files-from=- --create |
    tar -C "$fresh" --extract --no-same-owner --touch || return
  (cd "$fresh" && find . -type f -print0) | while IFS= read -r -d "" file; do
    if cmp -s "$fresh/$file" "$copy/$file"; then touch -r "$copy/$file" "$fresh/$file"; fi
  done
  find "$copy" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} + || return
  find "$fresh" -mindepth 1 -maxdepth 1 -exec mv -t "$copy" {} + && rmdir "$fresh"
}

step_suite() {
  local log=$root/src/suite.log sum
  in_chroot /src/winnow/tests/run.sh --only release 2>&1 | tee "$log"
  sum=$(tail -n 1 "$log")
  if [[ ! $sum =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    count_failure "tests/run.sh ended without a sum"
    return
  fi
  passed=$((passed + BASH_REMATCH[1]))
  failed=$((failed + BASH_REMATCH[2]))
  if [ "${BASH_REMATCH[2]}" -gt 0 ]; then
    failures="$failures
$(sed -n '/^failed:$/,$ { /^  /p }' "$log")"
  fi
}

# Both are run here and there: in the folder of the mail with those of the binaries and the sources; with that of the binaries.
# shellcheck disable=SC2016
classify='cd "$1" && "$2/winnow" classify --json --model "$3/models/default.pt" --rules "$3/config/rules.yaml" mail synthetic-ordinary'
# shellcheck disable=SC2016
libtorch='ldd "$1/../lib/libwinnow-torch.so" | sed -n "s/.*libtorch_cpu\.so\.\([0-9.]*\) .*/LibTorch \1/p"'

# The mail of tests/data, and 300 generated messages in twelve languages.
gather_mail() {
  rm -rf "$1" && mkdir -p "$1/mail" &&
    cp "$source_root"/tests/data/mail/*.eml "$1/mail" &&
    "$source_root/models/ordinary_mail/generate.py" --output "$1" --count 300 --seed 13 > /dev/null
}

step_compare() {
  local place=$root/src/compare
  export OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1
  if [ ! -x "$host_bin/winnow" ]; then
    count_failure "compare: no $host_bin/winnow; build it (packaging/quickstart.sh --build-only) or name --host-bin"
    return
  fi
  if ! gather_mail "$place"; then count_failure "compare: no mail"; return; fi
  echo "== debian13: comparing $(bash -c "$libtorch" - "$host_bin") here" \
    "with $(in_chroot bash -c "$libtorch" - /src/winnow/build/release/bin) there"
  if bash -c "$classify" - "$place" "$host_bin" "$source_root" > "$place/here.jsonl" &&
    in_chroot bash -c "$classify" - /src/compare /src/winnow/build/release/bin /src/winnow > "$place/there.jsonl" &&
    "$source_root/tests/compare_probabilities.py" --limit "$limit" "$place/here.jsonl" "$place/there.jsonl"; then
    passed=$((passed + 1))
  else
    count_failure "compare"
  fi
}

sum_up() {
  if [ -n "$failures" ]; then printf 'failed:%s\n' "$failures"; fi
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}

read_arguments "$@"
[ -n "${WINNOW_DEBIAN13_INSIDE:-}" ] || enter_namespaces "$@"

if ! { make_chroot && mount_systems && copy_sources; }; then
  count_failure "there is no chroot to work in"
  sum_up
fi
for step in $steps; do
  case "$step" in
    suite) step_suite ;;
    compare) step_compare ;;
  esac
done
sum_up
