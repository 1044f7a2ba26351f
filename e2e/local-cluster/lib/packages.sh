# shellcheck shell=bash
# Installs the Debian packages of missing programs.

declare -A PROGRAM_PACKAGES=(
  [etcd]=etcd-server [containerd]=containerd [runc]=runc [iptables]=iptables [ipset]=ipset [ip]=iproute2
  [conntrack]=conntrack [openssl]=openssl [sysctl]=procps [flock]=util-linux [/usr/lib/cni/bridge]=containernetworking-plugins
)

install_packages() {
  local missing
  remove_stale_policy
  find_missing
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "missing packages: ${missing[*]}; there is no apt-get here, so install them yourself"
  require_root
  begin "Debian packages"
  lock_packages
  find_missing # another process may have installed them in the meantime
  if ((${#missing[@]})); then apt_install_watched; fi
  unlock_packages
  done_ "${missing[*]}"
}

find_missing() { # into $missing
  local program
  missing=()
  for program in "${!PROGRAM_PACKAGES[@]}"; do
    command -v "$program" >/dev/null || missing+=("${PROGRAM_PACKAGES[$program]}")
  done
}

lock_packages() {
  mkdir -p "$CACHE"
  exec 6>"$CACHE/packages.lock"
  while ! flock -w 1 6; do progress "waiting for another process that installs packages"; done
}

unlock_packages() { exec 6>&-; }

apt_install_watched() {
  local log
  log=$(mktemp)
  apt_install "${missing[@]}" >"$log" 2>&1 7<&- 8<&- 9<&- &
  if ! follow $! apt_progress "$log"; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get failed to install ${missing[*]}"
  fi
  rm -f "$log"
}

apt_progress() { tail -n 1 "$1" | grep '^Waiting' || say "${missing[*]}"; } # LOG

# Exit status 101 of this file keeps Debian from starting the services of the packages. The mark identifies our file.
POLICY=/usr/sbin/policy-rc.d
POLICY_MARK="# of proxyroute's local cluster, while it installs packages"

apt_install() (
  apt=$HERE/../../tools/patient-apt-get
  "$apt" update || exit # waits for other installations, which our policy must not affect
  trap '' TERM # do not leave packages half installed
  remove_policy
  if [[ ! -e $POLICY ]]; then
    trap remove_policy EXIT
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
    chmod +x "$POLICY"
  fi
  "$apt" install -y --no-install-recommends "$@"
)

remove_policy() { ! grep -qxF "$POLICY_MARK" "$POLICY" 2>/dev/null || rm -f "$POLICY"; }

# Removes the policy that a killed installation left, unless another installation is running.
remove_stale_policy() {
  [[ $EUID == 0 && -e $POLICY && -e $CACHE/packages.lock ]] || return 0
  (flock -n 6 && remove_policy) 6<"$CACHE/packages.lock" || true
}
