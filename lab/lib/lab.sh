# shellcheck shell=bash
# Where things are, and how to say what happens. Sourced by every command of the lab.

lab=$(realpath -m "${VSMMU_LAB:-/var/tmp/vsmmu-guest-lab}") # the form in which the service reports the paths of its sockets
readonly lab
readonly chroot=$lab/chroot
readonly inside=$chroot/lab # what a guest needs; /lab inside the chroot
readonly host=$inside/host  # what the host lab needs; /lab/host inside the chroot
readonly run=$lab/run       # consoles and process ids
readonly log=$lab/prepare.log
readonly plain_path=/usr/sbin:/usr/bin:/sbin:/bin
source_folder=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly source_folder

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "lab: $1"
  exit "${2:-2}"
}

need_root() { [ "$(id -u)" -eq 0 ] || fail "this needs root: it works in a chroot"; }

# Fails with what to do unless the lab is prepared.
need_lab() {
  local file
  for file in Image bar-stub.bin one-1.dtb; do
    [ -e "$inside/$file" ] || fail "'$inside/$file' is missing; run lab/prepare first"
  done
}

# One run at a time: the labs share two processors, and the folder.
take_lock() {
  exec 8>"$lab/lock"
  flock -w "${VSMMU_LAB_WAIT:-0}" 8 || fail "another run of the lab is not at its end yet"
}

# Runs a command in the chroot, with no variables of this machine but the PATH.
in_chroot() { env -i PATH="$plain_path" LC_ALL=C.UTF-8 chroot "$chroot" "$@"; }

# kernel_version IMAGE
kernel_version() { grep -aom1 'Linux version [0-9][^ ]*' "$1"; }
