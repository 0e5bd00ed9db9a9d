# shellcheck shell=bash
# The host lab's kernel: VSMMU_LAB_KERNEL (an Image, or one compressed by xz), or Debian's source built with what host-kernel.config asks for.

readonly source_package=linux-source-7.3
readonly build_packages=("$source_package" gcc libc6-dev make flex bison bc perl xz-utils bzip2)
readonly source_tree=$chroot/linux

make_host_kernel() {
  case ${VSMMU_LAB_KERNEL:-} in
    '') [ "$host/Image" -nt "$source_folder/host-kernel.config" ] || build_host_kernel ;;
    *.xz) take_kernel xz -dc ;;
    *) take_kernel cat ;;
  esac
}

take_kernel() {
  "$@" "$VSMMU_LAB_KERNEL" >"$host/Image.new" || fail "VSMMU_LAB_KERNEL ($VSMMU_LAB_KERNEL) cannot be read"
  mv "$host/Image.new" "$host/Image"
}

build_host_kernel() {
  install_in_chroot .build-tools "${build_packages[@]}"
  rm -rf --one-file-system "$source_tree"
  mkdir "$source_tree"
  logged in_chroot tar -x -J -C /linux --strip-components=1 -f "/usr/src/$source_package.tar.xz"
  cp "$source_folder/host-kernel.config" "$source_tree/lab.config"
  logged in_source make ARCH=arm64 tinyconfig
  logged in_source env ARCH=arm64 scripts/kconfig/merge_config.sh -m .config lab.config
  logged in_source make ARCH=arm64 olddefconfig
  check_config
  logged in_source nice -n 19 make ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- -j "$(nproc)" Image
  cp "$source_tree/arch/arm64/boot/Image" "$host/Image.new"
  mv "$host/Image.new" "$host/Image"
  rm -rf --one-file-system "$source_tree"
}

in_source() { in_chroot env -C /linux "$@"; }

# An option whose dependencies are not there is dropped without a word.
check_config() {
  local missing
  missing=$(grep '^CONFIG' "$source_folder/host-kernel.config" | grep -vxFf "$source_tree/.config" || true)
  [ -z "$missing" ] || fail "these options of host-kernel.config are not in the kernel: $missing"
}
