# shellcheck shell=bash
# an ACPI guest with the service's IORT and _DSM 5: reserved regions for devices behind the SMMU
# shellcheck source=/dev/null # guests with firmware
source "$here/lib/acpi.sh"

readonly nic=0000:81:00.0 port=0000:80:01.0 rng=0000:00:03.0
readonly msi_window=0x0000000008000000-0x00000000080fffff
readonly no_pasids='{"ats":"off","ssidsize":"0"}' # as QEMU's SMMU is; iasl forgets four bytes of a root complex with PASIDs

scenario() {
  local name=iort tables=$run/iort
  need_acpi
  rm -rf "$tables" && mkdir -p "$tables"
  firmware_alone $name "$tables"
  make_tables $name "$tables"
  check_compiles "$tables" IORT
  check_compiles "$tables" SSDT
  with_our_tables $name "$tables"
  without_dsm5 $name-alone "$tables"
  delete $name
  authorized -fsS -X DELETE "$service_url/api/v1/vms/$name" >/dev/null
}

# What QEMU's tables say: where the SMMU is, and that nothing is reserved.
firmware_alone() {
  local guest=$1-qemu
  start_acpi_guest "$guest"
  check_acpi_guest "$guest"
  check "$guest: its IORT" table_of "$guest" IORT "$2/qemu-IORT.aml"
  check "$guest: its DSDT" table_of "$guest" DSDT "$2/qemu-DSDT.aml"
  check "$guest: iasl reads its IORT" iasl "$2" -d qemu-IORT.aml
  check_equal "$guest: reserved regions of the NIC, none of them mapped one to one" $msi_window:msi "$(reported "$guest" regions $nic)"
  check_between "$guest: BARs that its kernel reassigns" 5 100 "$(reassigned_bars "$guest")"
}

# A VM with a vSMMU where QEMU has its SMMU, and a host device where the guest's NIC is; its tables, made to take the place of QEMU's.
make_tables() {
  post vms "$(machine "$1" "$2/qemu-IORT.dsl")" >/dev/null
  post vsmmus "{\"name\":\"$1\",\"vm\":\"$1\",\"properties\":$no_pasids}" >/dev/null
  attach "$1" 0000:81:00.0 0x8100
  check "the service's IORT" fetch "$1" iort "$2/IORT.aml"
  check "the service's SSDT with _DSM 5" fetch "$1" dsm5 "$2/SSDT.aml"
  mkdir -p "$2/placed"
  in_place_of "$2/IORT.aml" "$2/qemu-IORT.aml" "$2/placed/IORT.aml"
  without_dsm "$2/qemu-DSDT.aml" "$2/DSDT.aml"
  in_place_of "$2/DSDT.aml" "$2/qemu-DSDT.aml" "$2/placed/DSDT.aml"
  cp "$2/SSDT.aml" "$2/placed/"
}

fetch() { get "vms/$1/acpi/$2" >"$3"; }

# machine NAME DSL: the SMMU of a disassembled IORT, in the form that the service reads. QEMU's own SMMU translates MSI addresses.
machine() {
  jq -n --arg name "$1" --arg frame "0x$(field "$2" 'Base Address')" --argjson first $first_bus --argjson last $last_bus \
    --argjson event $((0x$(field "$2" 'Event GSIV'))) --argjson pri $((0x$(field "$2" 'PRI GSIV'))) \
    --argjson gerror $((0x$(field "$2" 'GERR GSIV'))) --argjson sync $((0x$(field "$2" 'Sync GSIV'))) '
    { name: $name, machine: { guestMsi: "translated", bridges: ["\\_SB.PCI0", "\\_SB.PC80"], vsmmus: [{ name: $name, frame: $frame, firstBus: $first, lastBus: $last,
      wires: { $event, $pri, $gerror, $sync } }] } }'
}

with_our_tables() {
  local device
  start_acpi_guest "$1" "$2"/placed/{IORT,DSDT,SSDT}.aml
  check_acpi_guest "$1"
  check_taken "$1" "$2"
  for device in $nic $port; do
    check_equal "$1: reserved regions of $device, which the RMR node names" "$msi_window:direct,$msi_window:msi" "$(reported "$1" regions $device)"
  done
  check_equal "$1: devices with a region that is mapped one to one" 2 "$(grep -ac '^== regions .*:direct' "$run/$1.console")"
  check_equal "$1: IOMMU group of $rng, which no route leads to the SMMU" none "$(reported "$1" regions $rng)"
  check_equal "$1: BARs that its kernel reassigns, in spite of _DSM 5" 0 "$(reassigned_bars "$1")"
  check_smmu "$1" "$2/IORT.dsl"
}

# The kernel uses the bytes of the service's tables.
check_taken() {
  check "$1: the kernel replaces QEMU's IORT by the service's" message "$1" 'ACPI: Table Upgrade: override \[IORT-'
  check "$1: the kernel installs the service's SSDT" message "$1" 'ACPI: Table Upgrade: install \[SSDT- *VSMMU-'
  check "$1: its kernel's IORT" table_of "$1" IORT "$2/taken-IORT.aml"
  check "$1: its kernel's SSDT" table_of "$1" SSDT "$2/taken-SSDT.aml"
  check "$1: IORT behind the header is the service's, byte for byte" same_body "$2/taken-IORT.aml" "$2/IORT.aml"
  check "$1: SSDT is the service's, byte for byte" cmp "$2/taken-SSDT.aml" "$2/SSDT.aml"
}

# The stock driver finds the SMMU in the service's IORT, and a device behind it does DMA and sends MSIs. check_smmu GUEST DSL
check_smmu() {
  check_equal "$1: the driver has the frame of the service's IORT" "$(hex "$(field "$2" 'Base Address')")" "$(hex "$(reported "$1" frame at)")"
  check_equal "$1: its wire for events is that of the service's IORT" $((0x$(field "$2" 'Event GSIV'))) "$(reported "$1" wire evtq)"
  check_equal "$1: its wire for global errors is that of the service's IORT" $((0x$(field "$2" 'GERR GSIV'))) "$(reported "$1" wire gerror)"
  check_equal "$1: events of the SMMU" 0 "$(messages "$1" 'arm-smmu-v3 .*event')"
  check "$1: the NIC is in a translated group" grep -aq "^== group .* type DMA devices $nic" "$run/$1.console"
  check_equal "$1: answers to three pings" 3 "$(reported "$1" ping received)"
  check_between "$1: MSIs of the NIC" 3 100000 "$(reported "$1" messages number)"
  check_equal "$1: they are delivered by" "ITS-PCI-MSIX-$nic" "$(reported "$1" messages by)"
}

hex() { [ -z "$1" ] || printf '0x%x' "$((16#$1))"; }

reassigned_bars() { messages "$1" 'pci .*BAR [0-9].*: assigned'; }

# The IORT of this service, but QEMU's _DSM, which has no function 5.
without_dsm5() {
  start_acpi_guest "$1" "$2/placed/IORT.aml"
  check_acpi_guest "$1"
  check "$1: the kernel replaces QEMU's IORT by the service's" message "$1" 'ACPI: Table Upgrade: override \[IORT-'
  check_equal "$1: reserved regions of the NIC, without _DSM 5" $msi_window:msi "$(reported "$1" regions $nic)"
}
