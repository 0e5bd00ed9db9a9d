# shellcheck shell=bash
# Records the sample that is bundled with the service: a guest that boots, uses its NIC, unbinds its drivers from their devices and binds
# them again, and switches itself off.

readonly sample_name=lab-e1000e

sample() {
  local file=${1:-$run/$sample_name.vsmmulog}
  start_service
  create_with_devices $sample_name
  start_guest $sample_name "$(socket $sample_name)" "updown=2 rebind" 1 memfd -no-reboot
  check_guest $sample_name
  check_usual $sample_name
  check_log $sample_name
  mv "$run/$sample_name.vsmmu" "$file"
  say "$file: $(in_chroot qemu-system-aarch64 --version | head -n 1); $(kernel_version "$inside/Image"); $(count_all $sample_name "$(end_of_guest $sample_name)") commands"
  summary
}
