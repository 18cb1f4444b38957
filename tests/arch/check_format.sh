#!/bin/sh
# Checks that all code is as clang-format leaves it; tables set by hand stand between `// clang-format off` and `on`.
#
# usage: tests/arch/check_format.sh ROOT
# exit: 0 it is; 77 skipped, no clang-format 14 (others break lines elsewhere); else some lines are not, each is shown
set -eu

root=${1:?usage: check_format.sh ROOT}
if ! command -v clang-format-14 >/dev/null; then
  echo "check_format: skipped: no clang-format-14" >&2
  exit 77
fi
cd "$root"
find cli config engine milter models rules tests \( -name '*.cpp' -o -name '*.h' \) -print0 |
  xargs -0 clang-format-14 --dry-run --Werror
