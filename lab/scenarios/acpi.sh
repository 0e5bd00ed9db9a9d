# shellcheck shell=bash
# a guest by UEFI and ACPI finds its vSMMUs by their option ROMs: QEMU, firmware and kernel get no option about it
# shellcheck source=/dev/null # guests with firmware
source "$here/lib/acpi.sh"

# The service's model knows 00:02.0 and 01:00.0; 00:05.0 and the root port 00:04.0 are QEMU's own and behind nothing.
readonly rom_nic=0000:00:02.0 rom_rng=0000:01:00.0 rom_port=0000:00:04.0 rom_direct=0000:00:05.0
readonly rmr=0x0000000008000000-0x00000000080fffff:direct its_page=0x0000000008090000-0x000000000809ffff:msi

scenario() {
  need_acpi
  twice_in_one_qemu
  two_vsmmus
}

# A VM with one vSMMU: two boots in one QEMU.
twice_in_one_qemu() {
  local name=acpi tables=$run/acpi
  rm -rf "$tables" && mkdir -p "$tables"
  post vms "{\"name\":\"$name\"}" >/dev/null
  post vsmmus "{\"name\":\"$name\",\"vm\":\"$name\"}" >/dev/null
  attach $name 0000:01:00.0 0x10
  attach $name 0000:02:00.0 0x100
  start_rom_guest $name "updown stay=3 reboot" -device "$(vsmmu_option "$(socket $name)" 1f)"
  check "$name: the guest is up" wait_console $name '== stays' "$guest_limit"
  check_frames $name $name "$tables"
  check_acpi_guest_ends $name 2
  check_equal "$name: boots in which firmware gave the frame's address to the kernel" 2 \
    "$(grep -ac "vSMMU: register frame at $(reported $name frame at), IORT installed" "$run/$name.console")"
  check_found $name $rom_nic "$(reported $name frame at)"
  check_found $name $rom_rng "$(reported $name frame at)"
  check_past $name
  check_accesses $name 0x10 0x100
  check_between "$name: TLBI_NH_VA of both boots" 2 100000 "$(count $name TLBI_NH_VA "$(end_of_guest $name)")"
  check_equal "$name: times that the SMMU was switched off" 2 "$(switched_off $name | wc -l)"
  check_log $name
  delete $name
  authorized -fsS -X DELETE "$service_url/api/v1/vms/$name" >/dev/null
}

# A VM with two vSMMUs, their frames behind a BAR of 64 GiB.
two_vsmmus() {
  local guest=acpi-two first=acpi-a second=acpi-b
  post vms "{\"name\":\"$guest\"}" >/dev/null
  post vsmmus "{\"name\":\"$first\",\"vm\":\"$guest\"}" >/dev/null
  post vsmmus "{\"name\":\"$second\",\"vm\":\"$guest\"}" >/dev/null
  attach $first 0000:01:00.0 0x10
  attach $second 0000:81:00.0 0x100
  start_rom_guest $guest "updown" -no-reboot -device pci-testdev,bus=pcie.0,addr=6.0,membar=64G \
    -device "$(vsmmu_option "$(socket $second)" 1e)" -device "$(vsmmu_option "$(socket $first)" 1f)"
  check_acpi_guest_ends $guest 1
  check_equal "$guest: vSMMUs whose frames firmware gave to the kernel" 2 \
    "$(grep -ac 'vSMMU: register frame at 9000[0-9a-f]*, IORT installed' "$run/$guest.console")"
  check_found $guest $rom_nic "$(reported $guest frame0 at)"
  check_found $guest $rom_rng "$(reported $guest frame1 at)"
  check_past $guest
  check_accesses $first 0x10
  check_accesses $second 0x100
  delete $first
  delete $second
  authorized -fsS -X DELETE "$service_url/api/v1/vms/$guest" >/dev/null
}

