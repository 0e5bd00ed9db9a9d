# shellcheck shell=bash
# Time of the same work (NIC up and down) in the same guest on three SMMUs, several rounds in turn:
#   msi     our vSMMU; the guest polls its own memory for the end of a CMD_SYNC
#   wired   our vSMMU without IDR0.MSI; the guest polls CMDQ_CONS
#   qemu    QEMU's own emulated SMMUv3

readonly bench_cycles=20
readonly bench_kinds=(msi wired qemu)

# The newest guest's time in ms, of the loop alone.
bench_time() { told bench updown ms; }

bench_msi() { bench_ours '{}'; }

bench_wired() { bench_ours '{"msi":"off"}'; }

# bench_ours PROPERTIES: prints ms, and register reads and CMD_SYNCs if the service counts them.
bench_ours() {
  local before after
  create_with_devices bench "$1"
  before=$(metric vsmmu_gateway_register_reads_total)
  start_guest bench "$(socket bench)" "updown=$bench_cycles" 1 memfd -no-reboot
  wait_guest bench || fail "the guest failed; see $run/bench.console"
  await_disconnected bench || fail "the end of the connection did not come"
  after=$(metric vsmmu_gateway_register_reads_total)
  echo "$(bench_time) $((${after:-0} - ${before:-0})) $(count bench CMD_SYNC "$(end_of_guest bench)") ${after:+counted}"
  delete bench
}

bench_qemu() {
  # shellcheck disable=SC2046 # options are meant to be split
  launch bench -machine virt,gic-version=3,iommu=smmuv3 -smp 1 $(memory_options memfd) $(device_options) \
    -append "$(kernel_words "updown=$bench_cycles")" -no-reboot
  wait_guest bench || fail "the guest failed; see $run/bench.console"
  grep -aq '^== group .* 0000:00:02.0' "$run/bench.console" || fail "the NIC is not behind QEMU's SMMU"
  bench_time
}

# The middle of the numbers of a file's first column.
median() { awk '{ print $1 }' "$1" | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

spread() { awk '{ print $1 }' "$1" | sort -n | awk '{ value[NR] = $1 } END { print value[1] " to " value[NR] }'; }

bench_report() {
  local kind ours base
  base=$(median "$run/bench.qemu")
  for kind in "${bench_kinds[@]}"; do
    ours=$(median "$run/bench.$kind")
    awk -v kind="$kind" -v ours="$ours" -v base="$base" -v spread="$(spread "$run/bench.$kind")" -v n="$(wc -l <"$run/bench.$kind")" \
      'BEGIN { printf "%-6s median %6d ms of %d rounds (%s), %.2f of QEMU'"'"'s own\n", kind, ours, n, spread, ours / base }'
  done
  for kind in msi wired; do
    awk -v kind="$kind" 'NF == 4 { reads += $2; syncs += $3 }
      END { if (syncs) printf "%-6s %.3f register reads a CMD_SYNC (%d of %d, with those of the boot)\n", kind, reads / syncs, reads, syncs }' \
      "$run/bench.$kind"
  done
}

bench() {
  local rounds=${1:-5} round kind
  start_service
  rm -f "$run"/bench.{msi,wired,qemu}
  for ((round = 1; round <= rounds; round++)); do
    for kind in "${bench_kinds[@]}"; do
      "bench_$kind" >>"$run/bench.$kind"
      say "round $round $kind: $(tail -n 1 "$run/bench.$kind")"
    done
  done
  echo "$bench_cycles times NIC up and down, measured in the guest:"
  bench_report
}
