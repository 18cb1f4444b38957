# shellcheck shell=bash
# debian-packages.sh - the Debian packages that Winnow needs, and how scripts install them. To be sourced by bash.
#
# The one place where the packages are listed: build (compiler and libraries), run (what the binaries use beside the
# libraries that come with the above), test (what the tests use on top), bench (other filters that Winnow is compared
# with by tests/bench/accuracy and tests/bench/peers.sh).

# packages_of GROUP: its packages, one word each.
packages_of() {
  case "$1" in
    build)
      # ccache from the start: tests build much of the same again.
      echo g++ cmake ninja-build pkgconf ccache libyaml-cpp-dev libre2-dev libgmime-3.0-dev libxml2-dev libicu-dev \
        libpsl-dev libxxhash-dev libssl-dev libboost-dev nlohmann-json3-dev libcli11-dev libarchive-dev \
        libcld2-dev libmilter-dev libsystemd-dev libspdlog-dev prometheus-cpp-dev zlib1g-dev libcurl4-openssl-dev libtorch-dev ;;
    run)
      # Without OpenBLAS LibTorch falls back to the reference BLAS, 20 times slower.
      echo libopenblas0-pthread publicsuffix ;;
    test)
      echo clang clang-format libclang-rt-dev llvm libgtest-dev libgmock-dev libbenchmark-dev python3 python3-jsonschema python3-torch python3-yaml postfix \
        dovecot-core dovecot-lmtpd dovecot-imapd dovecot-sieve miltertest \
        systemd systemd-container libseccomp2 util-linux ;;
    bench)
      echo bogofilter spamassassin spamd spamc rspamd redis-server fasttext python3 zstd ;;
  esac
}

# Prints those of the packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^.i ' || printf '%s ' "$package"
  done
}

enabled_services() {
  systemctl --root=/ list-unit-files --type=service --state=enabled --no-legend 2>/dev/null | awk '{ print $1 }' | sort
}

# Installs packages without questions, without removing any (an MTA that is there stays) and without starting a service,
# now or at the next boot: while it works, policy-rc.d forbids to start what does not run, as it does in a chroot. A
# policy-rc.d that is already there is left alone.
apt_install_quietly() (
  export DEBIAN_FRONTEND=noninteractive
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
    cat > "$policy" <<'POLICY'
#!/bin/sh
while [ "${1#--}" != "$1" ]; do shift; done
systemctl is-active --quiet "$1" 2>/dev/null || exit 101
POLICY
    chmod 755 "$policy"
  fi
  had_systemd=$(command -v systemctl || true)  # else all that it brings counts as added, and nothing boots by it
  before=$([ -z "$had_systemd" ] || enabled_services)
  apt-get -q update &&
    apt-get -q -y --no-install-recommends --no-remove -o Dpkg::Options::=--force-confold install "$@" || exit
  [ -n "$had_systemd" ] || exit 0
  added=$(comm -13 <(echo "$before") <(enabled_services))
  # shellcheck disable=SC2086  # one word a service
  [ -z "$added" ] || systemctl --root=/ --quiet disable $added || echo "warning: these start at the next boot: $added" >&2
)

# install_packages GROUP...: makes sure that these groups are there.
install_packages() {
  local group missing
  # shellcheck disable=SC2046,SC2086  # one word a package
  missing=$(missing_packages $(for group in "$@"; do packages_of "$group"; done))
  if [ -z "$missing" ]; then
    echo "== packages: all there"
    return 0
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "error: these packages are missing; install them as root and start again:" >&2
    echo "  apt-get install --no-install-recommends $missing" >&2
    return 1
  fi
  echo "== packages: installing $missing"
  # shellcheck disable=SC2086
  apt_install_quietly $missing
}

# Compilers of files that include LibTorch take up to 1.5 GiB each: as many jobs as cores and memory allow.
build_jobs() {
  local cores memory_jobs
  cores=$(nproc)
  memory_jobs=$(awk '/^MemAvailable:/ { print int($2 / 1572864) }' /proc/meminfo)
  [ "$memory_jobs" -ge 1 ] || memory_jobs=1
  if [ "$memory_jobs" -lt "$cores" ]; then echo "$memory_jobs"; else echo "$cores"; fi
}
