# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the commands in ci/ share. To be sourced; sets `top` (the repository) and goes there.

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
cd -- "$top" || exit

say ()
{
  printf '== %s\n' "$*"
}

die ()
{
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# configure DIR [MESON-OPTION...]: makes the build folder when there is none; options of an existing one are left
# alone, unless they are given here.
configure ()
{
  local dir=$1
  shift
  if [[ ! -f $dir/build.ninja ]]; then
    say "configuring $dir/"
    meson setup "$dir" . "$@"
  elif (($#)); then
    meson configure "$dir" "$@"
  fi
}

# build DIR [TARGET...]: compiles it; says nothing when nothing is to be done.
build ()
{
  ninja --quiet -C "$@" || die "building in $1/ failed"
}
