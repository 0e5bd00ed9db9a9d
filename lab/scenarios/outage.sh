# shellcheck shell=bash
# the database is stopped for half a minute while a guest is busy: the guest waits, or continues for a while

readonly outage_seconds=30
readonly least_beats=20  # of a guest that reports every second that it lives
readonly most_ahead=1024 # stimuli that may be ahead of the log: WriteBehindLimits; an invalidation and its outcome are two

# Two processors: one reports that the guest lives while the other waits for the SMMU with interrupts off, a second for each unmapping.
# It pauses now and then, so that the log keeps up with it while it can.
scenario() {
  outage outage-committed committed
  check_between "outage-committed: unmappings that were done meanwhile" 0 150 "$meanwhile"
  outage outage-bounded bounded-loss
  check_between "outage-bounded: unmappings that were done meanwhile" 400 $((most_ahead + outage_seconds + 5)) "$meanwhile"
}

# outage NAME DURABILITY: sets meanwhile to the number of unmappings during the outage.
outage() {
  local name=$1 beat before
  create_with_devices "$name" '{}' "$2"
  start_guest "$name" "$(socket "$name")" "busy=$((outage_seconds + 20)) pause trace_event=iommu:unmap" 2 memfd -no-reboot
  check "$name: the guest is busy" await_beat "$name" 5 90
  beat=$(beats "$name")
  await_beat "$name" $((beat + 1)) 5 # so that the last report is recent
  database_signal STOP
  before=$(unmapped "$name")
  sleep "$outage_seconds"
  meanwhile=$(($(unmapped "$name") - before))
  check_between "$name: reports of the guest meanwhile that it lives" $least_beats $((outage_seconds + 2)) $(($(beats "$name") - beat))
  check_between "$name: times that its kernel waited in vain and read PROD and CONS" 5 1000 "$(timeouts "$name")"
  database_signal CONT
  check_end "$name" 1
  check_equal "$name: other complaints of its kernel about the SMMU" 0 "$(complaints "$name" | grep -acv 'CMD_SYNC timeout')"
  check_usual "$name"
  check_unmaps "$name" "$(end_of_guest "$name")" "$name"
  check_log "$name"
  delete "$name"
}
