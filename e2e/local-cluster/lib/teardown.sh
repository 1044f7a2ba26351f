# shellcheck shell=bash
# Removes a cluster in any state: kills every process, then removes namespaces, network, cgroups and files.

tear_down() {
  kill_processes
  remove_namespace
  remove_network
  remove_cgroups
  remove_stale_policy
  remove_claims
  rm -rf "$RUN"
  find "$STATE" -mindepth 1 -delete
  rmdir "$STATE"
  rmdir "$STATES" "${STATES%/*}" 2>/dev/null || true
}

kill_processes() {
  local processes deadline=$(($(now_ms) + 8000))
  while processes=$(cluster_processes) && [[ -n $processes ]]; do
    # shellcheck disable=SC2086
    kill -KILL $processes 2>/dev/null || true
    (($(now_ms) < deadline)) || fail "these processes survive SIGKILL: ${processes//$'\n'/ }"
    sleep 0.1
  done
}

# The last cluster restores the kernel settings and removes what all clusters share.
remove_claims() {
  local claim
  lock_machine
  for claim in "$SHARED"/slot-*; do
    [[ $(cat "$claim" 2>/dev/null) != "$STATE" ]] || rm -f "$claim"
  done
  if ! compgen -G "$SHARED/slot-*" >/dev/null; then
    [[ ! -e $SHARED/kernel-settings ]] || restore_kernel_settings
    disable_controllers
    ip route delete unreachable "$TEST_RANGE" metric 9999 2>/dev/null || true
    if [[ -e $SHARED/made-directories ]]; then
      xargs rmdir 2>/dev/null <"$SHARED/made-directories" || true
    fi
    rm -rf "$SHARED"
  fi
  unlock_machine
}

# Deletes the state of a node whose namespaces are gone, for example after a reboot.
reset_if_unrecoverable() {
  [[ -s $STATE/slot ]] || return 0
  is_up_at_all && return
  kill_processes
  remove_namespace
  remove_network
  remove_cgroups
  rm -rf "$RUN"
  find "$STATE" -mindepth 1 ! -path "$STATE/owner" -delete
}
