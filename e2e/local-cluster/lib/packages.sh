# shellcheck shell=bash
# The Debian packages that the node needs; installed only where a program is missing.

declare -A PROGRAM_PACKAGES=(
  [etcd]=etcd-server [containerd]=containerd [runc]=runc [iptables]=iptables [ipset]=ipset [ip]=iproute2
  [conntrack]=conntrack [openssl]=openssl [flock]=util-linux [/usr/lib/cni/bridge]=containernetworking-plugins
)

install_packages() {
  local program missing=()
  for program in "${!PROGRAM_PACKAGES[@]}"; do
    command -v "$program" >/dev/null || missing+=("${PROGRAM_PACKAGES[$program]}")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "these programs are missing, and there is no apt-get to install them: ${missing[*]}"
  require_root
  begin "Debian packages"
  progress "${missing[*]}"
  local log
  log=$(mktemp)
  if ! apt_install "${missing[@]}" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install ${missing[*]}"
  fi
  rm -f "$log"
  done_ "${missing[*]}"
}

# The packages' own services stay off: status 101 of this file is Debian's way to say so.
apt_install() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update && apt-get install -y --no-install-recommends "$@"
)
