# shellcheck shell=bash
# Numbered results, and what is checked of every guest.

passed=0
failed=0

result() { # result ok|no WORDS
  if [ "$1" = ok ]; then
    passed=$((passed + 1))
    echo "ok $((passed + failed)) - $2"
  else
    failed=$((failed + 1))
    echo "not ok $((passed + failed)) - $2"
  fi
}

# check WORDS COMMAND...: ok if the command succeeds; otherwise its output is printed.
check() {
  local said
  if said=$("${@:2}" 2>&1); then
    result ok "$1"
  else
    result no "$1"
    printf '%s\n' "$said" | tail -n 12 | sed 's/^/#   /'
  fi
}

# check_equal WORDS EXPECTED FOUND: nothing found is never equal
check_equal() {
  if [ -n "$3" ] && [ "$2" = "$3" ]; then
    result ok "$1: $3"
  else
    result no "$1: expected '$2', found '$3'"
  fi
}

# check_between WORDS LEAST MOST FOUND
check_between() {
  if [ -n "$4" ] && [ "$4" -ge "$2" ] && [ "$4" -le "$3" ]; then
    result ok "$1: $4"
  else
    result no "$1: expected $2 to $3, found '$4'"
  fi
}

summary() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

# --- what a guest said -------------------------------------------------------------------------

# check_guest NAME [TIMES]: QEMU ended by itself, and the guest completed TIMES times without a complaint.
check_guest() {
  check_end "$1" "${2:-1}"
  check_equal "guest $1: kernel complaints about the SMMU" 0 "$(complaints "$1" | wc -l)"
}

# check_end NAME TIMES: QEMU ended by itself, and the guest completed TIMES times.
check_end() {
  local status=0
  wait_guest "$1" || status=$?
  check_equal "guest $1: QEMU's exit status" 0 "$status"
  check_equal "guest $1: came to its end" "$2" "$(grep -ac '^== guest done' "$run/$1.console")"
}

complaints() { grep -aiE 'smmu.*(timeout|failed|unexpected|CMDQ error|gerror)' "$run/$1.console" || true; }

# The kernel's messages that a CMD_SYNC took longer than a second. Each has PROD and CONS, which it reads for that. The copy of the
# kernel's log that the guest prints at its end follows "== processors" and is not counted again.
timeouts() { sed '/^== processors/,$d' "$run/$1.console" | grep -ac 'CMD_SYNC timeout' || true; }

# How often the guest reported that it lives, and what its kernel had unmapped at the last report.
beats() { grep -ac '^== beat' "$run/$1.console" || true; }

unmapped() { reported "$1" beat unmaps; }

# Waits for a guest's beat number N, SECONDS at most.
await_beat() {
  local end=$((SECONDS + $3))
  until [ "$(beats "$1")" -ge "$2" ]; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.02
  done
}

# --- what the log says -------------------------------------------------------------------------

# Waits until the service has seen the end of the connection that many times.
await_disconnected() {
  local end=$((SECONDS + 30))
  until [ "$(positions "$1" VmmDisconnected | wc -l)" -ge "${2:-1}" ]; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.3
  done
}

last() { tail -n 1; }

# The last position at which the guest was still there.
end_of_guest() {
  local end
  end=$(positions "$1" VmmDisconnected | last)
  [ -z "$end" ] || echo $((end - 1))
}

# Positions at which a guest switched its SMMU off, as the kernel does when it ends: CR0 from something to 0.
switched_off() {
  get "vsmmus/$1/events?type=RegisterWritten&limit=1000" | jq -r '[.items[] | select(.data.register == "CR0")] as $writes
    | range(1; $writes | length) | select($writes[.].data.value == "0x0" and $writes[. - 1].data.value != "0x0") | $writes[.].position'
}

# How often a command took effect: count NAME COMMAND AT
count() { ask "$1" "state?at=$3" ".commands.$2 // 0"; }

# Whether the guest saw that completions can be writes to memory: IDR0.MSI.
idr0_msi() {
  local idr0
  idr0=$(ask "$1" "state?at=$(end_of_guest "$1")" .registers.IDR0)
  [ -z "$idr0" ] || echo $((idr0 >> 13 & 1))
}

