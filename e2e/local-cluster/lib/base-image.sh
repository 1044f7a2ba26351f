# shellcheck shell=bash
# The Java base image, for Jib without a registry. It contains a JDK reduced by jlink, the C library and an unprivileged
# user, but no shell.

# Modules for Netty, Micrometer, Jackson, the JDK's HTTP client, Flight Recorder, jcmd and DNS.
JAVA_MODULES=java.base,java.instrument,java.logging,java.management,java.management.rmi,java.naming
JAVA_MODULES+=,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml
JAVA_MODULES+=,jdk.attach,jdk.charsets,jdk.crypto.cryptoki,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jfr
JAVA_MODULES+=,jdk.management,jdk.management.agent,jdk.management.jfr,jdk.naming.dns,jdk.net,jdk.nio.mapmode
JAVA_MODULES+=,jdk.security.auth,jdk.unsupported,jdk.zipfs

base_image() {
  local jdk tar
  jdk=$("$HERE/../../tools/with-jdk" printenv JAVA_HOME)
  tar=$CACHE/java-base-$( { cat "$jdk/release" "$HERE/lib/base-image.sh"; printf '%s' "$jdk"; } | sha256sum | cut -c 1-12).tar
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
  # Set all timestamps first: class-data archives record that of the modules file, and the tar keeps it.
  find "$root" -exec touch --no-dereference --date=@1 {} +
  "$java/bin/java" -Xshare:dump >/dev/null
  "$java/bin/java" -XX:+UseCompactObjectHeaders -Xshare:dump >/dev/null
  find "$root" -exec touch --no-dereference --date=@1 {} +
  image_tar "$root" "$tar" proxyroute.local/java-base:25 \
    '{"User": "65532:65532", "WorkingDir": "/home/app", "Env": ["PATH=/opt/java/bin", "JAVA_HOME=/opt/java", "LANG=C.UTF-8"]}'
  rm -rf "$root"
  done_ "$(du -h "$tar" | cut -f 1)"
}

# Copies the shared libraries that Java links or opens, to the paths where the dynamic loader looks for them.
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
