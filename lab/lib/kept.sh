# shellcheck shell=bash
# A device whose translation continues while its service is killed and started again; see fdstore.c.

kept() {
  collect acceptance "$work"
  compile_c "$source_folder/fdstore.c" "$work/fdstore"
  service_job "$work" ./fdstore /tmp/service.pid
  {
    echo "run_java -Xmx512m io.vsmmu.lab.RealDeviceGuest $inside_url /tmp/data /dev/vfio/devices/\$(ls /sys/bus/pci/devices/0000:00:03.0/vfio-dev) /tmp/service.pid"
    echo "status=\$?; kill \$(cat /tmp/service.pid); wait \$service; exit \$status"
  } >>"$work/job.sh"
  in_host "$work" | tee "$run/results" || true
  passed=$(grep -c '^ok ' "$run/results" || true)
  failed=$(grep -c '^not ok ' "$run/results" || true)
  check_equal "descriptors left in the store at the end" 0 "$(sed -n 's/^fdstore: ends with .*, \([0-9]*\) descriptors left/\1/p' "$work/out/service.err")"
  summary
}
