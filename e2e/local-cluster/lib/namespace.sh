# shellcheck shell=bash
# The node's mount namespace and cgroups. All mounts of kubelet, containerd and pods exist only in this namespace, where each
# directory whose path is compiled in is private to the cluster. This isolates clusters from each other and from a
# containerd or kubelet of the machine, and all mounts disappear with the last process.

# Paths that are compiled in; the namespace has a private directory at each.
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
  # unshare binds the namespace to a file, which must be on a private mount
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

# One directory per controller with cgroup v1, a single one with v2.
cgroup_directories() {
  if [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; then
    printf '%s\n' "/sys/fs/cgroup/$CGROUP"
  else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d -printf "%p/$CGROUP\n"
  fi
}

# With cgroup v2, a controller must be enabled in the root to work below it. The kubelet needs all of these that exist.
CONTROLLERS=(cpu cpuset memory io pids hugetlb)

enable_controllers() {
  local root=/sys/fs/cgroup controller
  [[ -e $root/cgroup.subtree_control ]] || return 0
  lock_machine
  for controller in "${CONTROLLERS[@]}"; do
    [[ " $(<$root/cgroup.controllers) " == *" $controller "* ]] || continue
    [[ " $(<$root/cgroup.subtree_control) " != *" $controller "* ]] || continue
    printf '+%s' "$controller" >$root/cgroup.subtree_control ||
      fail "cannot enable the cgroup controller $controller in $root/cgroup.subtree_control. This does not work in a\
 container with a private cgroup namespace: run it on the machine directly, or start the container with the host's\
 namespace and a writable /sys/fs/cgroup (docker run --privileged --cgroupns=host), or use a machine with cgroup v1"
    printf '%s\n' "$controller" >>"$SHARED/controllers"
  done
  unlock_machine
}

# The last cluster disables the controllers that were disabled before, unless they are in use.
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
    # By default all pods together would weigh as much as one other process, such as a build, and starve.
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

# Prints all processes of the cluster: those in its mount namespace and those in its cgroups.
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
