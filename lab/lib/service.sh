# shellcheck shell=bash
# The project's service with a simulated host, and how to ask it. Its data lie under the chroot, so that a guest's
# QEMU reaches the sockets.

readonly vsmmu=${VSMMU:-$source_folder/../vsmmu}
readonly data=$inside/data
readonly service_limit=60 # seconds until the service must be ready
service_process=
service_url=

# Four devices behind one physical SMMU, one in each group; two behind another.
host_topology() {
  local -r devices=(0000:01:00.0 0000:02:00.0 0000:03:00.0 0000:04:00.0 0000:81:00.0 0000:82:00.0)
  local number smmu
  echo VSMMU_SIMULATED_SMMUS_0_NAME=smmu3.0 VSMMU_SIMULATED_SMMUS_1_NAME=smmu3.1
  for number in "${!devices[@]}"; do
    smmu=smmu3.$((number / 4))
    echo "VSMMU_SIMULATED_DEVICES_${number}_ADDRESS=${devices[number]}" "VSMMU_SIMULATED_DEVICES_${number}_GROUP=$((number + 1))" \
      "VSMMU_SIMULATED_DEVICES_${number}_SMMU=$smmu"
  done
}

# Starts the service with an empty data folder, and waits until it is ready.
start_service() {
  rm -rf --one-file-system "$data"
  mkdir -p "$data"
  "$vsmmu" --version >/dev/null # builds what is not built yet
  resume_service
}

# Starts the service with the existing data.
resume_service() {
  : >"$run/service.out"
  # shellcheck disable=SC2046 # one word a variable
  # Nothing else may use the processors that a guest is measured on.
  env $(host_topology) VSMMU_LEARN=no "$vsmmu" serve --port 0 --data-dir "$data" >"$run/service.out" 2>"$run/service.err" &
  service_process=$!
  disown # its end is nothing that the shell has to tell
  local end=$((SECONDS + service_limit))
  until service_url=$(grep -om1 'http://[^ ]*' "$run/service.out") && is_ready; do
    if ! kill -0 "$service_process" 2>/dev/null || [ "$SECONDS" -ge "$end" ]; then service_failed; fi
    sleep 0.2
  done
  use_service
  echo "$service_process $service_url" >"$run/service"
}

# A scenario may have started the service again, in a shell of its own.
look_at_service() {
  read -r service_process service_url <"$run/service"
  use_service
}

# For ./vsmmu and for curl.
use_service() {
  export VSMMU_URL=$service_url VSMMU_TOKEN
  VSMMU_TOKEN=$(<"$data/token")
}

# Ends the service at once, like a crash. Its database keeps running.
kill_service() {
  kill -KILL "$service_process"
  await_end_of_service
}

# It need not be a child of this shell.
await_end_of_service() { while kill -0 "$service_process" 2>/dev/null; do sleep 0.1; done; }

# --- its database ------------------------------------------------------------------------------

# database_signal SIGNAL: to the processes of the service's own PostgreSQL and to no other.
database_signal() {
  local first
  first=$(head -n 1 "$data/postgres/postmaster.pid" 2>/dev/null) || return 0
  kill "-$1" "$first" 2>/dev/null || return 0
  pgrep -P "$first" | xargs -r kill "-$1" 2>/dev/null || true # some may have ended meanwhile
}

# keep_database_away SECONDS: stops the database, and every one that the service starts in its place: one that does not answer for
# 15 s is killed and started again (docs/service.md). A new one is stopped before it accepts connections, which takes it longer than
# the time between two looks; it continues at the end. Looks without a process of their own, which would cost the guest's time.
keep_database_away() {
  local end=$((SECONDS + $1)) first='' stopped='' pause
  mkfifo "$run/pause.$BASHPID"
  exec {pause}<>"$run/pause.$BASHPID"
  rm "$run/pause.$BASHPID"
  database_signal STOP
  read -r stopped <"$data/postgres/postmaster.pid"
  while [ "$SECONDS" -lt "$end" ]; do
    read -r first 2>/dev/null <"$data/postgres/postmaster.pid" || first=
    if [ -n "$first" ] && [ "$first" != "$stopped" ] && kill -STOP "$first" 2>/dev/null; then stopped=$first; fi
    read -rt 0.02 -u "$pause" || true
  done
  database_signal CONT
}

service_failed() {
  tail -n 20 "$run/service.out" "$run/service.err" >&2
  fail "the service did not become ready"
}

is_ready() { curl -fsS -m 5 -o "$run/readiness.json" "$service_url/actuator/health/readiness" 2>/dev/null; }

stop_service() {
  [ -n "$service_process" ] || return 0
  database_signal CONT
  kill "$service_process" 2>/dev/null || true
  await_end_of_service
  service_process=
}

# --- REST --------------------------------------------------------------------------------------

# authorized ARGUMENTS...: curl with the service's token, which is not among the arguments that other processes see.
authorized() { curl -m 60 -H @- "$@" <<<"Authorization: Bearer $VSMMU_TOKEN"; }

# get PATH: the answer behind /api/v1, such as get vsmmus/NAME.
get() { authorized -fs "$service_url/api/v1/$1"; }

post() { authorized -fsS -H 'Content-Type: application/json' -d "$2" "$service_url/api/v1/$1"; }

# create NAME [PROPERTIES [DURABILITY]]: a vSMMU.
create() { post vsmmus "{\"name\":\"$1\",\"properties\":${2:-{\}},\"durability\":\"${3:-committed}\"}" >/dev/null; }

# attach NAME HOST-DEVICE SID
attach() { post "vsmmus/$1/devices" "{\"hostDevice\":\"$2\",\"sid\":\"$3\"}" >/dev/null; }

# create_with_devices NAME [PROPERTIES [DURABILITY]]: with devices at the StreamIDs of the guest's functions 00:02.0 and 00:03.0.
create_with_devices() {
  create "$@"
  attach "$1" 0000:01:00.0 0x10
  attach "$1" 0000:02:00.0 0x18
}

# The vfio-user socket; fails while the service has none.
socket() { get "vsmmus/$1" | jq -r '.socket // empty'; }

# Gives the devices back to the host.
delete() { authorized -fsS -X DELETE "$service_url/api/v1/vsmmus/$1" >/dev/null; }

# ask NAME PATH FILTER: what jq's FILTER finds in an answer about a vSMMU; nothing if there is no such answer.
ask() { get "vsmmus/$1/$2" | jq -r "$3" || true; }

# Positions of a vSMMU's events of one type, oldest first.
positions() { ask "$1" "events?type=$2&limit=1000" '.items[].position'; }

# metric NAME: the sum of a metric over its labels; nothing if the service has no such metric.
metric() {
  authorized -fsS "$service_url/actuator/prometheus" |
    awk -v name="$1" '$1 == name || index($1, name "{") == 1 { sum += $2; seen = 1 } END { if (seen) printf "%.0f\n", sum }'
}
