# shellcheck shell=bash
# QEMU is killed in a storm of invalidations; the next one boots on the same socket

scenario() {
  local name=kill end
  create_with_devices $name
  start_guest $name-1 "$(socket $name)" "storm" 1 memfd -no-reboot
  check "$name: the storm began" wait_console $name-1 "== storm" 60
  check "$name: it is under way" await_commands $name TLBI_NH_VA 300 60
  kill_guest $name-1
  check "$name: the end of the connection is in the log" await_disconnected $name
  end=$(positions $name VmmDisconnected | last)
  check_between "$name: TLBI_NH_VA until then" 300 1000000 "$(count $name TLBI_NH_VA "$end")"
  check_equal "$name: events behind the end of the connection" 0 "$(ask $name "events?after=$end" '.items | length')"
  check "$name: the service is ready" is_ready
  check_log $name
  check_next $name "$end" 2
  delete $name
}
