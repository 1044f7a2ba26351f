# shellcheck shell=bash
# The processes of the node: configuration, start, health checks, signals.

COMPONENTS=(etcd containerd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy coredns metrics-server)

start_components() {
  local component
  mkdir -p "$LOGS"
  begin "etcd and containerd"
  start_containerd
  start_etcd
  await etcd 20 "its port accepts connections" in_network bash -c ': </dev/tcp/127.0.0.1/2379'
  done_

  begin "API server"
  start_apiserver
  await containerd 20 "its socket accepts connections" ctr version
  import_pause
  await kube-apiserver 60 "/readyz returns ok" cluster_kubectl --request-timeout=3s get --raw /readyz
  done_ "https://$NODE_ADDRESS:6443"

  begin "Node"
  start_kubelet
  start_controller_manager
  start_scheduler
  start_kube_proxy
  await kubelet 60 "the node is Ready" node_is_ready
  await kube-controller-manager 30 "the default service account exists" cluster_kubectl get serviceaccount default
  for component in kube-scheduler kube-proxy; do await "$component" 1 "the node is Ready" is_alive "$component"; done
  done_ "$NAME"
}

node_is_ready() {
  cluster_kubectl --request-timeout=3s wait --for=condition=Ready "node/$NAME" --timeout=1s
}

cluster_kubectl() { KUBECONFIG=$KUBECONFIG_FILE "$BIN/kubectl" "$@"; }

# --- processes ---

log_of() { printf '%s/%s.log' "$LOGS" "$1"; }

# start COMPONENT COMMAND...: starts a component, or resumes it if it is suspended. It must not inherit our locks' descriptors.
start() {
  local component=$1 priority=()
  shift
  if is_alive "$component"; then
    ! is_suspended "$component" || signal CONT "$component"
    return 0
  fi
  # Components must respond even when pods use all CPU. Not containerd: containers would inherit its priority.
  [[ $component == containerd ]] || priority=(nice -n -15)
  (cd / && exec "${priority[@]}" nsenter --net="/run/netns/$NETNS" --mount="$RUN/mnt" setsid "$@") \
    </dev/null >>"$(log_of "$component")" 2>&1 7<&- 8<&- 9<&- &
  printf '%s %s\n' "$!" "$(start_time $!)" >"$RUN/$component.pid"
}

# Identifies a process together with its PID, since PIDs are reused; fails for a zombie.
start_time() { # PID
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # see proc(5): after the command in parentheses, the first field is the state and the 20th the start time
  read -ra stat <<<"${stat##*) }"
  [[ ${stat[0]} != [ZX] ]] && printf '%s' "${stat[19]}"
}

is_alive() { # COMPONENT
  local pid started
  [[ -s $RUN/$1.pid ]] && read -r pid started <"$RUN/$1.pid" && is_process "$pid" "$started"
}

is_process() { [[ -n $2 && $(start_time "$1") == "$2" ]]; } # PID START_TIME

# Whether a running component is suspended.
is_suspended() { # COMPONENT
  local pid
  read -r pid _ <"$RUN/$1.pid"
  grep -q '^State:[[:space:]]*T' "/proc/$pid/status" 2>/dev/null
}

describe_process() { # COMPONENT
  local pid
  if is_alive "$1"; then
    read -r pid _ <"$RUN/$1.pid"
    printf '%s  pid %-8s %5d MiB' "$(is_suspended "$1" && echo "SUSPENDED" || echo running  )" "$pid" "$(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$pid/status")"
  else
    printf 'NOT RUNNING; see %s' "$(log_of "$1")"
  fi
}

is_up_at_all() { [[ -s $STATE/slot ]] && in_node true 2>/dev/null; }

is_running() {
  local component
  is_up_at_all || return 1
  for component in "${COMPONENTS[@]}"; do
    is_alive "$component" && ! is_suspended "$component" || return 1
  done
  [[ -e $STATE/complete ]] && cluster_kubectl --request-timeout=3s get --raw /readyz >/dev/null 2>&1 && node_is_ready >/dev/null 2>&1
}

need_component() { # COMPONENT
  [[ " ${COMPONENTS[*]} " == *" ${1:-} "* ]] || die "unknown component ${1:-}; must be one of: ${COMPONENTS[*]}"
}

signal() { # SIGNAL COMPONENT
  local pid
  need_component "${2:-}"
  is_alive "$2" || die "$2 is not running"
  read -r pid _ <"$RUN/$2.pid"
  kill "-$1" "$pid"
}

