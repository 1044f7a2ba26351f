# shellcheck shell=bash
# The node's mount namespace and cgroups. Every mount that the kubelet, containerd and the pods make
# lives in this namespace alone, and the directories whose places are fixed in those programs are the
# cluster's own in there: so clusters do not meet, the machine's own containerd or kubelet is not
# touched, and all mounts vanish with the last process.

# Their places are compiled in; in the namespace each is a directory of the cluster's.
FIXED_DIRECTORIES=(/var/lib/kubelet /var/lib/cni /var/log/containers /run/containerd)

make_namespace() {
  make_cgroups
  in_node true 2>/dev/null && return
  local dir
  lock_machine
  for dir in "${FIXED_DIRECTORIES[@]}"; do
    [[ -d $dir ]] || { mkdir -p "$dir" && printf '%s\n' "$dir" >>"$SHARED/made-directories"; }
  done
  unlock_machine
  # unshare keeps the namespace in a file, which must lie on a private mount
  mount --bind "$RUN" "$RUN"
  mount --make-private "$RUN"
  touch "$RUN/mnt"
  # shellcheck disable=SC2016
  unshare --mount="$RUN/mnt" --propagation slave bash -ec '
    own=$1; shift
    mount --make-rshared /
    for dir; do
      mkdir -p "$own$dir"
      mount --bind "$own$dir" "$dir"
    done' bash "$RUN/own" "${FIXED_DIRECTORIES[@]}"
}

in_node() { nsenter --net="/run/netns/$NETNS" --mount="$RUN/mnt" "$@"; }

remove_namespace() {
  umount "$RUN/mnt" 2>/dev/null || true
  umount "$RUN" 2>/dev/null || true
}

# One directory for each controller under cgroup v1, a single one under v2.
cgroup_directories() {
  if [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; then
    printf '%s\n' "/sys/fs/cgroup/$CGROUP"
  else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d -printf "%p/$CGROUP\n"
  fi
}

# Under cgroup v2 a controller works below the root only where it is switched on there. The kubelet asks for all of these
# that the root has.
CONTROLLERS=(cpu cpuset memory io pids hugetlb)

enable_controllers() {
  local root=/sys/fs/cgroup controller
  [[ -e $root/cgroup.subtree_control ]] || return 0
  lock_machine
  for controller in "${CONTROLLERS[@]}"; do
    [[ " $(<$root/cgroup.controllers) " == *" $controller "* ]] || continue
    [[ " $(<$root/cgroup.subtree_control) " != *" $controller "* ]] || continue
    printf '+%s' "$controller" >$root/cgroup.subtree_control ||
      fail "the cgroup controller $controller cannot be switched on in $root/cgroup.subtree_control. In a container with a\
 cgroup namespace of its own this does not work: use the machine itself, or start the container in the machine's\
 namespace with /sys/fs/cgroup writable (docker run --privileged --cgroupns=host), or use a machine with cgroup v1"
    printf '%s\n' "$controller" >>"$SHARED/controllers"
  done
  unlock_machine
}

# The last cluster out switches off what was off before, unless somebody uses it by now.
disable_controllers() {
  local controller
  [[ -e $SHARED/controllers ]] || return 0
  while read -r controller; do
    printf -- '-%s' "$controller" >/sys/fs/cgroup/cgroup.subtree_control || true
  done <"$SHARED/controllers" 2>/dev/null
}

make_cgroups() {
  local dir
  enable_controllers
  for dir in $(cgroup_directories); do
    mkdir -p "$dir"
    # All pods together would weigh as much as a single process beside them (a build, say) and starve.
    [[ ! -e $dir/cpu.shares ]] || printf 16384 >"$dir/cpu.shares"
    [[ ! -e $dir/cpu.weight ]] || printf 625 >"$dir/cpu.weight"
  done
}

remove_cgroups() {
  local dir
  for dir in $(cgroup_directories); do
    [[ ! -d $dir ]] || find "$dir" -depth -type d -exec rmdir {} +
  done
}

# Every process of the cluster: those in its mount namespace, and all in its cgroups.
cluster_processes() {
  local dir id
  {
    for dir in $(cgroup_directories); do
      [[ ! -d $dir ]] || find "$dir" -name cgroup.procs -exec cat {} + 2>/dev/null
    done
    id=$(stat -L -c %i "$RUN/mnt" 2>/dev/null) &&
      find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/mnt' -lname "mnt:\[$id\]" -printf '%p\n' 2>/dev/null |
      cut -d / -f 3
  } | sort -un || true
}
