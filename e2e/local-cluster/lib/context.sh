# shellcheck shell=bash
# Paths and addresses: the cache (shared by all clusters), the state of a cluster, and files that a reboot removes.

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/proxyroute
STATES=${XDG_STATE_HOME:-$HOME/.local/state}/proxyroute/clusters
SHARED=/run/proxyroute # shared by all clusters of this machine: slots, saved kernel settings

set_context() {
  [[ $NAME =~ ^[a-z][a-z0-9-]{0,29}$ ]] ||
    die "invalid cluster name '$NAME': use at most 30 lower-case letters, digits and dashes, starting with a letter"
  STATE=$STATES/$NAME
  RUN=$SHARED/$NAME
  LOGS=$STATE/logs
  PKI=$STATE/pki
  KUBECONFIG_FILE=$STATE/kubeconfig
  # Keep kubectl's cache in the cluster's state, because the next cluster has the same address.
  export KUBECACHEDIR=$STATE/kubectl-cache
  AUDIT_LOG=$STATE/audit/audit.log
  NETNS=proxyroute-$NAME
  CGROUP=proxyroute-$NAME
  CONTAINERD_SOCKET=$RUN/containerd.sock
  BIN=$CACHE/kubernetes-$(hash_of_binaries)
  read_slot
}

# Unsets the addresses if the cluster has no slot.
read_slot() {
  unset SLOT VETH
  [[ ! -s $STATE/slot ]] || set_addresses "$(<"$STATE/slot")"
}

# Slot 0 to 15: each cluster has its own part of 198.18.0.0/15, the range for tests (RFC 2544).
set_addresses() {
  SLOT=$1
  POD_CIDR=198.18.$((SLOT * 8)).0/21
  SERVICE_CIDR=198.19.$((SLOT * 16)).0/20
  API_SERVICE_ADDRESS=198.19.$((SLOT * 16)).1
  HOST_ADDRESS=198.18.255.$((SLOT * 4 + 1))
  NODE_ADDRESS=198.18.255.$((SLOT * 4 + 2))
  VETH=proxyroute$SLOT
}

require_root() { ((EUID == 0)) || die "this needs root for network namespaces, mounts and cgroups: run it with sudo -E"; }

need_cluster() { [[ -s $STATE/slot ]] || die "cluster $NAME is not up; start it with: cluster --name $NAME up"; }

# Locks DIR through file descriptor FD until the process ends. The holder of the lock may remove DIR.
lock_directory() { # DIR FD
  local dir=$1 fd=$2
  while :; do
    mkdir -p "$dir"
    eval "exec $fd<\"\$dir\""
    flock -w 1 "$fd" || { say "Waiting for another command that has locked $dir" >&2; flock "$fd"; }
    [[ $(stat -L -c %i "/proc/$$/fd/$fd") == "$(stat -c %i "$dir" 2>/dev/null)" ]] && return
  done
}

# The previous holder of the lock may have changed the slot.
lock_cluster() {
  lock_directory "$STATE" 8
  read_slot
}

lock_machine() { lock_directory "$SHARED" 9; }
unlock_machine() { exec 9<&-; }
