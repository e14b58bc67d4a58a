# Functions that every door shares. Source it: `. "$(dirname "$0")/lib.sh"`. Everything said here goes to standard error.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
# Two cores are the machine this project is sized for; more are used when they are there.
# shellcheck disable=SC2034 # used by those who source this
jobs=$(nproc)
export CROSSDOCK_ROOT=$root
# Precompiled headers and __TIME__ do not make two compilations differ for us.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' red='' green='' dim='' plain=''
fi

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "${red}error:${plain} $*"
  exit 1
}
title() { say "${bold}== $* ==${plain}"; }

# usage: prints the comment block at the head of the calling script, which is its --help.
usage() { sed -n '2,/^[^#]/{/^#/{s/^# \{0,1\}//;p}}' "$0"; }

seconds_since() { awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }'; }

# step NAME COMMAND...: runs it quietly into build/log/NAME.log, shows one line with its time, and the end of the log when it fails.
step() {
  local name=$1 start log status=0
  shift
  mkdir -p "$build/log"
  log=$build/log/${name//[^A-Za-z0-9_.-]/_}.log
  start=$(date +%s.%N)
  [ -t 2 ] && printf '%s... %s' "$dim" "$name$plain" >&2
  if [ -n "${CROSSDOCK_VERBOSE:-}" ]; then "$@" 2>&1 | tee "$log" >&2 || status=$?; else "$@" >"$log" 2>&1 || status=$?; fi
  [ -t 2 ] && printf '\r\e[K' >&2
  if [ "$status" = 0 ]; then
    say "${green}ok${plain}   $name ($(seconds_since "$start") s)"
  else
    say "${red}FAIL${plain} $name ($(seconds_since "$start") s, exit $status); the end of ${log#"$root"/}:"
    tail -n "${CROSSDOCK_TAIL:-60}" "$log" >&2
  fi
  return "$status"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -- "$@"; else
    fail "this needs root: run as root, or install sudo ($*)"
  fi
}

# packages_of GROUP...: the packages of these groups whose stand-in command is absent.
packages_of() {
  local group name command wanted=" $* " inside='' all
  all=" $(sed -n 's/^## \([a-z]*\):.*/\1/p' "$root/tools/packages" | tr '\n' ' ')"
  for group in "$@"; do
    [[ $all == *" $group "* ]] || fail "tools/packages has no group '$group'; there are:$all"
  done
  while read -r name command; do
    case $name in
      '##')
        group=${command%%:*}
        if [[ $wanted == *" $group "* ]]; then inside=1; else inside=''; fi
        ;;
      '' | '#'*) ;;
      *) if [ -n "$inside" ] && { [ -z "$command" ] || ! command -v "$command" >/dev/null; }; then echo "$name"; fi ;;
    esac
  done <"$root/tools/packages" | sort -u
}

missing_packages() {
  local name
  for name in $(packages_of "$@"); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

# Debian starts a service when it installs it. The doors start their own on free ports, so the machine's stay down meanwhile.
without_service_starts() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  "$@" || status=$?
  as_root rm -f "$policy"
  return "$status"
}

apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600)
  as_root "${apt[@]}" update &&
    without_service_starts as_root "${apt[@]}" install --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
}

# need GROUP...: installs what these groups of tools/packages lack; asks apt nothing when dpkg says that all is there.
need() {
  local missing
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return 0
  say "installing: $(tr '\n' ' ' <<<"$missing")"
  # shellcheck disable=SC2086 # one word a package
  step "packages" apt_install $missing
}

# locked NAME COMMAND...: two doors at once do not install into the same folder.
locked() {
  local name=$1
  shift
  mkdir -p "$build"
  (
    flock 8
    "$@" 8>&-
  ) 8>"$build/.lock-$name"
}

digest() { cat "$@" 2>/dev/null | sha256sum | cut -d' ' -f1; }

# fresh STAMP DIGEST: whether the stamp file holds this digest.
fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# Debian's own Python, wherever PATH points: a venv of it is the same on every machine.
python=/usr/bin/python3

# ensure_venv: build/venv with tests/requirements.txt; does nothing while that file is unchanged.
ensure_venv() { locked venv ensure_venv_locked; }
ensure_venv_locked() {
  local want stamp=$build/venv/.requirements
  need test || return
  want=$(digest "$root/tests/requirements.txt")
  fresh "$stamp" "$want" && return 0
  step "python packages" make_venv && echo "$want" >"$stamp"
}
make_venv() {
  [ -x "$build/venv/bin/pip" ] || "$python" -m venv "$build/venv" || return
  "$build/venv/bin/pip" install --quiet --disable-pip-version-check -r "$root/tests/requirements.txt"
}

# ensure_node: Node 20 or newer on PATH. Debian 12 has 18; then the 20 that the npm registry carries goes into build/node.
ensure_node() { locked node ensure_node_locked && use_node; }
node_version() { node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }
use_node() { [ ! -x "$build/node/bin/node" ] || export PATH=$build/node/bin:$PATH; }
ensure_node_locked() {
  need test || return
  use_node
  [ "$(node_version)" -ge 20 ] || step "node 20" fetch_node
}
fetch_node() {
  local machine=x64
  [ "$(uname -m)" = x86_64 ] || machine=arm64
  npm install --prefix "$build/node" --no-audit --no-fund --loglevel=error "node-linux-$machine@20.20.2" &&
    mkdir -p "$build/node/bin" && ln -sf "../node_modules/node-linux-$machine/bin/node" "$build/node/bin/node" &&
    "$build/node/bin/node" --version
}

# ensure_npm DIR: node_modules of DIR (relative to the root); does nothing while package.json, its lock and Node are unchanged.
ensure_npm() { ensure_node && locked "npm-${1//\//_}" ensure_npm_locked "$1"; }
ensure_npm_locked() {
  local dir=$root/$1 want stamp=$root/$1/node_modules/.crossdock
  want=$(digest "$dir/package.json" "$dir/package-lock.json" <(node --version))
  fresh "$stamp" "$want" && return 0
  step "npm packages of $1" install_npm "$dir" && digest "$dir/package.json" "$dir/package-lock.json" <(node --version) >"$stamp"
}
install_npm() {
  local verb=install
  [ -f "$1/package-lock.json" ] && verb=ci
  (cd "$1" && PUPPETEER_SKIP_DOWNLOAD=1 npm "$verb" --no-audit --no-fund --loglevel=error)
}

# ensure_kafka: Apache Kafka's jars in build/kafka/lib; does nothing while tools/kafka/pom.xml is unchanged.
ensure_kafka() { locked kafka ensure_kafka_locked; }
ensure_kafka_locked() {
  local want stamp=$build/kafka/.pom
  need services || return
  want=$(digest "$root/tools/kafka/pom.xml")
  fresh "$stamp" "$want" && return 0
  rm -rf "$build/kafka"
  step "Apache Kafka's jars" fetch_kafka && echo "$want" >"$stamp"
}
fetch_kafka() {
  mkdir -p "$build/kafka" &&
    mvn -B -q -f "$root/tools/kafka/pom.xml" "-DoutputDirectory=$build/kafka/lib" dependency:copy-dependencies
}

# configure FOLDER CMAKE_ARGUMENT...: configures build/FOLDER with ninja (clang-19 unless the arguments name another compiler).
configure() {
  local folder=$build/$1
  shift
  cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 "$@"
}

# has_target FOLDER NAME: whether the configured build knows this target.
has_target() { ninja -C "$build/$1" -t query "$2" >/dev/null 2>&1; }
