# shellcheck shell=bash
# The kernel's iommufd from Java beside a loop in C, in one boot.

# With both compilers, as a service has them, and unlike the tests.
host_bench() {
  collect bench "$work"
  compile_c "$source_folder/bench-host.c" "$work/bench-host"
  java_job "$work" -XX:TieredStopAtLevel=4 io.vsmmu.bench.host.HostBench ./bench-host
  in_host "$work"
}
