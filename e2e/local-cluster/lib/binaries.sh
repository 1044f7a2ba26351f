# shellcheck shell=bash
# Builds the Kubernetes binaries from the Go module in node/, once. The name of the cache directory contains a hash of the
# inputs, so that a change of versions triggers a new build without affecting a running cluster.

KUBERNETES_VERSION=v1.36.2
KUBERNETES_COMMIT=24e2b02af5543d7910c2bb074c7264df5a8f0467
KUBERNETES_DATE=2026-06-11T18:09:07Z
PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl coredns metrics-server)

hash_of_binaries() {
  {
    cat "$HERE"/node/{go.mod,go.sum,main.go,pause/main.go}
    printf '%s\n' "$KUBERNETES_VERSION" "$KUBERNETES_COMMIT" "$KUBERNETES_DATE"
  } | sha256sum | cut -c 1-12
}

build_binaries() {
  [[ ! -e $BIN/kubectl ]] || return 0
  command -v go >/dev/null || die "building Kubernetes needs Go 1.26: install it from https://go.dev/dl"
  mkdir -p "$CACHE"
  local lock=$CACHE/kubernetes.lock building
  begin "Kubernetes $KUBERNETES_VERSION"
  exec 7>"$lock"
  if ! flock -n 7; then
    while ! flock -w 5 7; do progress "waiting for another process that builds it"; done
  fi
  if [[ ! -e $BIN/kubectl ]]; then
    # Remove the directories of killed builds, to which a surviving compiler may still write.
    rm -rf "$BIN".building*
    building=$(mktemp -d "$BIN.building.XXXX")
    chmod 755 "$building"
    build_go_module "$building"
    local program
    for program in "${PROGRAMS[@]}"; do ln -sf node "$building/$program"; done
    rm -rf "$BIN"
    mv "$building" "$BIN"
  fi
  exec 7>&-
  done_ "$BIN"
}

build_go_module() { # OUTPUT_DIRECTORY
  local output=$1 log=$1/build.log flags="-s -w" package minor
  minor=${KUBERNETES_VERSION#v1.}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$KUBERNETES_VERSION -X $package.gitMajor=1 -X $package.gitMinor=${minor%.*}"
    flags+=" -X $package.gitCommit=$KUBERNETES_COMMIT -X $package.gitTreeState=clean -X $package.buildDate=$KUBERNETES_DATE"
  done
  export CGO_ENABLED=0 GOGC=800 GOFLAGS=-buildvcs=false
  in_background "$log" "modules downloaded" go list -deps .
  local total
  total=$(go -C "$HERE/node" list -deps . | wc -l)
  in_background "$log" "of $total packages compiled" go build -v -trimpath -ldflags "-s -w" -o "$output/pause" ./pause
  in_background "$log" "of $total packages compiled" go build -v -trimpath -ldflags "$flags" -o "$output/node" .
}

# Go prints each download and compiled package on a line of its standard error, which serves as progress.
in_background() { # LOG UNIT COMMAND...
  local log=$1 unit=$2
  shift 2
  # The child must not inherit the descriptors of our locks.
  (cd "$HERE/node" && exec nice -n 10 "$@") >/dev/null 2>"$log" 7>&- 8<&- 9<&- &
  follow $! lines_of "$log" "$unit" || show_build_failure "$log"
}

lines_of() { printf '%d %s' "$(wc -l <"$1")" "$2"; } # LOG UNIT

show_build_failure() {
  tail -n 20 "$1" >&2
  fail "go build failed; the full log is $1"
}