show_log() { # COMPONENT [tail's options]
  need_component "${1:-}"
  local component=$1
  shift
  if (($#)); then tail "$@" "$(log_of "$component")"; else cat "$(log_of "$component")"; fi
}

# --- each component ---

# Writes a file only if it differs, because kube-proxy exits when its configuration file is written.
configure() { # FILE; reads the content from standard input
  local content
  content=$(cat)
  [[ $content == "$(cat "$1" 2>/dev/null)" ]] || printf '%s\n' "$content" >"$1"
}

start_etcd() {
  start etcd etcd --name "$NAME" --data-dir "$STATE/etcd" \
    --listen-client-urls https://127.0.0.1:2379 --advertise-client-urls https://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster "$NAME=http://127.0.0.1:2380" \
    --cert-file "$PKI/etcd.crt" --key-file "$PKI/etcd.key" \
    --trusted-ca-file "$PKI/etcd-ca.crt" --client-cert-auth \
    --unsafe-no-fsync --log-level warn # a test cluster may lose its data when the machine crashes
}

start_containerd() {
  mkdir -p "$STATE/cni"
  configure "$STATE/cni/10-bridge.conflist" <<JSON
{ "cniVersion": "0.4.0", "name": "$NETNS", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
    "ipam": { "type": "host-local", "dataDir": "$RUN/addresses",
              "ranges": [[{ "subnet": "$POD_CIDR" }]], "routes": [{ "dst": "0.0.0.0/0" }] } },
  { "type": "portmap", "capabilities": { "portMappings": true } } ] }
JSON
  # restrict_oom_score_adj: otherwise no pod starts without CAP_SYS_RESOURCE
  configure "$STATE/containerd.toml" <<TOML
version = 2
root = "$STATE/containerd"
state = "$RUN/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]
[debug]
  level = "warn"
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.internal.v1.opt"]
  path = "$STATE/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
TOML
  start containerd containerd --config "$STATE/containerd.toml"
}

start_apiserver() {
  mkdir -p "${AUDIT_LOG%/*}"
  # Metadata only, without bodies. Omits reads and leases of the node's own components.
  configure "$STATE/audit-policy.yaml" <<YAML
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy",
          "system:node:$NAME", "system:coredns", "system:metrics-server"]
  verbs: [get, list, watch]
- level: None
  users: ["system:apiserver", "system:node:$NAME"]
  resources: [{group: coordination.k8s.io, resources: [leases]}]
- level: None
  nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/openapi/*"]
- level: Metadata
YAML
  start kube-apiserver "$BIN/kube-apiserver" \
    --advertise-address="$NODE_ADDRESS" --bind-address=0.0.0.0 --secure-port=6443 \
    --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --cert-dir="$PKI" \
    --client-ca-file="$PKI/ca.crt" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --allow-privileged=true --service-cluster-ip-range="$SERVICE_CIDR" --enable-aggregator-routing=true \
    --etcd-servers=https://127.0.0.1:2379 --etcd-cafile="$PKI/etcd-ca.crt" \
    --etcd-certfile="$PKI/etcd.crt" --etcd-keyfile="$PKI/etcd.key" \
    --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP,Hostname \
    --kubelet-client-certificate="$PKI/apiserver-kubelet-client.crt" \
    --kubelet-client-key="$PKI/apiserver-kubelet-client.key" \
    --proxy-client-cert-file="$PKI/front-proxy-client.crt" --proxy-client-key-file="$PKI/front-proxy-client.key" \
    --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$PKI/service-accounts.pub" \
    --service-account-signing-key-file="$PKI/service-accounts.key" \
    --audit-policy-file="$STATE/audit-policy.yaml" --audit-log-path="$AUDIT_LOG" \
    --audit-log-maxsize=64 --audit-log-maxbackup=3 \
    --feature-gates=SizeBasedListCostEstimate=false # waits for progress notifications, which etcd sends from 3.4.25 on
}

start_controller_manager() {
  start kube-controller-manager "$BIN/kube-controller-manager" \
    --kubeconfig="$PKI/kube-controller-manager.kubeconfig" --leader-elect=false \
    --flex-volume-plugin-dir="$STATE/volume-plugins" --use-service-account-credentials \
    --service-account-private-key-file="$PKI/service-accounts.key" \
    --root-ca-file="$PKI/ca.crt" --cluster-signing-cert-file="$PKI/ca.crt" --cluster-signing-key-file="$PKI/ca.key" \
    --cert-dir="$PKI/controller-manager" --allocate-node-cidrs=false \
    --horizontal-pod-autoscaler-sync-period=5s --kube-api-qps=500 --kube-api-burst=1000
}

start_scheduler() {
  start kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$PKI/kube-scheduler.kubeconfig" \
    --leader-elect=false --cert-dir="$PKI/scheduler" --kube-api-qps=200 --kube-api-burst=400
}

start_kubelet() {
  configure "$STATE/resolv.conf" <<<"nameserver $NODE_ADDRESS"
  configure "$STATE/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $PKI/ca.crt}
authorization: {mode: Webhook}
tlsCertFile: $PKI/kubelet.crt
tlsPrivateKeyFile: $PKI/kubelet.key
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
cgroupsPerQOS: true
enforceNodeAllocatable: [pods]
failCgroupV1: false
failSwapOn: false
podLogsDir: $STATE/pod-logs
volumePluginDir: $STATE/volume-plugins
clusterDomain: cluster.local
clusterDNS: [$NODE_ADDRESS]
resolvConf: $STATE/resolv.conf
maxPods: 110
serializeImagePulls: false
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
evictionPressureTransitionPeriod: 30s
nodeStatusUpdateFrequency: 5s
kubeAPIQPS: 200
kubeAPIBurst: 400
YAML
  start kubelet "$BIN/kubelet" --config="$STATE/kubelet.yaml" --kubeconfig="$PKI/kubelet.kubeconfig" \
    --root-dir="$STATE/kubelet" --cert-dir="$PKI" --hostname-override="$NAME" --node-ip="$NODE_ADDRESS"
}

start_kube_proxy() {
  configure "$STATE/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $PKI/kube-proxy.kubeconfig}
mode: iptables
clusterCIDR: $POD_CIDR
hostnameOverride: $NAME
iptables: {minSyncPeriod: 0s}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
  start kube-proxy "$BIN/kube-proxy" --config="$STATE/kube-proxy.yaml"
}
