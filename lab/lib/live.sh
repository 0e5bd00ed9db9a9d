# shellcheck shell=bash
# The whole machine: the service and a stock QEMU inside the host lab, a NIC that QEMU passes through, a stock guest by UEFI and ACPI that finds the
# vSMMU by the option ROM. LiveMachine drives it and prints a result a line; LiveComparison measures it beside QEMU's own accelerated SMMU.

live_limit=2400 # seconds for the machine, whose two emulated processors run QEMU, PostgreSQL and Java

# live PROGRAM: a class of io.vsmmu.lab.
live() {
  pack_live "$work"
  service_script "$work"
  {
    echo "(as_lab \$JAVA -Xmx256m -cp \"\$CP\" io.vsmmu.lab.$1 $inside_url /tmp/data /tmp/service.pid guest out)"
    end_of_job
  } >>"$work/job.sh"
  local status=0
  in_host "$work" | tee "$run/results" || status=$?
  rm -rf "$run/host-out" && cp -r "$work/out" "$run/host-out" 2>/dev/null || true
  passed=$(grep -c '^ok ' "$run/results" || true)
  failed=$(grep -c '^not ok ' "$run/results" || true)
  [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || result no "the job inside ended with $status"
  [ "$passed" -gt 0 ] || result no "the machine: nothing was checked"
  summary
}

# try_live [SCRIPT]: runs a script as the user lab beside the service, with `vsmmu` on its path and the guest's files in guest/; a shell without one.
try_live() {
  local what="bash -i"
  pack_live "$work"
  [ $# -eq 0 ] || { cp "$1" "$work/script" && what="bash ./script"; }
  service_script "$work"
  {
    echo "for i in \$(seq $inside_patience); do wget -q -O /dev/null $inside_url/actuator/health/readiness 2>/dev/null && break; sleep 1; done"
    [ $# -gt 0 ] || echo "stty sane"
    echo "(PATH=\$PWD:\$PATH as_lab $what)"
    end_of_job
  } >>"$work/job.sh"
  in_host "$work"
}

pack_live() {
  [ -e "$inside/Image" ] && [ -e "$inside/initramfs.gz" ] || fail "the guest's kernel is missing; run lab/prepare guest first"
  host_limit=${VSMMU_LAB_HOST_LIMIT:-$live_limit}
  collect acceptance "$1"
  mkdir -p "$1/guest"
  cp "$inside/Image" "$1/guest/"
  cp "$chroot/usr/share/qemu-efi-aarch64/QEMU_EFI.fd" "$1/guest/"
  live_initrd "$1/guest/initrd.gz"
}

# live_initrd FILE: the guest's initramfs; behind it a shell on its console, and the driver of edu.
live_initrd() {
  local tree=$chroot/tmp/live
  rm -rf "$tree" && mkdir -p "$tree"
  install -m755 "$source_folder/live-init" "$tree/live-init"
  compile_c "$source_folder/live-dma.c" "$tree/live-dma"
  { cat "$inside/initramfs.gz"; in_chroot sh -c "cd /tmp/live && find . | sort | cpio -o -H newc --quiet | gzip"; } >"$1"
  rm -rf "$tree"
}

# service_script DIR: the job's beginning. The service is started again when it is killed, as systemd would do; everything runs as the user lab.
service_script() {
  local path
  path=$(cd "$1" && printf '/payload/%s:' classes/*)/payload/lib/*
  printf '#!/bin/sh\nexec $JAVA -Xmx256m -cp "$CP" io.vsmmu.cli.VsmmuMain "$@"\n' >"$1/vsmmu"
  chmod +x "$1/vsmmu"
  {
    echo "export CP=${path@Q} VSMMU_URL=$inside_url"
    echo "export JAVA='java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -Djnr.ffi.x86asm.enabled=false'"
    echo "as_lab() { exec env HOME=/tmp/home setpriv --reuid lab --regid lab --clear-groups \"\$@\"; }"
    echo "chown lab out /dev/iommu /dev/kvm /dev/vfio/devices/* && install -d -o lab -m 700 /tmp/home && ulimit -l unlimited"
    echo "(while :; do"
    echo "  (as_lab \$JAVA -Xmx1g -cp \"\$CP\" io.vsmmu.cli.VsmmuMain serve --host iommufd --port 8080 --data-dir /tmp/data) >>out/service.out 2>>out/service.err &"
    echo "  echo \$! >/tmp/service.pid; wait \$!; sleep 1; [ ! -e /tmp/over ] || break"
    echo "done) &"
    echo "until [ -s /tmp/data/token ]; do sleep 1; done"
    echo "export VSMMU_TOKEN; VSMMU_TOKEN=\$(cat /tmp/data/token)"
  } >"$1/job.sh"
}

end_of_job() { echo "status=\$?; touch /tmp/over; kill \$(cat /tmp/service.pid); wait; exit \$status"; }
