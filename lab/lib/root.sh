# shellcheck shell=bash
# The host lab's file system: arm64 packages of Debian, unpacked and not configured, with a Java runtime and a stock QEMU.

readonly root_packages=(openjdk-25-jre-headless qemu-system-arm qemu-system-data ipxe-qemu bash dash coreutils libc-bin busybox-static strace)
readonly root_size=1800M
readonly root_tree=$chroot/host-root

# Packages and what they depend on, as if nothing were installed.
arm64_apt() {
  chroot_apt -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::status=/dev/null -o Dir::State::extended_states=/dev/null \
    -o Dir::Cache::archives=/host-packages -o APT::Install-Recommends=false -t "$backports" "$@"
}

make_root() {
  [ ! -e "$host/root.img" ] || [ "$host/root.img" -ot "$source_folder/lib/root.sh" ] || return 0
  rm -rf --one-file-system "$root_tree" "$chroot/host-packages"
  mkdir -p "$root_tree" "$chroot/host-packages/partial"
  logged chroot_apt update
  logged arm64_apt install --download-only "${root_packages[@]}"
  logged in_chroot sh -c 'for package in /host-packages/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C /host-root || exit 1
  done'
  furnish
  file_system root.img.new "$root_size" /host-root
  rm -rf --one-file-system "$root_tree" "$chroot/host-packages"
  mv "$host/root.img.new" "$host/root.img"
}

# What packages leave to their configuration: names of commands, users, folders. PostgreSQL does not run as root: it runs as user lab, or in a
# user namespace, as user id 65534 of that file system.
furnish() {
  mkdir -p "$root_tree"/{proc,sys,dev,tmp,run,root,payload,busybox}
  ln -sf /usr/lib/jvm/java-25-openjdk-arm64/bin/java "$root_tree/usr/bin/java"
  printf '%s\n' root:x:0:0:root:/root:/bin/bash lab:x:1000:1000:lab:/tmp:/bin/bash \
    nobody:x:65534:65534:nobody:/:/bin/false >"$root_tree/etc/passwd"
  printf '%s\n' root:x:0: lab:x:1000: nogroup:x:65534: >"$root_tree/etc/group"
  echo 127.0.0.1 localhost host >"$root_tree/etc/hosts"
  printf '%s\n' '#!/bin/bash' 'busybox mount -t proc proc /proc' 'busybox --install -s /busybox' \
    'busybox mount -t ext4 /dev/vdb /payload && exec /payload/.lab/init' >"$root_tree/init"
  chmod 755 "$root_tree/init"
}
