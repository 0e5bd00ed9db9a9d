# shellcheck shell=bash
# Guests: one QEMU each, in the chroot, ended by its time limit or with the command, whatever happens.

guest_limit=${VSMMU_LAB_GUEST_LIMIT:-180} # seconds; a scenario that lasts longer raises it
declare -A guest_process=()                        # of the time limit around a QEMU, by guest

# QEMU's options of the guest's memory: shared by descriptor, by a file, or not at all.
memory_options() {
  case $1 in
    memfd) echo "-object memory-backend-memfd,id=m0,size=$memory_size,share=on -machine memory-backend=m0" ;;
    file) echo "-object memory-backend-file,id=m0,size=$memory_size,share=on,mem-path=/lab/memory -machine memory-backend=m0" ;;
    messages) ;;
    *) fail "no such memory: $1" ;;
  esac
}

# vsmmu_option SOCKET SLOT: the vSMMU as a PCI function of bus 0.
vsmmu_option() {
  printf '{"driver":"vfio-user-pci","socket":{"type":"unix","path":"%s"},"bus":"pcie.0","addr":"%s.0"}' "${1#"$chroot"}" "$2"
}

# The two devices of every guest: functions 00:02.0 and 00:03.0.
device_options() {
  echo "-device e1000e,bus=pcie.0,addr=2.0"
  echo "-device virtio-rng-pci,bus=pcie.0,addr=3.0,iommu_platform=on,disable-legacy=on"
}

# A second host bridge, and two more devices as 81:00.0 and 82:00.0 behind it.
second_bridge_options() {
  echo "-device pxb-pcie,id=bridge2,bus=pcie.0,addr=4.0,bus_nr=128"
  echo "-device pcie-root-port,id=port1,bus=bridge2,addr=1.0,chassis=1"
  echo "-device pcie-root-port,id=port2,bus=bridge2,addr=2.0,chassis=2"
  echo "-device e1000e,bus=port1 -device virtio-rng-pci,bus=port2,iommu_platform=on,disable-legacy=on"
}

# launch NAME OPTION...: starts QEMU with its console in $run/NAME.console.
launch() {
  local name=$1
  rm -f "$inside/$name.pid" "$run/$name.console"
  timeout -k 5 "$guest_limit" env -i PATH="$plain_path" chroot "$chroot" qemu-system-aarch64 -nographic -nic none \
    -cpu max -m "$memory_size" -kernel /lab/Image -initrd /lab/initramfs.gz -pidfile "/lab/$name.pid" "${@:2}" \
    </dev/null >"$run/$name.console" 2>&1 &
  guest_process[$name]=$!
}

# start_guest NAME SOCKET WORDS [PROCESSORS [MEMORY [OPTION...]]]: a guest with one vSMMU.
start_guest() {
  local name=$1 socket=$2 words=$3 processors=${4:-1} memory=${5:-memfd}
  [ -n "$socket" ] || fail "the vSMMU has no socket"
  # shellcheck disable=SC2046 # options are meant to be split
  launch "$name" -machine virt,gic-version=3 -smp "$processors" $(memory_options "$memory") \
    -device "$(vsmmu_option "$socket" 1f)" $(stub_options) -dtb "/lab/one-$processors.dtb" $(device_options) \
    -append "$(kernel_words "$words")" "${@:6}"
}

# start_guest_of_two NAME SOCKET SOCKET WORDS [OPTION...]: a guest with two host bridges and a vSMMU in front of each.
start_guest_of_two() {
  local name=$1
  # shellcheck disable=SC2046 # options are meant to be split
  launch "$name" -machine virt,gic-version=3 -smp 1 $(memory_options memfd) \
    -device "$(vsmmu_option "$2" 1f)" -device "$(vsmmu_option "$3" 1e)" $(stub_options) -dtb /lab/two-1.dtb \
    $(device_options) $(second_bridge_options) -append "$(kernel_words "$4")" "${@:5}"
}

stub_options() {
  echo "-device loader,file=/lab/bar-stub.bin,addr=0x7ff00000,force-raw=on -device loader,addr=0x7ff00000,cpu-num=0"
}

kernel_words() { echo "console=ttyAMA0 rdinit=/init panic=-1 quiet $1"; }

# Waits for the end of a guest; its exit status, 124 if the time limit ended it.
wait_guest() {
  local status=0
  wait "${guest_process[$1]}" || status=$?
  unset "guest_process[$1]"
  rm -f "$inside/$1.pid" "$inside/memory"
  return "$status"
}

# wait_console NAME TEXT SECONDS: until a line of the console begins with TEXT.
wait_console() {
  local end=$((SECONDS + $3))
  until grep -aq "^$2" "$run/$1.console" 2>/dev/null; do
    if ! kill -0 "${guest_process[$1]}" 2>/dev/null || [ "$SECONDS" -ge "$end" ]; then return 1; fi
    sleep 0.2
  done
}

# The value after a word of a "==" line: reported NAME LINE WORD, such as reported g updown ms.
reported() {
  tr -d '\r' <"$run/$1.console" | awk -v line="$2" -v word="$3" '
    $1 == "==" && $2 == line { for (i = 2; i < NF; i++) if ($i == word) value = $(i + 1) } END { print value }'
}

# Ends QEMU at once, as a crash of it would.
kill_guest() {
  kill -KILL "$(cat "$inside/$1.pid")"
  wait_guest "$1" 2>/dev/null || true # the shell reports every killed process
}

end_guests() {
  local name
  for name in "${!guest_process[@]}"; do
    kill "${guest_process[$name]}" 2>/dev/null || true
    wait "${guest_process[$name]}" 2>/dev/null || true
  done
  guest_process=()
}
