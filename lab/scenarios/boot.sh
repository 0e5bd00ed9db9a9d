# shellcheck shell=bash
# the kernel finds the SMMU and puts its devices behind it

scenario() {
  local name=boot
  create_with_devices $name
  start_guest $name "$(socket $name)" "" 1 memfd -no-reboot
  check_guest $name
  check "$name: the kernel's driver took the SMMU" grep -aq 'arm-smmu-v3 8000000000.smmu: oas' "$run/$name.console"
  check "$name: the NIC is in a translated group" grep -aq '^== group .* type DMA devices 0000:00:02.0' "$run/$name.console"
  check_usual $name
  check_between "$name: CFGI_STE" 2 8 "$(count $name CFGI_STE "$(end_of_guest $name)")"
  check_log $name
  delete $name
}
