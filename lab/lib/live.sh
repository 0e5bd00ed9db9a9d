# shellcheck shell=bash
# The whole machine: the service and a stock QEMU inside the host lab, a NIC that QEMU passes through, a stock guest by UEFI and ACPI that finds our
# vSMMU by the option ROM. LiveMachine drives it and prints a result a line; LiveComparison measures it beside QEMU's own accelerated SMMU.

live_limit=2400 # seconds for the machine, whose two emulated processors run QEMU, PostgreSQL and Java

# live PROGRAM: a class of io.vsmmu.control.lab.
live() {
  [ -e "$inside/Image" ] && [ -e "$inside/initramfs.gz" ] || fail "the guest's kernel is missing; run lab/prepare guest first"
  collect control-plane "$work"
  mkdir -p "$work/guest"
  cp "$inside/Image" "$work/guest/"
  cp "$chroot/usr/share/qemu-efi-aarch64/QEMU_EFI.fd" "$work/guest/"
  live_initrd "$work/guest/initrd.gz"
  service_script "$work" "$1"
  host_limit=${VSMMU_LAB_HOST_LIMIT:-$live_limit}
  in_host "$work" | tee "$run/results" || true
  rm -rf "$run/host-out" && cp -r "$work/out" "$run/host-out" 2>/dev/null || true
  passed=$(grep -c '^ok ' "$run/results" || true)
  failed=$(grep -c '^not ok ' "$run/results" || true)
  [ "$passed" -gt 0 ] || result no "the machine: nothing was checked"
  summary
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

# service_script DIR PROGRAM: the job. The service comes back when it is killed, as systemd would have it; all runs as the user lab.
service_script() {
  local path java="java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -Djnr.ffi.x86asm.enabled=false"
  path=$(cd "$1" && printf '%s:' classes/*)lib/*
  {
    echo "export CP=${path@Q} VSMMU_URL=$inside_url"
    echo "as_lab() { exec env HOME=/tmp/home setpriv --reuid lab --regid lab --clear-groups \"\$@\"; }"
    echo "chown lab /dev/iommu /dev/kvm /dev/vfio/devices/* && install -d -o lab -m 700 /tmp/home && ulimit -l unlimited"
    echo "(while :; do"
    echo "  (as_lab $java -Xmx1g -cp \"\$CP\" io.vsmmu.control.cli.VsmmuMain serve --host iommufd --port 8080 --data-dir /tmp/data) >>out/service.out 2>>out/service.err &"
    echo "  echo \$! >/tmp/service.pid; wait \$!; [ ! -e /tmp/over ] || break; sleep 1"
    echo "done) &"
    echo "chown lab out"
    echo "(as_lab $java -Xmx256m -cp \"\$CP\" io.vsmmu.control.lab.$2 $inside_url /tmp/data /tmp/service.pid guest out)"
    echo "status=\$?; touch /tmp/over; kill \$(cat /tmp/service.pid); wait; exit \$status"
  } >"$1/job.sh"
}
