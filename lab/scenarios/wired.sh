# shellcheck shell=bash
# no completions by writes to memory: the guest polls CMDQ_CONS

scenario() {
  local name=wired
  create_with_devices $name '{"msi":"off"}'
  start_guest $name "$(socket $name)" "updown=4 rebind=1 trace_event=iommu:unmap" 1 memfd -no-reboot
  check_guest $name
  check_usual $name
  check_equal "$name: IDR0.MSI" 0 "$(idr0_msi $name)"
  check_unmaps $name "$(end_of_guest $name)" $name
  check_log $name
  delete $name
}
