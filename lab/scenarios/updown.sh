# shellcheck shell=bash
# ten times NIC up and down: 2,570 invalidations, each synchronised

scenario() {
  local name=updown at
  create_with_devices $name
  start_guest $name "$(socket $name)" "updown=10 trace_event=iommu:unmap" 1 memfd -no-reboot
  check_guest $name
  check_usual $name
  at=$(end_of_guest $name)
  check_equal "$name: IDR0.MSI" 1 "$(idr0_msi $name)"
  check_equal "$name: cycles" 10 "$(reported $name updown cycles)"
  check_between "$name: TLBI_NH_VA" 2500 2640 "$(count $name TLBI_NH_VA "$at")"
  check_unmaps $name "$at" $name
  check_log $name
  delete $name
}
