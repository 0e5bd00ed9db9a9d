# shellcheck shell=bash
# Tests in the host lab, with results in the form of the lab. Numbers and names are those of JUnit; any other error adds a failure.

# The tests of host-apply have those of iommufd-adapter on their class path.
readonly suite_module=host-apply
readonly kernel_tests=io.vsmmu.host.kernel
readonly apply_tests=io.vsmmu.host.apply
# The port, what the kernel's host has beyond it, and events onto it.
readonly suite_classes=${VSMMU_LAB_SUITE:-$kernel_tests.KernelHostConformanceTest $kernel_tests.RunningKernelTest $kernel_tests.UapiOnKernelTest \
  $apply_tests.VsmmuOnKernelTest $apply_tests.GroupOnKernelTest $apply_tests.VmOnKernelTest $apply_tests.FaultsOnKernelTest \
  $apply_tests.AdoptionOnKernelTest $apply_tests.EveryNthFailureOnKernelTest $apply_tests.UnplugOnKernelTest \
  $apply_tests.VmmOwnedOnKernelTest}
readonly kernel_complains='BUG:|WARNING:|Oops|refcount_t|Call trace|CMDQ error|CMD_SYNC timeout'

# shellcheck disable=SC2086 # one word a class
conformance() { tests $suite_module $suite_classes; }

# tests MODULE CLASS...: all of the module's if none is named.
tests() {
  local class selected=(--scan-classpath=classes/1)
  [ $# -ge 1 ] || fail "usage: lab/host tests MODULE [CLASS...]"
  [ $# -eq 1 ] || selected=()
  for class in "${@:2}"; do selected+=("--select-class=$class"); done
  collect "$1" "$work"
  add_launcher "$work"
  java_job "$work" org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=testfeed \
    --reports-dir=out "${selected[@]}"
  judge "$1"
}

# Runs the job in $work and prints its results, and the machine's exit status if that is an error.
judge() {
  local status=0 complaints
  in_host "$work" | as_results | tee "$run/results" || status=$?
  [ -d "$work/out" ] || return "$status"
  rm -rf "$run/host-out" && cp -r "$work/out" "$run/host-out"
  passed=$(grep -c '^ok ' "$run/results" || true)
  failed=$(grep -c '^not ok ' "$run/results" || true)
  [ "$passed" -gt 0 ] || result no "$1: no test ran"
  [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || result no "$1: the tests ended with $status"
  complaints=$(grep -E "$kernel_complains" "$work/out/dmesg" 2>/dev/null || true)
  [ -z "$complaints" ] || result no "$1: the kernel complained: $complaints"
  echo "# $(grep -c '^skipped ' "$run/results" || true) skipped"
  summary
}

# Converts the output of JUnit's launcher for each test to results of the lab. Containers are printed only if they failed.
as_results() {
  awk '
    / :: STARTED$/ || /^\[ +[0-9]+ (containers|tests) / || /^ *$/ { next }
    / :: SUCCESSFUL$/ && /\)( > .*)? :: / { print "ok " (++number) " - " words($0); fflush(); next }
    / :: SUCCESSFUL$/ { next }
    / :: FAILED$/ { print "not ok " (++number) " - " words($0); fflush(); next }
    / :: (SKIPPED|ABORTED)$/ { print "skipped - " words($0); fflush(); next }
    { print "#   " $0; fflush() }
    function words(line) { sub(/^JUnit Jupiter > /, "", line); sub(/ :: [A-Z]+$/, "", line); gsub(/ > /, ": ", line); return line }'
}
