# shellcheck shell=bash
# the database is stopped for two minutes while a guest is busy: the guest does not notice it, and its log is complete afterwards

readonly outage_seconds=${VSMMU_OUTAGE_SECONDS:-120}
readonly busy_beside=30    # seconds of the guest's work before the outage and after it, with which its work meanwhile is compared
readonly most_time=110     # percent: the guest's time for as many unmappings, of its time without an outage
readonly catching_up=60    # seconds until the database must have everything again

guest_limit=$((2 * busy_beside + outage_seconds + 2 * catching_up + 120)) # seconds

# Two processors: one reports that the guest lives while the other unmaps.
scenario() {
  outage outage-committed committed
  outage outage-journaled journaled
}

# unmapped_in NAME SECONDS: what a guest's kernel unmaps meanwhile
unmapped_in() {
  local before
  before=$(unmapped "$1")
  sleep "$2"
  echo $(($(unmapped "$1") - before))
}

# await_no_lag SECONDS: until the database has what was acknowledged, but for what is on its way
await_no_lag() {
  local end=$((SECONDS + $1)) lag
  until lag=$(metric vsmmu_log_lag_seconds) && [ "${lag:-99}" -lt 1 ]; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.5
  done
}

# outage NAME DURABILITY
outage() {
  local name=$1 beat without meanwhile events age
  create_with_devices "$name" '{}' "$2"
  start_guest "$name" "$(socket "$name")" "busy=$((2 * busy_beside + outage_seconds + catching_up / 2)) pause trace_event=iommu:unmap" 2 memfd -no-reboot
  check "$name: the guest is busy" await_beat "$name" 5 90
  without=$(unmapped_in "$name" "$busy_beside")
  beat=$(beats "$name")
  await_beat "$name" $((beat + 1)) 5 # so that the last report is recent
  beat=$(beats "$name")
  keep_database_away "$outage_seconds" &
  meanwhile=$(unmapped_in "$name" $((outage_seconds - 2)))
  events=$(metric vsmmu_log_lag_events)
  age=$(metric vsmmu_log_lag_seconds)
  check_between "$name: reports of the guest meanwhile that it lives" $(((outage_seconds - 2) * 90 / 100)) $((outage_seconds + 5)) $(($(beats "$name") - beat))
  check_between "$name: events that only the journal has" 100 10000000 "${events%.*}"
  check_between "$name: seconds for which the oldest of them waits" $((outage_seconds - 10)) $((outage_seconds + 2)) "${age%.*}"
  check_equal "$name: times that its kernel waited in vain" 0 "$(timeouts "$name")"
  wait $! 2>/dev/null || true
  check "$name: the database has everything again" await_no_lag "$catching_up"
  without=$((without + $(unmapped_in "$name" "$busy_beside")))
  check_between "$name: time of $meanwhile unmappings, in percent of that without an outage" 1 "$most_time" \
    $((100 * without * (outage_seconds - 2) / (2 * busy_beside * meanwhile)))
  check_end "$name" 1
  check_equal "$name: complaints of its kernel about the SMMU" 0 "$(complaints "$name" | wc -l)"
  check_usual "$name"
  check_unmaps "$name" "$(end_of_guest "$name")" "$name"
  check_log "$name"
  delete "$name"
}
