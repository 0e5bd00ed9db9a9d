# shellcheck shell=bash
# one QEMU, two host bridges, a vSMMU in front of each

scenario() {
  local first=two-a second=two-b guest=two
  create_with_devices $first
  create $second
  attach $second 0000:81:00.0 0x8100
  attach $second 0000:82:00.0 0x8200
  start_guest_of_two $guest "$(socket $first)" "$(socket $second)" "updown=5 trace_event=iommu:unmap" -no-reboot
  check_guest $guest
  check_usual $first
  check "$second: the end of the connection is in the log" await_disconnected $second
  check_streams $second "$(switched_off $second | last)" "$(end_of_guest $second)" 0x8100 0x8200
  check_queue $second "$(end_of_guest $second)"
  check_equal "both: TLBI_NH_VA against the unmappings that the guest traced" "$(reported $guest unmaps unmaps)" "$(sum_of_both)"
  check_log $first
  check_log $second
  delete $first
  delete $second
}

sum_of_both() {
  local name sum=0
  for name in two-a two-b; do sum=$((sum + $(count $name TLBI_NH_VA "$(end_of_guest $name)"))); done
  echo $sum
}
