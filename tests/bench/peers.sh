#!/bin/bash
# CPU time per message of Winnow beside rspamd and SpamAssassin, in one run; see peers.py --help for the options.
#
# usage: tests/bench/peers.sh [--install] [option of peers.py...]
#   --install   first makes sure that the other filters are there (packaging/debian-packages.sh, group bench)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if [ "${1-}" = --install ]; then
  shift
  . "$here/../../packaging/debian-packages.sh"
  install_packages bench
fi
exec python3 "$here/peers.py" "$@"
