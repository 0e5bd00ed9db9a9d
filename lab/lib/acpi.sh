# shellcheck shell=bash
# Guests that find their devices by ACPI: UEFI firmware, a second host bridge with QEMU's own emulated SMMUv3 in front of it, and
# tables that the guest's kernel takes from the initrd in place of the firmware's.
#
#   bus 00        00:03.0 virtio-rng, past every SMMU
#   bus 80, 81    80:01.0 root port and 81:00.0 e1000e behind it, behind the SMMU
#
# QEMU makes no _DSM function 5 unless its SMMU is accelerated, and the kernel lets RMR nodes be without it.

readonly firmware=/usr/share/qemu-efi-aarch64/QEMU_EFI.fd
readonly acpi_words="rdinit=/acpi-init acpi_force_table_verification" # the kernel refuses tables with a wrong checksum
readonly first_bus=128 last_bus=129 # one per root port and one for them
readonly header_bytes=36

need_acpi() {
  [ -e "$chroot$firmware" ] && [ -x "$chroot/usr/bin/iasl" ] || fail "firmware or iasl is missing; run lab/prepare again"
}

acpi_options() {
  echo "-machine virt,gic-version=3 -smp 1 -bios $firmware"
  echo "-device pxb-pcie,id=bridge2,bus=pcie.0,addr=4.0,bus_nr=$first_bus -device pcie-root-port,id=port1,bus=bridge2,addr=1.0,chassis=1"
  echo "-device arm-smmuv3,primary-bus=bridge2,id=smmu0"
  echo "-netdev user,restrict=on,id=net0 -device e1000e,bus=port1,netdev=net0"
  echo "-device virtio-rng-pci,bus=pcie.0,addr=3.0,disable-legacy=on"
}

# start_acpi_guest NAME TABLE...: a guest whose kernel gets these tables too; it prints their effects.
start_acpi_guest() {
  acpi_initrd "$inside/$1.initrd" "${@:2}"
  # shellcheck disable=SC2046 # options are meant to be split
  launch "$1" $(acpi_options) -initrd "/lab/$1.initrd" -append "$(kernel_words "$acpi_words")" -no-reboot
}

# acpi_initrd FILE TABLE...: tables for the kernel first, then the initramfs, then what runs there.
acpi_initrd() {
  local tree=$chroot/tmp/acpi
  rm -rf "$tree"
  mkdir -p "$tree/tables/kernel/firmware/acpi" "$tree/init"
  [ $# -eq 1 ] || cp "${@:2}" "$tree/tables/kernel/firmware/acpi/"
  install -m755 "$source_folder/acpi-init" "$tree/init/"
  {
    archive tables
    cat "$inside/initramfs.gz"
    archive init | gzip
  } >"$1"
  rm -rf "$tree"
}

archive() { in_chroot sh -c "cd /tmp/acpi/$1 && find . | sort | cpio -o -H newc --quiet"; }

check_acpi_guest() {
  check_guest "$1"
  rm -f "$inside/$1.initrd"
}

# table_of GUEST NAME TO: a table as the guest's kernel has it.
table_of() { reported "$1" table "$2" | base64 -d >"$3" && [ -s "$3" ]; }

# message GUEST PATTERN: lines of the guest's kernel about tables, devices and the SMMU.
message() { tr -d '\r' <"$run/$1.console" | grep -aE "^== kernel .*($2)"; }

messages() { message "$@" | wc -l; }

# --- tables ------------------------------------------------------------------------------------

# number TABLE OFFSET: four bytes.
number() { od -An -tu4 -j"$2" -N4 "$1" | tr -d ' '; }

# little_endian NUMBER: its four bytes.
little_endian() {
  # shellcheck disable=SC2059 # the format is the bytes
  printf "$(printf '\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"
}

sum_of() { od -An -v -tu1 -w1 "$1" | awk '{ sum += $1 } END { print sum % 256 }'; }

# in_place_of TABLE OLD TO: TABLE with OLD's OEM and table ID and a revision above OLD's: by these the kernel sees that it takes its place.
in_place_of() {
  {
    head -c 9 "$1"
    printf '\0' # checksum
    head -c 24 "$2" | tail -c 14
    little_endian $(($(number "$2" 24) + 1))
    tail -c +29 "$1"
  } >"$3"
  # shellcheck disable=SC2059 # the format is the byte
  printf "$(printf '\\%03o' $(((256 - $(sum_of "$3")) % 256)))" | dd of="$3" bs=1 seek=9 conv=notrunc status=none
}

# without_dsm TABLE TO: no method has the name _DSM, so that another table can give bridges one.
without_dsm() { LC_ALL=C sed 's/_DSM/XDSM/g' "$1" >"$2"; }

# body TABLE: what is behind its header.
body() { tail -c +$((header_bytes + 1)) "$1" | od -An -v -tx1; }

same_body() { [ -s "$1" ] && [ "$(body "$1")" = "$(body "$2")" ]; }

# --- ACPICA's compiler -------------------------------------------------------------------------

# iasl FOLDER ARGUMENT...: in a copy of a folder; what it made is in the folder afterwards.
iasl() {
  local status=0
  rm -rf "$chroot/tmp/iasl"
  cp -r "$1" "$chroot/tmp/iasl"
  in_chroot env -C /tmp/iasl iasl "${@:2}" >"$1/iasl.out" 2>&1 || status=$?
  cp -r "$chroot/tmp/iasl/." "$1/"
  rm -rf "$chroot/tmp/iasl"
  return "$status"
}

# check_compiles FOLDER NAME: NAME.aml there, disassembled and compiled, has the same bytes but for who made it and the checksum of that.
check_compiles() {
  check "$2: iasl disassembles it" iasl "$1" -d "$2.aml"
  check_equal "$2: complaints of iasl about it" 0 "$(grep -ciE 'error|warning|invalid|incorrect|unknown' "$1/$2.dsl" || true)"
  check "$2: iasl compiles what it disassembled" iasl "$1" -p "compiled-$2" "$2.dsl"
  check_equal "$2: bytes" "$(wc -c <"$1/$2.aml")" "$(wc -c <"$1/compiled-$2.aml")"
  check_equal "$2: bytes that differ, but for creator and checksum" 0 "$(differing "$1/$2.aml" "$1/compiled-$2.aml")"
}

# cmp counts from 1: byte 9 is the checksum, 28 to 35 are the creator.
differing() { { cmp -l "$1" "$2" || true; } | awk '$1 != 10 && ($1 < 29 || $1 > 36)' | wc -l; }

# field DSL NAME: what a disassembled table has there first, as a hexadecimal number.
field() { sed -nE "s/^\[.*\] +$2 : ([0-9A-F]+)\$/\1/p" "$1" | head -n 1; }
