# shellcheck shell=bash
# the database is stopped while a guest is busy: the guest does not notice it, and its log is complete afterwards

readonly outage_seconds=${VSMMU_OUTAGE_SECONDS:-30}
readonly unnoticed_seconds=10
readonly busy_before=15    # seconds of the guest's work before the outage
readonly enough_percent=90 # of the unmappings that the guest makes in as long a time without an outage

# Two processors: one reports that the guest lives while the other unmaps.
scenario() {
  outage outage-committed committed
  outage outage-journaled journaled
}

# outage NAME DURABILITY
outage() {
  local name=$1 beat before rate lag
  create_with_devices "$name" '{}' "$2"
  start_guest "$name" "$(socket "$name")" "busy=$((busy_before + outage_seconds + 15)) pause trace_event=iommu:unmap" 2 memfd -no-reboot
  check "$name: the guest is busy" await_beat "$name" 5 90
  before=$(unmapped "$name")
  sleep "$busy_before"
  rate=$(($(unmapped "$name") - before))
  beat=$(beats "$name")
  await_beat "$name" $((beat + 1)) 5 # so that the last report is recent
  beat=$(beats "$name")
  database_signal STOP
  before=$(unmapped "$name")
  # Before the service kills a PostgreSQL that does not answer, and starts it again (docs/service.md).
  sleep "$unnoticed_seconds"
  lag=$(metric vsmmu_log_lag_events)
  sleep $((outage_seconds - unnoticed_seconds))
  check_between "$name: unmappings meanwhile, of $((rate * outage_seconds / busy_before)) at the rate of before" \
    $((rate * outage_seconds / busy_before * enough_percent / 100)) 1000000 $(($(unmapped "$name") - before))
  check_between "$name: reports of the guest meanwhile that it lives" $((outage_seconds * enough_percent / 100)) $((outage_seconds + 2)) $(($(beats "$name") - beat))
  check_between "$name: events that only the journal has" 100 10000000 "${lag%.*}"
  check_equal "$name: times that its kernel waited in vain" 0 "$(timeouts "$name")"
  database_signal CONT
  check_end "$name" 1
  check_equal "$name: complaints of its kernel about the SMMU" 0 "$(complaints "$name" | wc -l)"
  check_usual "$name"
  check_unmaps "$name" "$(end_of_guest "$name")" "$name"
  check_log "$name"
  delete "$name"
}
