# shellcheck shell=bash
# the service is killed under a busy guest, and started again: the log has all that was acknowledged

scenario() {
  local name=restart end cons acknowledged written
  create_with_devices $name
  start_guest $name-1 "$(socket $name)" "busy trace_event=iommu:unmap" 1 file -no-reboot
  check "$name: the guest is busy" await_beat $name-1 5 90
  end_both $name-1 2>/dev/null # the shell reports every killed process
  resume_service
  check "$name: the end of the connection is in the log" await_disconnected $name
  end=$(positions $name VmmDisconnected | last)
  check_equal "$name: reason" "the service ended" "$(ask $name "events?after=$((end - 1))&limit=1" '.items[0].data.reason')"
  cons=$(($(ask $name "state?at=$end" .commandQueue.cons)))
  read -r acknowledged written < <(commands_in_memory "$(ask $name "state?at=$end" .registers.CMDQ_BASE)")
  rm "$inside/memory-of-killed"
  check_between "$name: commands in the log; $acknowledged were acknowledged, $written written" "$acknowledged" "$written" "$cons"
  check_between "$name: TLBI_NH_VA in the log; the guest reported" $(($(unmapped $name-1) - 1)) "$written" "$(count $name TLBI_NH_VA "$end")"
  check "$name: the socket is back" test -S "$(socket $name)"
  check_log $name
  check_next $name "$end" 2
  delete $name
}

# end_both GUEST: kills the service, and the guest if it still runs; QEMU aborts when its SMMU disconnects. The guest's memory is kept.
end_both() {
  kill_service
  sleep 2
  mv "$inside/memory" "$inside/memory-of-killed"
  ! kill -0 "${guest_process[$1]}" || kill -KILL "$(cat "$inside/$1.pid")"
  wait_guest "$1" || true
}

# commands_in_memory CMDQ_BASE: how many commands were acknowledged, how many written, as the guest's memory has it. The end of a CMD_SYNC
# makes the first word of its own entry 0; entries that were never written are 0 as a whole, and the queue has not come around yet.
commands_in_memory() {
  local base=$(($1 & 0xfffffffffffe0)) entries=$((1 << ($1 & 31)))
  od -An -v -tx4 -w16 -j $((base - 0x40000000)) -N $((entries * 16)) "$inside/memory-of-killed" | awk '
    $0 ~ /^[ 0]*$/ { exit }
    { written++ }
    $1 == "00000000" { acknowledged = written }
    END { print acknowledged + 0, written + 0 }'
}
