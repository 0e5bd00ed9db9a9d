# shellcheck shell=bash
# drivers release their devices and bind them again

scenario() {
  local name=rebind at
  create_with_devices $name
  start_guest $name "$(socket $name)" "rebind=3 updown=1 trace_event=iommu:unmap" 1 memfd -no-reboot
  check_guest $name
  check_usual $name
  at=$(end_of_guest $name)
  check_equal "$name: cycles" 3 "$(reported $name rebind cycles)"
  check_unmaps $name "$at" $name
  check_log $name
  delete $name
}
