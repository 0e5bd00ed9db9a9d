# shellcheck shell=bash
# guest memory is a file

scenario() {
  local name=memory-file
  create_with_devices $name
  start_guest $name "$(socket $name)" "updown=4 rebind=1 trace_event=iommu:unmap" 1 file -no-reboot
  check_guest $name
  check_usual $name
  check_unmaps $name "$(end_of_guest $name)" $name
  check_log $name
  delete $name
}
