# shellcheck shell=bash
# QEMU is killed in a storm of invalidations; the next one boots on the same socket

scenario() {
  local name=kill end
  create_with_devices $name
  start_guest $name-1 "$(socket $name)" "storm" 1 memfd -no-reboot
  check "$name: the storm began" wait_console $name-1 "== storm" 60
  sleep 2.3 # into the middle of it
  kill_guest $name-1
  check "$name: the end of the connection is in the log" await_disconnected $name
  end=$(positions $name VmmDisconnected | last)
  check_between "$name: TLBI_NH_VA until then" 200 1000000 "$(count $name TLBI_NH_VA "$end")"
  check_equal "$name: events behind the end of the connection" 0 "$(ask $name "events?after=$end" '.items | length')"
  check "$name: the service is ready" is_ready
  check_log $name
  boot_again $name "$end"
  delete $name
}

# Another QEMU on the same socket, to its end.
boot_again() {
  start_guest "$1-2" "$(socket "$1")" "updown=2" 1 memfd -no-reboot
  check_guest "$1-2"
  check "$1: the end of the second connection is in the log" await_disconnected "$1" 2
  check_streams "$1" "$(switched_off "$1" | last)" "$(end_of_guest "$1")" 0x10 0x18
  check_queue "$1" "$(end_of_guest "$1")" "$2"
  check "$1: hash chain of both" "$vsmmu" verify "$1"
  check "$1: replay of both" "$vsmmu" replay "$1" --verify
}
