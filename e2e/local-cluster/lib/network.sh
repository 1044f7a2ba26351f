# shellcheck shell=bash
# The node's network namespace. Nothing can leave it: there is no default route inside, and on the
# machine itself the test range is unreachable but for what a cluster's own routes say.

TEST_RANGE=198.18.0.0/15

# Takes the lowest free slot; the claim is a file that names the cluster's state directory.
choose_slot() {
  [[ ! -s $STATE/slot ]] || return 0
  lock_machine # before anything is made in what the last cluster out removes
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
  fail "all 16 slots are taken; see $SHARED"
}

# After a reboot the slot of a state that was left may be another cluster's.
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
  modprobe -a br_netfilter overlay 2>/dev/null || true # built in where there is no module
  in_network sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
}

in_network() { nsenter --net="/run/netns/$NETNS" "$@"; }

remove_network() {
  ! owns_slot || ip link delete "$VETH" 2>/dev/null || true # its routes go with it
  ip netns delete "$NETNS" 2>/dev/null || true
}

# The kubelet changes these for the whole machine; the last cluster out puts them back.
KERNEL_SETTINGS=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops
  kernel.keys.root_maxkeys kernel.keys.root_maxbytes)

save_kernel_settings() { # those that this kernel has
  [[ -e $SHARED/kernel-settings ]] || sysctl -e "${KERNEL_SETTINGS[@]}" >"$SHARED/kernel-settings" 2>/dev/null || true
}

restore_kernel_settings() { sysctl -q -p "$SHARED/kernel-settings" >/dev/null 2>&1 || true; }
