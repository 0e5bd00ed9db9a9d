# shellcheck shell=bash
# C for the inside of the host lab: static programs for arm64, against the kernel's headers that belong to it.

readonly uapi=$host/uapi # linux/iommufd.h, linux/vfio.h

# The chroot's own, and not those that come with the cross compiler: they are older.
copy_uapi() {
  mkdir -p "$uapi/linux"
  cp "$chroot"/usr/include/linux/{iommufd,vfio}.h "$uapi/linux/"
  grep -q IOMMU_HW_QUEUE_ALLOC "$uapi/linux/iommufd.h" || fail "linux-libc-dev of $backports is too old: its iommufd.h has no IOMMU_HW_QUEUE_ALLOC"
}

# compile_c SOURCE PROGRAM
compile_c() {
  local said
  cp "$1" "$chroot/tmp/program.c"
  said=$(in_chroot aarch64-linux-gnu-gcc -O2 -Wall -static -isystem /lab/host/uapi -o /tmp/program /tmp/program.c 2>&1) || fail "$1: $said"
  mv "$chroot/tmp/program" "$2"
  rm "$chroot/tmp/program.c"
}
