#!/usr/bin/env bash
# run.sh - everything that must hold before a change goes in, on Debian 12 or 13, with its own set-up.
#
# usage: tests/run.sh [--only STAGE]...
#   release   GCC, optimized: all tests, the end-to-end ones included
#   asan      Clang with AddressSanitizer and UBSan: unit and integration tests, and 20 s of each fuzz target
#   tsan      Clang with ThreadSanitizer: unit and integration tests
#   no-torch  without LibTorch: both programs build, and the tests that need no model pass
# exit: 0 everything passed, 1 something failed, 2 wrong usage. The last line sums up: "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. packaging/debian-packages.sh

all_stages="release asan tsan no-torch"
stages=""
while [ $# -gt 0 ]; do
  case "$1" in
    --only)
      case " $all_stages " in
        *" ${2:-none} "*) stages="$stages $2"; shift 2 ;;
        *) echo "tests/run.sh: no stage '${2:-}'; there are: $all_stages" >&2; exit 2 ;;
      esac ;;
    --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "usage: tests/run.sh [--only STAGE]...; stages: $all_stages" >&2; exit 2 ;;
  esac
done
stages=${stages:-$all_stages}

passed=0
failed=0
skipped=0
failures=""
jobs=$(build_jobs)
# Instrumented code optimized a little: a third of the time to compile, and still fast enough to run.
light_flags=(-DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1")

count_failure() {
  failed=$((failed + 1))
  failures="$failures
  $1"
}

# build_step NAME COMMAND...: a step that either works or counts as one failure.
build_step() {
  local name=$1
  shift
  echo "== $name"
  if "$@"; then return 0; fi
  count_failure "$name"
  return 1
}

# count_tests REPORT: one line a test of CTest's JUnit report: passed, skipped or failed, then its name. Only what says
# itself that it skipped counts as skipped: a test program that is missing has failed.
count_tests() {
  awk '
    function tell() { if (name != "") print verdict, name }
    /<testcase / {
      tell()
      name = $0; sub(/.*<testcase name="/, "", name); sub(/".*/, "", name)
      verdict = /status="run"/ ? "passed" : "failed"
    }
    /<skipped message="(SKIP_|Disabled)/ { verdict = "skipped" }
    END { tell() }' "$1"
}

# run_ctest STAGE ARGUMENTS...: adds what CTest counted.
run_ctest() {
  local stage=$1 report="$PWD/build/$1/ctest.xml" status=0 verdict name count=0 failed_before=$failed
  shift
  echo "== $stage: tests"
  rm -f "$report"
  ctest --test-dir "build/$stage" --output-on-failure --output-junit "$report" "$@" || status=$?
  if [ ! -s "$report" ]; then
    count_failure "$stage: ctest ended with $status and without a report"
    return
  fi
  while read -r verdict name; do
    count=$((count + 1))
    case "$verdict" in
      passed) passed=$((passed + 1)) ;;
      skipped) skipped=$((skipped + 1)); echo "skipped: $name" ;;
      *) count_failure "$stage: $name" ;;
    esac
  done < <(count_tests "$report")
  if [ "$count" -eq 0 ]; then count_failure "$stage: there were no tests"; fi
  if [ "$status" -ne 0 ] && [ "$failed" -eq "$failed_before" ]; then
    count_failure "$stage: ctest ended with $status, though its report names no failure"
  fi
}

# The test and fuzz programs of a build folder: what the sanitizer stages build, without the rest.
test_targets() {
  ninja -C "build/$1" -t targets all | sed -n 's/^bin\/\(\(test\|fuzz\)_[a-z_]*\): .*/\1/p' | sort -u
}

stage_release() {
  build_step "release: configure" cmake --preset release -DWINNOW_TESTS=ON || return
  build_step "release: build" cmake --build --preset release -j "$jobs" || return
  run_ctest release
}

stage_sanitizer() {
  local stage=$1
  build_step "$stage: configure" cmake --preset "$stage" -DWINNOW_TESTS=ON "${light_flags[@]}" || return
  # shellcheck disable=SC2046  # one word a target
  build_step "$stage: build" ninja -C "build/$stage" -j "$jobs" $(test_targets "$stage") || return
  run_ctest "$stage" -LE 'e2e|bench|arch'
}

# Each fuzz target for 20 s from its own seeds, which it may not change. An input that fails stays in build/asan/found.
fuzz_smoke() {
  local target seeds found=$PWD/build/asan/found
  mkdir -p "$found"
  for target in build/asan/bin/fuzz_*; do
    [ -x "$target" ] || continue
    seeds="tests/data/fuzz/$(basename "${target#*fuzz_}")"
    [ -d "$seeds" ] || seeds=""
    echo "== asan: $(basename "$target"), 20 s"
    mkdir -p "$found/corpus"
    # shellcheck disable=SC2086  # no seeds, no word
    if "$target" -max_total_time=20 -timeout=10 -rss_limit_mb=4096 -verbosity=0 -print_final_stats=1 \
      -artifact_prefix="$found/$(basename "$target")-" "$found/corpus" $seeds; then
      passed=$((passed + 1))
    else
      count_failure "asan: $(basename "$target")"
    fi
    rm -rf "$found/corpus"
  done
}

stage_no_torch() {
  build_step "no-torch: configure" cmake --preset no-torch -DWINNOW_TESTS=ON || return
  build_step "no-torch: build" ninja -C build/no-torch -j "$jobs" winnow winnow-milter test_config test_rules test_cli ||
    return
  run_ctest no-torch -LE 'e2e|bench|arch' -E 'NOT_BUILT'
}

# Objects from one clone serve the next, wherever it lies.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

export CTEST_PARALLEL_LEVEL=$jobs
install_packages build run test || { echo "0 passed, 1 failed"; exit 1; }
# Reports of a sanitizer end the test; LibTorch's and GLib's own one-time allocations are no leaks of ours.
export UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS=detect_stack_use_after_return=1
export LSAN_OPTIONS=suppressions=$PWD/tests/sanitizers/lsan.supp:print_suppressions=0
export TSAN_OPTIONS=suppressions=$PWD/tests/sanitizers/tsan.supp:halt_on_error=1:second_deadlock_stack=1

for stage in $stages; do
  started=$SECONDS
  case "$stage" in
    release) stage_release ;;
    asan) stage_sanitizer asan; fuzz_smoke ;;
    # One after the other: on a busy machine libmilter's threads race each other when it stops.
    tsan) CTEST_PARALLEL_LEVEL=1 stage_sanitizer tsan ;;
    no-torch) stage_no_torch ;;
  esac
  echo "== $stage took $((SECONDS - started)) s"
done

if [ "$skipped" -gt 0 ]; then echo "$skipped skipped (their output says why)"; fi
if [ -n "$failures" ]; then printf 'failed:%s\n' "$failures"; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
