# shellcheck shell=bash
# The guest's initramfs: busybox, the modules of the stock kernel, guest-init.

readonly guest_modules="virtio_pci virtio_rng e1000e"

# Puts a module and what it depends on into FOLDER, numbered in the order of loading. What has no file is built in.
add_module() {
  local folder=$1 name=$2 file dependency number
  [ -z "$(find "$folder" -name "*-$name.ko")" ] || return 0
  file=$(find "$chroot/stock" -name "${name//_/[-_]}.ko*" | head -n 1)
  [ -n "$file" ] || return 0
  for dependency in $(in_chroot modinfo -F depends "${file#"$chroot"}" | tr ',-' ' _'); do
    add_module "$folder" "$dependency"
  done
  number=$(printf '%02d' "$(find "$folder" -name '*.ko' | wc -l)")
  case $file in
    *.xz) in_chroot xz -dc "${file#"$chroot"}" ;;
    *) cat "$file" ;;
  esac >"$folder/$number-$name.ko"
}

build_initramfs() {
  local tree name
  tree=$(mktemp -d "$chroot/tmp/initramfs.XXXXXX")
  mkdir -p "$tree"/{bin,proc,sys,dev,modules}
  install -m755 "$chroot/stock/busybox" "$tree/bin/busybox"
  install -m755 "$source_folder/guest-init" "$tree/init"
  for name in $guest_modules; do add_module "$tree/modules" "$name"; done
  in_chroot sh -c "cd /tmp/${tree##*/} && find . | sort | cpio -o -H newc --quiet | gzip" >"$inside/initramfs.gz.new"
  rm -rf "$tree"
  mv "$inside/initramfs.gz.new" "$inside/initramfs.gz"
}

# Makes the initramfs anew when guest-init is newer than it.
freshen_initramfs() {
  [ "$inside/initramfs.gz" -nt "$source_folder/guest-init" ] || build_initramfs
}
