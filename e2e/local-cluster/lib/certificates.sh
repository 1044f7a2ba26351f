# shellcheck shell=bash
# Keys, certificates and kubeconfigs: three certificate authorities, and a client certificate per component.

DAYS=3650

authority() { # NAME COMMON_NAME
  openssl req -x509 -config <(request_config) -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days $DAYS \
    -keyout "$PKI/$1.key" -out "$PKI/$1.crt" -subj "/CN=$2" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,digitalSignature 2>/dev/null
}

certificate() { # NAME AUTHORITY SUBJECT [SUBJECT_ALTERNATIVE_NAMES]
  local key=(ec -pkeyopt ec_paramgen_curve:P-256)
  # The admin key is RSA, because the Fabric8 client needs BouncyCastle for elliptic-curve keys.
  [[ $1 != admin ]] || key=(rsa:2048)
  openssl req -x509 -config <(request_config) -newkey "${key[@]}" -noenc -days $DAYS \
    -CA "$PKI/$2.crt" -CAkey "$PKI/$2.key" -keyout "$PKI/$1.key" -out "$PKI/$1.crt" -subj "$3" \
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=clientAuth,serverAuth ${4:+-addext "subjectAltName=$4"} 2>/dev/null
}

request_config() { printf '[req]\ndistinguished_name=name\n[name]\n'; }

kubeconfig() { # CERTIFICATE FILE
  (umask 077 && cat >"$2") <<YAML
apiVersion: v1
kind: Config
current-context: $NAME
contexts:
- name: $NAME
  context: {cluster: $NAME, user: $1}
clusters:
- name: $NAME
  cluster:
    server: https://$NODE_ADDRESS:6443
    certificate-authority-data: $(base64 -w 0 "$PKI/ca.crt")
users:
- name: $1
  user:
    client-certificate-data: $(base64 -w 0 "$PKI/$1.crt")
    client-key-data: $(base64 -w 0 "$PKI/$1.key")
YAML
}

make_certificates() {
  [[ ! -e $PKI/complete ]] || return 0
  begin "Certificates"
  (umask 077 && mkdir -p "$PKI")
  authority ca kubernetes
  authority front-proxy-ca front-proxy
  authority etcd-ca etcd
  local names=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc
  names+=,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$NODE_ADDRESS,IP:$API_SERVICE_ADDRESS
  certificate apiserver ca /CN=kube-apiserver "$names"
  certificate apiserver-kubelet-client ca /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate admin ca /O=system:masters/CN=admin
  certificate kube-controller-manager ca /CN=system:kube-controller-manager
  certificate kube-scheduler ca /CN=system:kube-scheduler
  certificate kube-proxy ca /CN=system:kube-proxy
  certificate kubelet ca "/O=system:nodes/CN=system:node:$NAME" "DNS:$NAME,IP:$NODE_ADDRESS"
  certificate coredns ca /CN=system:coredns
  certificate metrics-server ca /CN=system:metrics-server DNS:metrics-server.kube-system.svc
  certificate front-proxy-client front-proxy-ca /CN=front-proxy-client
  certificate etcd etcd-ca /CN=etcd IP:127.0.0.1
  openssl genrsa -out "$PKI/service-accounts.key" 2048 2>/dev/null
  openssl rsa -in "$PKI/service-accounts.key" -pubout -out "$PKI/service-accounts.pub" 2>/dev/null
  local component
  for component in kube-controller-manager kube-scheduler kube-proxy kubelet coredns metrics-server; do
    kubeconfig "$component" "$PKI/$component.kubeconfig"
  done
  kubeconfig admin "$KUBECONFIG_FILE"
  touch "$PKI/complete"
  done_
}