# await_commands NAME COMMAND NUMBER SECONDS: until a command took effect that often.
await_commands() {
  local end=$((SECONDS + $4))
  until [ "$(ask "$1" state ".commands.$2 // 0")" -ge "$3" ]; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

count_all() { ask "$1" "state?at=$2" '[.commands[]] | add // 0'; }

# check_streams NAME OFF END SID...: until the guest switched its SMMU off at position OFF, stage 1 STEs are in force; after that,
# at END, transactions pass, as GBPA has it.
check_streams() {
  local sid
  for sid in "${@:4}"; do
    check_stream "$1" "$sid" $(($2 - 1))
    check_equal "$1: transactions of $sid without the SMMU meet" BYPASS "$(ask "$1" "state?at=$3" ".streams[] | select(.sid == \"$sid\").effective")"
  done
}

# check_stream NAME SID AT: a stage 1 STE is in force, as the guest wrote it.
check_stream() {
  local stream word
  stream=$(ask "$1" "state?at=$3" ".streams[] | select(.sid == \"$2\")")
  check_equal "$1: stream $2 is configured to" TRANSLATE "$(jq -r .configuration <<<"$stream")"
  word=$(jq -r '.ste[0] // "0x0"' <<<"${stream:-null}")
  check_equal "$1: STE of $2 ($word): V, Config" "1 5" "$((word & 1)) $((word >> 1 & 7))"
  check_equal "$1: transactions of $2 meet" "$(jq -r .configuration <<<"$stream")" "$(jq -r .effective <<<"$stream")"
}

# check_queue NAME AT [FROM]: the queue is drained, and its index is the number of commands that took effect since FROM,
# when the queue was empty: nothing was lost, nothing was consumed twice.
check_queue() {
  local queue all before=0 size
  queue=$(ask "$1" "state?at=$2" .commandQueue)
  [ -n "$queue" ] || { result no "$1: no command queue is known at '$2'"; return; }
  all=$(count_all "$1" "$2")
  [ -z "${3:-}" ] || before=$(count_all "$1" "$3")
  size=$(jq -r .log2Size <<<"$queue")
  check_equal "$1: command queue is drained to PROD" "$(jq -r .prod <<<"$queue")" "$(jq -r .cons <<<"$queue")"
  check_equal "$1: command queue error" CERROR_NONE "$(jq -r .error <<<"$queue")"
  check_equal "$1: PROD counts the $((all - before)) commands that took effect" \
    "$(((all - before) % (2 << size)))" "$(($(jq -r .prod <<<"$queue")))"
}

# check_unmaps NAME AT GUEST: each unmapping that the guest's kernel traced is one TLBI_NH_VA, and each is synchronised.
check_unmaps() {
  local tlbis
  tlbis=$(count "$1" TLBI_NH_VA "$2")
  check_equal "$1: TLBI_NH_VA against the unmappings that the guest traced" "$(reported "$3" unmaps unmaps)" "$tlbis"
  check_between "$1: CMD_SYNC, one for each and some for configuration" "$tlbis" $((tlbis + 60)) "$(count "$1" CMD_SYNC "$2")"
}

# check_log NAME: the chain holds; what is exported, imported and replayed diverges nowhere; host and log agree.
check_log() {
  local copy=$1-copy
  check "$1: hash chain" "$vsmmu" verify "$1"
  check "$1: replay of events" "$vsmmu" replay "$1" --verify
  check "$1: replay of commands" "$vsmmu" replay "$1" --mode commands --verify
  check "$1: export" "$vsmmu" export "$1" "$run/$1.vsmmu"
  check "$1: import" "$vsmmu" import "$run/$1.vsmmu" --name "$copy"
  check "$1: replay of the import" "$vsmmu" replay "$copy" --verify
  check_equal "$1: health" OK "$(ask "$1" state .health.status)"
}

# check_next NAME END NUMBER: another guest boots on the same socket, is connection NUMBER, and completes. Its queue begins empty, behind
# position END.
check_next() {
  start_guest "$1-$3" "$(socket "$1")" "updown=2" 1 memfd -no-reboot
  check_guest "$1-$3"
  check "$1: the end of connection $3 is in the log" await_disconnected "$1" "$3"
  check_streams "$1" "$(switched_off "$1" | last)" "$(end_of_guest "$1")" 0x10 0x18
  check_queue "$1" "$(end_of_guest "$1")" "$2"
  check "$1: hash chain of both" "$vsmmu" verify "$1"
  check "$1: replay of both" "$vsmmu" replay "$1" --verify
}

# check_usual NAME: what holds after the only guest of a vSMMU, which booted and switched itself off.
check_usual() {
  check "$1: the end of the connection is in the log" await_disconnected "$1"
  check_streams "$1" "$(switched_off "$1" | last)" "$(end_of_guest "$1")" 0x10 0x18
  check_queue "$1" "$(end_of_guest "$1")"
}
