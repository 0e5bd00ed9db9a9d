# shellcheck shell=bash
# Debian in a folder: the chroot, packages in it, and packages that are only unpacked.

readonly suite=trixie
readonly backports=$suite-backports
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
readonly host_packages=(curl:curl jq:jq debootstrap:debootstrap)

logged() { "$@" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "'$*' failed; all it said: $log"; }; }

# The Debian mirror that this machine uses; the public one on a machine that uses none.
mirror() {
  if [ -n "${VSMMU_LAB_MIRROR:-}" ]; then
    echo "$VSMMU_LAB_MIRROR"
    return
  fi
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CREATED_BY)' 2>/dev/null |
    awk '$1 ~ /\/debian\/?$/ && $3 == "Packages" { print $1; exit }' | grep . || echo http://deb.debian.org/debian
}

install_on_host() {
  local pair missing=()
  for pair in "${host_packages[@]}"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [ -e "$keyring" ] || missing+=(debian-archive-keyring)
  [ ${#missing[@]} -gt 0 ] || return 0
  logged apt-get update -q
  logged env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

make_chroot() {
  [ ! -e "$chroot/.complete" ] || return 0
  rm -rf --one-file-system "$chroot"
  logged debootstrap --variant=minbase --keyring="$keyring" --include=ca-certificates "$suite" "$chroot" "$(mirror)"
  printf 'deb %s %s main\n' "$(mirror)" "$suite" "$(mirror)" "$backports" >"$chroot/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::(https?|Check)[-:]' >"$chroot/etc/apt/apt.conf.d/99machine" || true
  in_chroot dpkg --add-architecture arm64
  touch "$chroot/.complete"
}

# apt inside the chroot, with this machine's proxy if it has one.
chroot_apt() {
  chroot "$chroot" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y -o APT::Sandbox::User=root "$@"
}

# install_in_chroot MARK PACKAGE...: unless the file MARK says that they are installed.
install_in_chroot() {
  [ "${*:2}" != "$(cat "$chroot/$1" 2>/dev/null)" ] || return 0
  logged chroot_apt update
  mount -t proc proc "$chroot/proc"
  logged chroot_apt install --no-install-recommends -t "$backports" "${@:2}"
  leave_chroot
  logged chroot_apt clean
  echo "${*:2}" >"$chroot/$1"
}

leave_chroot() { ! mountpoint -q "$chroot/proc" || umount "$chroot/proc"; }