# start_rom_guest NAME WORDS OPTION...: stock firmware, kernel and options.
start_rom_guest() {
  acpi_initrd "$inside/$1.initrd"
  # shellcheck disable=SC2046 # options are meant to be split
  launch "$1" -machine virt,gic-version=3 -smp 1 -bios "$firmware" $(memory_options memfd) \
    -netdev user,restrict=on,id=net0 -device e1000e,bus=pcie.0,addr=2.0,netdev=net0 \
    -device pcie-root-port,id=port1,bus=pcie.0,addr=4.0,chassis=1 \
    -device virtio-rng-pci,bus=port1,iommu_platform=on,disable-legacy=on -device virtio-rng-pci,bus=pcie.0,addr=5.0,disable-legacy=on \
    -initrd "/lab/$1.initrd" -append "$(kernel_words "$acpi_words $2")" "${@:3}"
}

check_acpi_guest_ends() {
  check_guest "$1" "$2"
  rm -f "$inside/$1.initrd"
}

# While the guest runs: the service knows where it has the frame, and makes the same tables of that as the guest has.
check_frames() {
  check_equal "$1: the service and the guest have the same address of the frame" "0x$(reported "$1" frame at)" "$(get "vsmmus/$1" | jq -r .vmm.frame)"
  check "$1: the guest's IORT" table_of "$1" IORT "$3/IORT.aml"
  check "$1: the service's IORT for that frame" fetch_table "$2" iort "$3/expected-IORT.aml"
  check "$1: they are the same, byte for byte" cmp "$3/IORT.aml" "$3/expected-IORT.aml"
  check "$1: the service's SSDT with _DSM 5" fetch_table "$2" dsm5 "$3/expected-SSDT.aml"
  check "$1: the guest has it, byte for byte" has_table "$1" "$3/expected-SSDT.aml"
}

fetch_table() { get "vms/$1/acpi/$2" >"$3"; }

# has_table GUEST FILE: the guest printed a table with these bytes.
has_table() { tr -d '\r' <"$run/$1.console" | grep -aqF " $(base64 -w 0 "$2")"; }

# check_found GUEST DEVICE FRAME: the device is in a group behind the SMMU there, and has the regions that are to be left alone.
check_found() {
  check "$1: the kernel's driver has an SMMU at 0x$3" grep -aqE "^== frame[0-9] at $3" "$run/$1.console"
  check "$1: $2 is in a translated group" grep -aqE "^== group .* type DMA devices $2" "$run/$1.console"
  check_equal "$1: $2 is behind the SMMU at" "0x$3" "$(reported "$1" behind "$2" | sed 's/^smmu3\.0x0*/0x/')"
  check_equal "$1: reserved regions of $2: MSI window of the host one to one, page of the ITS guest-physical" \
    "$rmr,$its_page" "$(reported "$1" regions "$2" | tr ',' '\n' | grep -vx "${rmr%:*}:msi" | paste -sd ,)"
}

# QEMU's own devices bypass the vSMMU, because it does not translate their DMA.
check_past() {
  local device
  for device in $rom_port $rom_direct 0000:00:1f.0; do
    check_equal "$1: IOMMU group of $device" none "$(reported "$1" regions "$device")"
  done
  check_equal "$1: BARs that its kernel reassigns" 0 "$(messages "$1" 'pci .*BAR [0-9].*: assigned')"
  check_equal "$1: its SMMU's events are delivered by" ITS-MSI "$(reported "$1" wire by | sed -E 's/ITS-p?MSI.*/ITS-MSI/')"
}

# check_accesses NAME SID...: the driver's accesses and their outcome are in the log.
check_accesses() {
  check "$1: the end of the connection is in the log" await_disconnected "$1"
  check_equal "$1: registers that the driver wrote" \
    "CMDQ_BASE CMDQ_CONS CR0 CR1 CR2 EVENTQ_BASE EVENTQ_CONS EVENTQ_IRQ_CFG0 EVENTQ_PROD GERROR_IRQ_CFG0 IRQ_CTRL STRTAB_BASE STRTAB_BASE_CFG" \
    "$(get "vsmmus/$1/events?type=RegisterWritten&limit=1000" | jq -r '[.items[].data.register] | unique | map(select(test("CFG[12]$") | not)) | join(" ")')"
  check_streams "$1" "$(switched_off "$1" | last)" "$(end_of_guest "$1")" "${@:2}"
  check_between "$1: CFGI_STE" 1 100 "$(count "$1" CFGI_STE "$(end_of_guest "$1")")"
  check_queue "$1" "$(end_of_guest "$1")" "$(positions "$1" VsmmuReset | last)"
}
