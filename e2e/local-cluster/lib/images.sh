# shellcheck shell=bash
# Images without a registry: tars go into containerd as they are. Two are made here, both in the
# layout of `docker save`: the pause image of every pod, and a Java base image for the project's own.

PAUSE_IMAGE=proxyroute.local/pause:1

ctr() { command ctr --address "$CONTAINERD_SOCKET" --namespace k8s.io "$@"; }

images() { ctr images "$@"; }

# A tar is known by its size and time: what did not change is not imported again.
load_images() {
  local tar stamp mark
  (($#)) || die "load needs at least one image tar"
  mkdir -p "$STATE/loaded"
  for tar; do
    [[ -r $tar ]] || die "$tar: no such image tar"
    tar=$(readlink -f "$tar")
    mark=$STATE/loaded/$(printf '%s' "$tar" | sha256sum | cut -c 1-16)
    stamp=$(stat -c '%s %.Y' "$tar")
    begin "Import ${tar##*/}"
    if [[ $(cat "$mark" 2>/dev/null) == "$stamp" ]]; then
      done_ "unchanged"
      continue
    fi
    import "$tar"
    printf '%s' "$stamp" >"$mark"
    done_
  done
}

import() { ctr images import --all-platforms "$1" >>"$(log_of images)" 2>&1 || { STEP_COMPONENT=images && fail "containerd refused $1"; }; }

import_pause() {
  local root=$STATE/pause tar=$STATE/pause.tar
  [[ ! -e $tar ]] || return 0
  mkdir -p "$root"
  cp "$BIN/pause" "$root/pause"
  image_tar "$root" "$tar" "$PAUSE_IMAGE" '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
  rm -rf "$root"
  import "$tar"
}

# image_tar ROOT TAR NAME CONFIG: one layer with the files of ROOT. The same files give the same tar.
image_tar() {
  local root=$1 output=$2 name=$3 config=$4 work layer_sum config_sum
  work=$(mktemp -d "$output.XXXX")
  tar --create --file "$work/layer.tar" --directory "$root" --sort=name --numeric-owner --owner=0 --group=0 .
  layer_sum=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
  cat >"$work/config.json" <<JSON
{"architecture": "$(image_architecture)", "os": "linux", "created": "1970-01-01T00:00:01Z", "config": $config,
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer_sum"]},
 "history": [{"created": "1970-01-01T00:00:01Z", "created_by": "e2e/local-cluster"}]}
JSON
  config_sum=$(sha256sum "$work/config.json" | cut -d ' ' -f 1)
  mv "$work/config.json" "$work/$config_sum.json"
  printf '[{"Config": "%s.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]\n' "$config_sum" "$name" >"$work/manifest.json"
  tar --create --file "$output.new" --mtime=@1 --numeric-owner --directory "$work" manifest.json "$config_sum.json" layer.tar
  mv "$output.new" "$output"
  rm -rf "$work"
}

image_architecture() {
  case $(uname -m) in
    x86_64) printf amd64 ;;
    aarch64) printf arm64 ;;
    *) die "no image architecture is known for $(uname -m)" ;;
  esac
}

# --- the Java base image ---

# Enough for Netty, Micrometer, Jackson, the JDK's HTTP client, Flight Recorder, jcmd and DNS; no desktop.
JAVA_MODULES=java.base,java.instrument,java.logging,java.management,java.management.rmi,java.naming
JAVA_MODULES+=,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml
JAVA_MODULES+=,jdk.attach,jdk.charsets,jdk.crypto.cryptoki,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jfr
JAVA_MODULES+=,jdk.management,jdk.management.agent,jdk.management.jfr,jdk.naming.dns,jdk.net,jdk.nio.mapmode
JAVA_MODULES+=,jdk.security.auth,jdk.unsupported,jdk.zipfs

base_image() {
  local jdk tar
  jdk=$("$HERE/../../tools/with-jdk" printenv JAVA_HOME)
  tar=$CACHE/java-base-$( { cat "$jdk/release" "$HERE/lib/images.sh"; printf '%s' "$jdk"; } | sha256sum | cut -c 1-12).tar
  [[ -s $tar ]] || make_base_image "$jdk" "$tar" >&2
  say "$tar"
}

make_base_image() { # JDK TAR
  local jdk=$1 tar=$2 root java
  begin "Java base image"
  mkdir -p "$CACHE"
  root=$(mktemp -d "$tar.XXXX")
  java=$root/opt/java
  chmod 755 "$root"
  mkdir -p "$root"/{etc,opt,proc,dev,sys,lib64} "$root/home/app"
  mkdir -m 1777 "$root/tmp"
  "$jdk/bin/jlink" --add-modules "$JAVA_MODULES" --output "$java" --no-header-files --no-man-pages
  copy_libraries "$java" "$root"
  printf 'root:x:0:0:root:/:/sbin/nologin\napp:x:65532:65532:app:/home/app:/sbin/nologin\n' >"$root/etc/passwd"
  printf 'root:x:0:\napp:x:65532:\n' >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  # Class-data archives record the time of the module file: set all times first, as the tar keeps them.
  find "$root" -exec touch --no-dereference --date=@1 {} +
  "$java/bin/java" -Xshare:dump >/dev/null
  "$java/bin/java" -XX:+UseCompactObjectHeaders -Xshare:dump >/dev/null
  find "$root" -exec touch --no-dereference --date=@1 {} +
  image_tar "$root" "$tar" proxyroute.local/java-base:25 \
    '{"User": "65532:65532", "WorkingDir": "/home/app", "Env": ["PATH=/opt/java/bin", "JAVA_HOME=/opt/java", "LANG=C.UTF-8"]}'
  rm -rf "$root"
  done_ "$(du -h "$tar" | cut -f 1)"
}

# The C library's family, at the paths where the loader looks: what Java names, and what it opens by name.
copy_libraries() { # JAVA ROOT
  local file libc_directory
  libc_directory=$(ldd "$1/bin/java" | sed -n 's|.*=> \(/.*\)/libc\.so\.6 .*|\1|p')
  {
    find "$1" -type f \( -name '*.so' -o -path '*/bin/java' \) -exec ldd {} + | grep -o '/[^ ]*\.so[^ ]*' | grep -v "^$1"
    for file in libm.so.6 libdl.so.2 librt.so.1 libpthread.so.0 libresolv.so.2 libnss_files.so.2 libnss_dns.so.2; do
      printf '%s\n' "$libc_directory/$file"
    done
  } | sort -u | while read -r file; do
    [[ -e $file ]] || continue
    mkdir -p "$2$(dirname "$file")"
    cp --dereference "$file" "$2$file"
  done
}
