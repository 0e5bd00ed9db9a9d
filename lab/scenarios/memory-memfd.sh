# shellcheck shell=bash
# guest memory is sent as a descriptor

scenario() {
  local name=memory-memfd
  create_with_devices $name
  start_guest $name "$(socket $name)" "updown=4 rebind=1 trace_event=iommu:unmap" 1 memfd -no-reboot
  check_guest $name
  check_usual $name
  check_unmaps $name "$(end_of_guest $name)" $name
  check_log $name
  delete $name
}
