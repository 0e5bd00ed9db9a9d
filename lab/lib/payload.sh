# shellcheck shell=bash
# The input and the output of the host lab: a disk with a folder's files and the machine's first process.

readonly payload_size=2G # at most, of what is brought along and what is left; takes the space of existing content only

# file_system NAME SIZE FOLDER: a disk with the files of a folder in the chroot.
file_system() {
  local said
  truncate -s "$2" "$host/$1"
  said=$(in_chroot mke2fs -q -t ext4 -F -d "$3" "/lab/host/$1" 2>&1) || fail "no file system of $3: $said"
}

# pack DIR: the disk.
pack() {
  local tree=$chroot/tmp/payload
  rm -rf --one-file-system "$tree" "$host/payload.img"
  mkdir -p "$tree"
  cp -a "$1/." "$tree/"
  rm -rf "$tree/out" && mkdir -p "$tree/out" "$tree/.lab"
  install -m755 "$source_folder/host-init" "$tree/.lab/init"
  file_system payload.img "$payload_size" /tmp/payload
  rm -rf --one-file-system "$tree"
}

# unpack DIR: what was left in out/, as far as it was written.
unpack() {
  local tree=$chroot/tmp/left
  rm -rf --one-file-system "$tree" "$1/out"
  mkdir -p "$tree" "$1/out"
  in_chroot e2fsck -fy /lab/host/payload.img >/dev/null 2>&1 || true
  in_chroot debugfs -R "rdump /out /tmp/left" /lab/host/payload.img 2>/dev/null
  in_chroot debugfs -R "cat /.lab/status" /lab/host/payload.img >"$run/status" 2>/dev/null
  [ ! -d "$tree/out" ] || cp -r "$tree/out/." "$1/out/"
  rm -rf --one-file-system "$tree"
}

# Leaves out what the firmware writes to every console it finds. A person sees it: what is no whole line would wait here.
from_job() {
  if [ -t 0 ]; then cat; else sed -u '1,/^== host up/d'; fi
}

# run_job DIR [OPTION...]: boots with DIR, runs DIR/job.sh, brings DIR/out back. The job's exit status; 124 if time ran out, 125 if the
# machine ended before the job.
run_job() {
  local status=0
  mkdir -p "$run"
  : >"$run/status"
  pack "$1"
  boot_machine "${@:2}" | from_job || status=$?
  unpack "$1"
  cp "$host/console" "$run/host.console"
  rm -f "$host/payload.img"
  [ "$status" -eq 0 ] || return "$status"
  return "$(grep -x '[0-9]*' "$run/status" || echo 125)"
}
