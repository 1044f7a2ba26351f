# shellcheck shell=bash
# Images without a registry: imports tars into containerd, and builds the pause image.

PAUSE_IMAGE=proxyroute.local/pause:1

ctr() { command ctr --address "$CONTAINERD_SOCKET" --namespace k8s.io "$@"; }

images() { ctr images "$@"; }

load_images() {
  local tar identity mark
  (($#)) || die "load needs at least one image tar"
  mkdir -p "$STATE/loaded"
  for tar; do
    [[ -r $tar ]] || die "cannot read image tar $tar"
    begin "Import ${tar#"$PWD/"}"
    mark=$STATE/loaded/$(readlink -f "$tar" | sha256sum | cut -c 1-16)
    identity=$(image_identity "$tar")
    if [[ $(cat "$mark" 2>/dev/null) == "$identity" ]]; then
      done_ "unchanged"
      continue
    fi
    import "$tar"
    printf '%s' "$identity" >"$mark"
    done_
  done
}

# A hash of the names and layer digests in a tar. Timestamps do not matter, because builds rewrite the file.
image_identity() { # TAR
  local config
  config=$(tar --extract --to-stdout --file "$1" manifest.json 2>/dev/null | sed -n 's/.*"Config": *"\([^"]*\)".*/\1/p')
  if [[ -n $config ]]; then set -- "$1" manifest.json "$config"; else set -- "$1" index.json; fi
  tar --extract --to-stdout --file "$@" 2>/dev/null | sha256sum
}

import() { ctr images import --all-platforms "$1" >>"$(log_of images)" 2>&1 || fail "containerd rejected $1" images; }

import_pause() {
  local root=$STATE/pause tar=$STATE/pause.tar
  [[ ! -e $tar ]] || return 0
  mkdir -p "$root"
  cp "$BIN/pause" "$root/pause"
  image_tar "$root" "$tar" "$PAUSE_IMAGE" '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
  rm -rf "$root"
  import "$tar"
}

# image_tar ROOT TAR NAME CONFIG: writes an image with one layer, the files of ROOT. Reproducible.
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
  tar --create --file "$work.tar" --mtime=@1 --numeric-owner --directory "$work" manifest.json "$config_sum.json" layer.tar
  mv "$work.tar" "$output"
  rm -rf "$work"
}

image_architecture() {
  case $(uname -m) in
    x86_64) printf amd64 ;;
    aarch64) printf arm64 ;;
    *) die "unsupported machine architecture: $(uname -m)" ;;
  esac
}
