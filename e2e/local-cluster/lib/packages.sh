# shellcheck shell=bash
# The Debian packages that the node needs; installed only where a program is missing.

declare -A PROGRAM_PACKAGES=(
  [etcd]=etcd-server [containerd]=containerd [runc]=runc [iptables]=iptables [ipset]=ipset [ip]=iproute2
  [conntrack]=conntrack [openssl]=openssl [sysctl]=procps [flock]=util-linux [/usr/lib/cni/bridge]=containernetworking-plugins
)

install_packages() {
  local missing
  remove_stale_policy
  find_missing
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "these programs are missing, and there is no apt-get to install them: ${missing[*]}"
  require_root
  begin "Debian packages"
  lock_packages
  find_missing # another process may have installed them meanwhile
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
  while ! flock -w 1 6; do progress "another process installs packages"; done
}

unlock_packages() { exec 6>&-; }

apt_install_watched() {
  local log
  log=$(mktemp)
  apt_install "${missing[@]}" >"$log" 2>&1 7<&- 8<&- 9<&- &
  if ! follow $! apt_does "$log"; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install ${missing[*]}"
  fi
  rm -f "$log"
}

apt_does() { tail -n 1 "$1" | grep '^Waiting' || say "${missing[*]}"; } # LOG

# The packages' own services stay off: status 101 of this file is Debian's way to say so. The mark tells ours from others.
POLICY=/usr/sbin/policy-rc.d
POLICY_MARK="# of proxyroute's local cluster, while it installs packages"

apt_install() (
  apt=$HERE/../../tools/patient-apt-get
  "$apt" update || exit # here it waits, if at all: whoever installs then must not meet our policy
  trap '' TERM # half an installation is worse than one that goes on without us
  remove_policy
  if [[ ! -e $POLICY ]]; then
    trap remove_policy EXIT
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
    chmod +x "$POLICY"
  fi
  "$apt" install -y --no-install-recommends "$@"
)

remove_policy() { ! grep -qxF "$POLICY_MARK" "$POLICY" 2>/dev/null || rm -f "$POLICY"; }

# What an installation left that was killed; one that goes on is let alone.
remove_stale_policy() {
  [[ $EUID == 0 && -e $POLICY && -e $CACHE/packages.lock ]] || return 0
  (flock -n 6 && remove_policy) 6<"$CACHE/packages.lock" || true
}
