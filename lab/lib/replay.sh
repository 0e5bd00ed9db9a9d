# shellcheck shell=bash
# Bundled recordings of real guests, applied to the real iommufd of the host lab by the service in it.

readonly samples=$source_folder/../control-plane/src/main/resources/samples

# replay [LOG=HOST...]: which devices take the parts of those in the trace; without any, the bundled logs are replayed too.
replay() {
  collect acceptance "$work"
  service_job "$work"
  replay_sample trace "$samples"/qemu-*accel*.log "${@:-0000:00:03.0=0000:00:03.0}"
  if [ $# -eq 0 ]; then
    replay_sample log "$samples"/lab-*.vsmmulog 0000:01:00.0=0000:00:03.0 0000:02:00.0=0000:00:04.0
    replay_sample live "$samples"/live-*.vsmmulog 0000:00:05.0=0000:00:05.0 0000:00:03.0=0000:00:03.0 0000:03:00.0=0000:03:00.0 0000:03:00.1=0000:03:00.1
  fi
  in_host "$work" | sed 's/^/# /' || result no "the job inside ended with an error"
  for sample in "$work"/out/*.replay; do judge_replay "$(basename "$sample" .replay)"; done
  [ "$((passed + failed))" -gt 0 ] || result no "nothing was replayed"
  summary
}

# replay_sample NAME FILE LOG=HOST...
replay_sample() {
  local pair devices=()
  for pair in "${@:3}"; do devices+=(--device "$pair"); done
  cp "$2" "$work/$1"
  {
    echo "echo $1: import, then replay on the kernel"
    echo "vsmmu import $1 --name $1 -o json >out/$1.import || exit"
    echo "vsmmu replay $1 --verify --host local ${devices[*]} -o json >out/$1.replay"
  } >>"$work/job.sh"
}

judge_replay() {
  local found=$work/out/$1.replay
  check_equal "$1: replay" DONE "$(jq -r .status "$found")"
  check_between "$1: operations on the kernel" 100 1000000 "$(jq -r .hostOperations "$found")"
  check_equal "$1: divergences, objects left and devices elsewhere among them" 0 "$(jq -r .diverged "$found")"
  jq -r '.divergences[] | "#   position \(.position): \(.recorded) but now \(.produced)"' "$found" | head -n 5
}
