# shellcheck shell=bash
# The project's service inside the host lab, with the kernel of that machine as its host.

readonly inside_url=http://127.0.0.1:8080
readonly inside_patience=300 # seconds until it is ready; it is compiled while it starts, by an emulated processor

# service_job DIR [WRAPPER...]: begins DIR/job.sh: starts the service, lets vsmmu be its command line, waits until it is ready.
# Without a wrapper the service runs as the user lab, who owns the host's files, as docs/host.md wants it; PostgreSQL then needs no user namespace, which
# not every kernel that VSMMU_LAB_KERNEL names has.
service_job() {
  local path wrapper="${*:2}"
  [ -n "$wrapper" ] || wrapper="env HOME=/tmp/home setpriv --reuid lab --regid lab --clear-groups"
  path=$(cd "$1" && printf '%s:' classes/*)lib/*
  {
    echo "export VSMMU_URL=$inside_url CP=${path@Q}"
    echo "run_java() { java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -Djnr.ffi.x86asm.enabled=false -cp \"\$CP\" \"\$@\"; }"
    echo "vsmmu() { run_java -Xmx256m io.vsmmu.cli.VsmmuMain \"\$@\"; }"
    echo "chown lab /dev/iommu /dev/vfio/devices/* && install -d -o lab -m 700 /tmp/home && ulimit -l unlimited"
    echo "$wrapper java -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -Djnr.ffi.x86asm.enabled=false -cp \"\$CP\" \\"
    echo "  io.vsmmu.cli.VsmmuMain serve --host iommufd --port 8080 --data-dir /tmp/data >out/service.out 2>out/service.err &"
    echo "service=\$!"
    echo "ready() { wget -q -O /dev/null $inside_url/actuator/health/readiness; }"
    echo "for i in \$(seq $inside_patience); do ready 2>/dev/null && break; kill -0 \$service || break; sleep 1; done"
    echo "ready || { tail -n 30 out/service.out out/service.err; exit 1; }"
    echo "export VSMMU_TOKEN; VSMMU_TOKEN=\$(cat /tmp/data/token)"
  } >"$1/job.sh"
}
