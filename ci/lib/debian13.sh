# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A Debian 13 in a folder, for ci/with-debian13. To be sourced behind common.sh.
#
# It is made in debian13_half and gets its name when it is whole; afterwards it is not changed, but replaced by a new one.
# What is mounted is mounted in a namespace of its own and goes with its last process, however that ends; this system sees
# no mount, also none that debootstrap makes and leaves when it is killed.

debian13_suite=trixie
# shellcheck disable=SC2154 # common.sh
debian13_store=$top/build-debian13
debian13_root=$debian13_store/root
debian13_half=$debian13_store/root.half
debian13_log=$debian13_store/root.log
debian13_megabytes=4000
debian13_groups=(build run test)

# in_namespace FUNCTION [ARGUMENT...]: a function of this file, with a mount namespace of its own, instead of this shell
in_namespace ()
{
  # shellcheck disable=SC2016 # expanded by the inner shell
  exec unshare --mount --propagation private -- bash -c '
    set -euo pipefail
    . "$1/ci/lib/common.sh"
    . "$1/ci/lib/debian13.sh"
    shift
    "$@"' "$0" "$top" "$@"
}

# The mirror of Debian's main archive that this system's apt uses.
debian13_mirror_of_apt ()
{
  local codename targets
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && printf '%s\n' "${VERSION_CODENAME-}")
  # shellcheck disable=SC2016 # expanded by apt
  targets=$(apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' \
    2>/dev/null | grep '|main|') || true
  # Who a repository is of is known once its lists have been fetched. Without them it is the one of this release.
  {
    grep '^Debian|' <<<"$targets" | grep -v -e '-security|' -e '-backports|' || true
    [[ -z $codename ]] || grep -F "|$codename|" <<<"$targets" | grep '^|' || true
  } | sed -n 's/.*|//; /^https\?:/p' | head -n 1
}

# What lets this system's apt reach its mirror does so there, too: proxies, time-outs, tolerance for old lists.
debian13_apt_settings ()
{
  apt-config dump 2>/dev/null | grep -E '^Acquire::(Check-|https?::|Retries|ForceIPv)' || true
}

debian13_apt_proxy ()
{
  local proxy=
  eval "$(apt-config shell proxy Acquire::http::Proxy 2>/dev/null || true)"
  [[ $proxy == DIRECT ]] || printf '%s\n' "$proxy"
}

# What it is made of and how: when this changes, it is made anew.
debian13_recipe ()
{
  printf '%s\n' "$debian13_suite" "${debian13_groups[@]}"
  sed -n '/^[a-z0-9]/p; /^\[/p' ci/packages.txt |
    awk -v groups=" ${debian13_groups[*]} " '/^\[/ { on = index(groups, " " substr($0, 2, length($0) - 2) " ") } on'
}

debian13_is_whole ()
{
  [[ -f $debian13_root/etc/debian13-recipe ]] && cmp -s -- "$debian13_root/etc/debian13-recipe" <(debian13_recipe)
}

debian13_step ()
{
  local complaint=$1
  shift
  "$@" >>"$debian13_log" 2>&1 </dev/null && return
  printf 'The end of %s:\n' "$debian13_log" >&2
  tail -n 12 -- "$debian13_log" >&2
  die "$complaint"
}

