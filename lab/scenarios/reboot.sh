# shellcheck shell=bash
# one QEMU, two boots: one log, with a reset in it

scenario() {
  local name=reboot second
  create_with_devices $name
  start_guest $name "$(socket $name)" "reboot updown=2"
  check_guest $name 2
  check "$name: the end of the connection is in the log" await_disconnected $name
  second=$(positions $name VsmmuReset | last)
  check_equal "$name: connections" 1 "$(positions $name VmmConnected | wc -l)"
  check_between "$name: resets" 1 4 "$(positions $name VsmmuReset | wc -l)"
  check_equal "$name: times that the SMMU was switched off" 2 "$(switched_off $name | wc -l)"
  check_streams $name "$(switched_off $name | head -n 1)" $((second - 1)) 0x10 0x18
  check_queue $name $((second - 1))
  check_equal "$name: the SMMU is off after the reset" 0 "$(($(ask $name "state?at=$second" .registers.CR0) & 1))"
  check_streams $name "$(switched_off $name | last)" "$(end_of_guest $name)" 0x10 0x18
  check_queue $name "$(end_of_guest $name)" "$second"
  check_log $name
  delete $name
}
