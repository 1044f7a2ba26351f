# shellcheck shell=bash
# The node's network namespace. It has no default route, so nothing can leave it. On the machine, the test range is
# unreachable except through the routes of a cluster.

TEST_RANGE=198.18.0.0/15

# Takes the lowest free slot. A slot is claimed by a file that contains the path of the cluster's state directory.
choose_slot() {
  [[ ! -s $STATE/slot ]] || return 0
  lock_machine # the last cluster to go removes $SHARED
  mkdir -p "$RUN" "$STATE"
  save_kernel_settings
  local slot owner
  for slot in {0..15}; do
    owner=$(cat "$SHARED/slot-$slot" 2>/dev/null || true)
    if [[ -z $owner || $owner == "$STATE" || ! -s $owner/slot ]]; then
      printf '%s\n' "$STATE" >"$SHARED/slot-$slot"
      printf '%s\n' "$slot" >"$STATE/slot"
      set_addresses "$slot"
      unlock_machine
      return
    fi
  done
  fail "all 16 slots are in use (see $SHARED); remove a cluster with: cluster --name NAME down"
}

# After a reboot, another cluster may have taken the slot of an old state directory.
owns_slot() { [[ -n ${SLOT:-} && $(cat "$SHARED/slot-$SLOT" 2>/dev/null) == "$STATE" ]]; }

make_network() {
  in_network true 2>/dev/null && return
  ip route replace unreachable "$TEST_RANGE" metric 9999
  ip netns add "$NETNS"
  ip link add "$VETH" type veth peer name eth0 netns "$NETNS"
  ip address add "$HOST_ADDRESS/30" dev "$VETH"
  ip link set "$VETH" up
  ip -n "$NETNS" link set lo up
  ip -n "$NETNS" address add "$NODE_ADDRESS/30" dev eth0
  ip -n "$NETNS" link set eth0 up
  ip -n "$NETNS" route add unreachable "$SERVICE_CIDR"
  ip route add "$POD_CIDR" via "$NODE_ADDRESS"
  ip route add "$SERVICE_CIDR" via "$NODE_ADDRESS"
  modprobe -a br_netfilter overlay 2>/dev/null || true # built into the kernel if there is no module
  in_network sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
}

in_network() { nsenter --net="/run/netns/$NETNS" "$@"; }

remove_network() {
  ! owns_slot || ip link delete "$VETH" 2>/dev/null || true # also removes its routes
  ip netns delete "$NETNS" 2>/dev/null || true
}

# The kubelet changes these settings of the whole machine; the last cluster restores them.
KERNEL_SETTINGS=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops
  kernel.keys.root_maxkeys kernel.keys.root_maxbytes)

save_kernel_settings() { # skips those that this kernel lacks
  [[ -e $SHARED/kernel-settings ]] || sysctl -e "${KERNEL_SETTINGS[@]}" >"$SHARED/kernel-settings" 2>/dev/null || true
}

restore_kernel_settings() { sysctl -q -p "$SHARED/kernel-settings" >/dev/null 2>&1 || true; }