# debian13_enter ROOT COMMAND...: with what is this system's in the environment, but for what names its folders
debian13_enter ()
{
  local dir=$1
  shift
  exec chroot "$dir" /usr/bin/env -u TMPDIR -u XDG_CACHE_HOME -u XDG_RUNTIME_DIR HOME=/tmp LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# debian13_mount ROOT
debian13_mount ()
{
  local dir=$1 file
  mkdir -p -- "$dir$top"
  mount -t proc proc "$dir/proc"
  mount --rbind /dev "$dir/dev"
  mount --bind /tmp "$dir/tmp"
  for file in /etc/resolv.conf /etc/hosts; do
    [[ -e $file ]] || continue
    [[ -e $dir$file ]] || : >"$dir$file"
    mount --bind -- "$(readlink -f -- "$file")" "$dir$file"
  done
  # a checkout below /tmp is there by now
  [[ $top == /tmp/* ]] || mount --bind -- "$top" "$dir$top"
  # build/ is another one there
  mkdir -p -- "$debian13_store/build" "$dir$top/build"
  mount --bind -- "$debian13_store/build" "$dir$top/build"
}

# In a namespace. First the minimum: much of what is wanted cannot be configured without /proc.
debian13_fill ()
{
  local mirror=$1 proxy extra=() lines
  # not the failure of what was interrupted
  trap 'exit 130' INT
  trap 'exit 143' TERM
  [[ $mirror != https:* ]] || extra=(--include=ca-certificates)
  proxy=$(debian13_apt_proxy)
  [[ -z $proxy ]] || export http_proxy=$proxy
  debian13_step "debootstrap could not make Debian 13 from $mirror. Is there a network? Another mirror: --mirror URL" \
    debootstrap --variant=minbase --cache-dir="$debian13_store/packages" "${extra[@]}" \
    "$debian13_suite" "$debian13_half" "$mirror"

  # no package starts a service
  printf '#!/bin/sh\nexit 101\n' >"$debian13_half/usr/sbin/policy-rc.d"
  chmod 755 "$debian13_half/usr/sbin/policy-rc.d"
  debian13_apt_settings >"$debian13_half/etc/apt/apt.conf.d/90with-debian13"
  mount --bind -- "$debian13_store/packages" "$debian13_half/var/cache/apt/archives"
  debian13_mount "$debian13_half"
  for _ in 1 2; do
    lines=$(wc -l <"$debian13_log")
    (debian13_step "the packages of ci/packages.txt could not be installed in Debian 13" \
      debian13_enter "$debian13_half" "$top/ci/setup" "${debian13_groups[@]}")
  done
  # apt that was interrupted may say that all went well: the second time nothing must have been left to be done
  (($(wc -l <"$debian13_log") == lines)) || die "apt-get has not installed all packages (log: $debian13_log)"
}

debian13_clean ()
{
  rm -rf --one-file-system -- "$debian13_half"
}

# debian13_make MIRROR: to be called with the lock held
debian13_make ()
{
  local mirror=$1 free
  free=$(df --output=avail -BM -- "$debian13_store" | tail -n 1 | tr -dc 0-9)
  ((free >= debian13_megabytes)) ||
    die "Debian 13 and its build take $debian13_megabytes MB; $free MB are left where $debian13_store is"
  trap debian13_clean EXIT
  debian13_clean
  mkdir -p -- "$debian13_store/packages"
  : >"$debian13_log"
  say "making Debian 13 from $mirror (takes minutes; log: $debian13_log)"
  (in_namespace debian13_fill "$mirror")
  debian13_recipe >"$debian13_half/etc/debian13-recipe"
  rm -rf --one-file-system -- "$debian13_root"
  mv -- "$debian13_half" "$debian13_root"
}

# In a namespace: what ci/conformance does first, there.
debian13_build ()
{
  say "building in Debian 13"
  # shellcheck disable=SC2016 # expanded by the inner shell
  flock "$debian13_store/build.lock" chroot "$debian13_root" /usr/bin/env -i HOME=/tmp LANG=C.UTF-8 PATH=/usr/bin:/bin \
    bash -c '. "$1/ci/lib/common.sh" && configure build && build build' ci/with-debian13 "$top" </dev/null
}

# In a namespace. debian13_run FOLDER COMMAND...
debian13_run ()
{
  local folder=$1
  shift
  debian13_mount "$debian13_root"
  debian13_build
  (($#)) || return 0
  # shellcheck disable=SC2016 # expanded by the inner shell
  debian13_enter "$debian13_root" bash -c 'cd -- "$1" && shift && exec "$@"' ci/with-debian13 "$folder" "$@"
}

# In a namespace. debian13_run_mixed FOLDER SIDE ARGUMENT...: one side's workers are started there.
debian13_run_mixed ()
{
  local folder=$1 side=$2 worker
  shift 2
  debian13_mount "$debian13_root"
  debian13_build
  printf -v worker '%q ' "$(command -v chroot)" "$debian13_root" "$top/build/harness/gst-ipc-worker"
  cd -- "$folder" || exit
  exec "$top/ci/conformance" "--$side-worker" "$worker" "$@"
}
