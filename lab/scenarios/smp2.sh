# shellcheck shell=bash
# two processors

scenario() {
  local name=smp2
  create_with_devices $name
  start_guest $name "$(socket $name)" "updown=10 trace_event=iommu:unmap" 2 memfd -no-reboot
  check_guest $name
  check_equal "$name: processors" 2 "$(reported $name processors processors)"
  check_usual $name
  check_unmaps $name "$(end_of_guest $name)" $name
  check_log $name
  delete $name
}
