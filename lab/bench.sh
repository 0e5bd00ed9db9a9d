# shellcheck shell=bash
# Time of the same work (NIC up and down) in the same guest on three SMMUs, several rounds in turn:
#   msi     the vSMMU with its default durability, journaled; the guest polls its own memory for the end of a CMD_SYNC
#   synced  the same with durability committed: every CMD_SYNC waits for the journal's storage device
#   wired   the vSMMU without IDR0.MSI; the guest polls CMDQ_CONS
#   qemu    QEMU's own emulated SMMUv3

readonly bench_cycles=20
readonly bench_kinds=(msi synced wired qemu)
readonly bench_words="updown=$bench_cycles trace_event=iommu:unmap"

bench_msi() { bench_ours '{}' 1; }

bench_synced() { bench_ours '{}' 1 committed; }

bench_wired() { bench_ours '{"msi":"off"}' 0; }

# Every kind prints a line: ms of the loop, usual microseconds from one unmapping to the next, and what the service counts of it:
# register reads, CMD_SYNCs. bench_ours PROPERTIES MSI [DURABILITY]: MSI is what IDR0.MSI must have been.
bench_ours() {
  local before after
  create_with_devices bench "$1" "${3:-journaled}"
  before=$(metric vsmmu_gateway_register_reads_total)
  start_guest bench "$(socket bench)" "$bench_words" 1 memfd -no-reboot
  wait_guest bench || fail "the guest failed; see $run/bench.console"
  await_disconnected bench || fail "the connection did not end"
  after=$(metric vsmmu_gateway_register_reads_total)
  [ "$(idr0_msi bench)" = "$2" ] || fail "IDR0.MSI was not $2"
  echo "$(bench_times)" ${after:+"$((after - before)) $(count bench CMD_SYNC "$(end_of_guest bench)")"}
  delete bench
}

bench_qemu() {
  # shellcheck disable=SC2046 # options are meant to be split
  launch bench -machine virt,gic-version=3,iommu=smmuv3 -smp 1 $(memory_options memfd) $(device_options) \
    -append "$(kernel_words "$bench_words")" -no-reboot
  wait_guest bench || fail "the guest failed; see $run/bench.console"
  grep -aq '^== group .* 0000:00:02.0' "$run/bench.console" || fail "the NIC is not behind QEMU's SMMU"
  bench_times
}

bench_times() { echo "$(reported bench updown ms) $(reported bench unmaps us)"; }

# column KIND NUMBER: the numbers of a column, the smallest first.
column() { awk -v column="$2" '{ print $column }' "$run/bench.$1" | sort -n; }

median() { column "$@" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

spread() { column "$@" | sed -n '1p;$p' | paste -sd ' ' | sed 's/ / to /'; }

# report COLUMN UNIT: medians, and how they stand to QEMU's own SMMU.
report() {
  local kind
  for kind in "${bench_kinds[@]}"; do
    awk -v kind="$kind" -v unit="$2" -v vsmmu="$(median "$kind" "$1")" -v base="$(median qemu "$1")" -v spread="$(spread "$kind" "$1")" \
      'BEGIN { printf "  %-6s %6d %s (%s), %.2f of qemu\n", kind, vsmmu, unit, spread, vsmmu / base }'
  done
}

report_reads() {
  local kind
  for kind in msi synced wired; do
    awk -v kind="$kind" 'NF == 4 { reads += $3; syncs += $4 }
      END { if (syncs) printf "  %-6s %.3f register reads a CMD_SYNC (%d of %d, those of the boot among them)\n", kind, reads / syncs, reads, syncs }' \
      "$run/bench.$kind"
  done
}

bench() {
  local rounds=${1:-5} round kind
  start_service
  rm -f "$run"/bench.{msi,synced,wired,qemu}
  for ((round = 1; round <= rounds; round++)); do
    for kind in "${bench_kinds[@]}"; do
      "bench_$kind" >>"$run/bench.$kind"
      say "round $round $kind: $(tail -n 1 "$run/bench.$kind")"
    done
  done
  echo "Medians of $rounds rounds in turn, measured in the guest. $bench_cycles times NIC up and down:"
  report 1 ms
  echo "From one unmapping to the next:"
  report 2 us
  report_reads
}
