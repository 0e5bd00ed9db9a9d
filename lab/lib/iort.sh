# shellcheck shell=bash
# The machine's I/O remapping table as QEMU makes it, but with root complexes whose devices are coherent whatever a driver asks for (CANWBS,
# canonical order of write-back shareable): the kernel refuses nesting on an SMMUv3 without that or S2FWB. The kernel takes it from
# the initrd in place of the firmware's, because its revision is one higher.

readonly iort=$inside/host/iort.cpio

# Bytes of the table that other programs hand on stand as decimal numbers, one a line.
bytes_of() { od -An -v -tu1 -w1 "$1"; }

# Reads bytes, sets CANWBS (bit 2 of the memory access flags, byte 23 of a node of type 2) and the OEM revision (byte 24 of the header),
# and makes the sum of all bytes 0 again with byte 9.
patched() {
  awk '
    function word(at, size,   value) { while (size--) value = value * 256 + byte[at + size]; return value }
    { byte[NR - 1] = $1 + 0 }
    END {
      at = word(40, 4)
      for (nodes = word(36, 4); nodes > 0; nodes--) {
        if (byte[at] == 2 && int(byte[at + 23] / 4) % 2 == 0) byte[at + 23] += 4
        at += word(at + 1, 2)
      }
      byte[24]++
      byte[9] = 0
      for (i = 0; i < NR; i++) sum += byte[i]
      byte[9] = (256 - sum % 256) % 256
      for (i = 0; i < NR; i++) printf "\\%03o", byte[i]
    }'
}

# with_canwbs FROM TO
with_canwbs() {
  # shellcheck disable=SC2059 # the format is the bytes
  printf "$(bytes_of "$1" | patched)" >"$2"
}

# root_complexes TABLE: a line for each: its memory access flags.
root_complexes() {
  bytes_of "$1" | awk '
    { byte[NR - 1] = $1 }
    END {
      at = byte[40] + 256 * byte[41]
      for (nodes = byte[36]; nodes > 0; nodes--) {
        if (byte[at] == 2) print byte[at + 23]
        at += byte[at + 1] + 256 * byte[at + 2]
      }
    }'
}

# Boots the machine once to see its table.
make_iort() {
  local job tree=$chroot/tmp/iort
  job=$(mktemp -d)
  echo 'cp /sys/firmware/acpi/tables/IORT out/' >"$job/job.sh"
  run_job "$job" </dev/null >>"$log" || fail "the machine did not tell its IORT; see $run/host.console"
  mkdir -p "$tree/kernel/firmware/acpi"
  with_canwbs "$job/out/IORT" "$tree/kernel/firmware/acpi/IORT.aml"
  in_chroot sh -c "cd /tmp/iort && find . | sort | cpio -o -H newc --quiet" >"$iort.new"
  rm -rf "$tree" "$job"
  mv "$iort.new" "$iort"
}

# Rebuilds the table if the machine's description is newer.
freshen_iort() {
  [ "$iort" -nt "$source_folder/lib/machine.sh" ] || make_iort
}
