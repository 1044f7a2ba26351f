# shellcheck shell=bash
# Cluster services: DNS, metrics (kubectl top, HorizontalPodAutoscaler) and a StorageClass. DNS and metrics run as processes
# of the node instead of pods, so that they need no images.

start_services() {
  begin "DNS, metrics, storage"
  configure "$STATE/Corefile" <<COREFILE
cluster.local:53 in-addr.arpa:53 {
  bind $NODE_ADDRESS
  errors
  cache 5
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $PKI/coredns.kubeconfig
    pods insecure
    ttl 5
  }
}
COREFILE
  apply_services
  start coredns "$BIN/coredns" -conf "$STATE/Corefile"
  start_metrics_server
  await coredns 30 "its port accepts connections" in_network bash -c ": </dev/tcp/$NODE_ADDRESS/53"
  touch "$STATE/complete"
  done_ "kubectl top has metrics in 30 s"
}

start_metrics_server() {
  local config=$PKI/metrics-server.kubeconfig
  start metrics-server "$BIN/metrics-server" --secure-port=10300 --metric-resolution=15s \
    --kubeconfig="$config" --authentication-kubeconfig="$config" --authorization-kubeconfig="$config" \
    --tls-cert-file="$PKI/metrics-server.crt" --tls-private-key-file="$PKI/metrics-server.key" \
    --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate="$PKI/apiserver-kubelet-client.crt" \
    --kubelet-client-key="$PKI/apiserver-kubelet-client.key"
}

# Pre-provisioned volumes, because the directories of the built-in provisioner are accessible to root only.
VOLUMES=10

volumes() {
  local number
  for ((number = 0; number < VOLUMES; number++)); do
    mkdir -p -m 777 "$STATE/volumes/$number"
    cat <<YAML
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: volume-$number}
spec:
  storageClassName: standard
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce, ReadOnlyMany, ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  hostPath: {path: $STATE/volumes/$number, type: Directory}
YAML
  done
}

apply_services() {
  {
    sed -e "s|\${NODE_ADDRESS}|$NODE_ADDRESS|" -e "s|\${NODE}|$NAME|" -e "s|\${CA}|$(base64 -w 0 "$PKI/ca.crt")|" \
      "$HERE/services.yaml"
    volumes
  } | cluster_kubectl apply --server-side --force-conflicts -f - >>"$(log_of services)" 2>&1 ||
    fail "the API server rejected services.yaml" services
}
