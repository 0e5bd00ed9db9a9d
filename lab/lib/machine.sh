# shellcheck shell=bash
# The emulated Arm machine of the host lab, and what is in it. Two SMMUv3s with both stages:
#
#   bus 00, arm-smmu-v3.0
#     00:01.0, 00:02.0  disks: root, payload; they go past the SMMU
#     00:03.0, 00:04.0  edu, each in a group of its own
#     00:05.0           e1000e
#     00:06.0, 00:06.1  edu twice: functions of one slot without ACS, one group
#     02:01.0           edu on a conventional bus: its own StreamID and that of its bridge
#     03:00.0, 03:00.1  edu twice behind a root port: one group, and the kernel reports the device id of each (VFIO_DEVICE_GET_PCI_HOT_RESET_INFO)
#   bus 80, arm-smmu-v3.1
#     81:00.0, 82:00.0  edu
#
# An edu does DMA on command: registers in BAR0, 0x80 source, 0x88 destination, 0x90 bytes, 0x98 command.

readonly host_memory=4G
host_limit=${VSMMU_LAB_HOST_LIMIT:-600} # seconds
readonly edu=edu,dma_mask=0xffffffffffffffff     # it masks addresses with 28 bits of its own accord

machine_options() {
  echo "-machine virt,gic-version=3,virtualization=on -cpu max,sve=off,pauth-impdef=on -smp 2 -m $host_memory"
  echo "-bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd -nic none -display none -monitor none -no-reboot -pidfile /lab/host/$$.pid"
  echo "-device pxb-pcie,id=bridge2,bus=pcie.0,addr=10.0,bus_nr=128"
  echo "-device arm-smmuv3,primary-bus=pcie.0,id=smmu0,stage=nested -device arm-smmuv3,primary-bus=bridge2,id=smmu1,stage=nested"
}

disk_options() {
  echo "-drive if=none,id=root,file=/lab/host/root.img,format=raw,snapshot=on -device virtio-blk-pci,drive=root,bus=pcie.0,addr=1.0"
  echo "-drive if=none,id=payload,file=/lab/host/payload.img,format=raw,cache=unsafe -device virtio-blk-pci,drive=payload,bus=pcie.0,addr=2.0"
}

first_smmu_options() {
  echo "-device $edu,bus=pcie.0,addr=3.0 -device $edu,bus=pcie.0,addr=4.0"
  echo "-netdev user,restrict=on,id=net0 -device e1000e,netdev=net0,bus=pcie.0,addr=5.0"
  echo "-device $edu,bus=pcie.0,addr=6.0,multifunction=on -device $edu,bus=pcie.0,addr=6.1"
  echo "-device pcie-root-port,id=port0,bus=pcie.0,addr=7.0,chassis=1 -device pcie-pci-bridge,id=conventional,bus=port0"
  echo "-device $edu,bus=conventional,addr=1.0"
  echo "-device pcie-root-port,id=port3,bus=pcie.0,addr=9.0,chassis=4 -device $edu,bus=port3,addr=0.0,multifunction=on -device $edu,bus=port3,addr=0.1"
}

second_smmu_options() {
  echo "-device pcie-root-port,id=port1,bus=bridge2,addr=1.0,chassis=2 -device $edu,bus=port1"
  echo "-device pcie-root-port,id=port2,bus=bridge2,addr=2.0,chassis=3 -device $edu,bus=port2"
}

# What the job prints is written to hvc0, which is standard output; the kernel's console goes to a file.
console_options() {
  echo "-serial file:/lab/host/console -chardev stdio,id=job,signal=off -device virtio-serial-pci,bus=pcie.0,addr=8.0 -device virtconsole,chardev=job"
}

# boot_machine OPTION...: until the machine switches itself off; 124 if the time limit ended it.
boot_machine() {
  # shellcheck disable=SC2046 # options are meant to be split
  timeout --foreground -k 5 "$host_limit" env -i PATH="$plain_path" chroot "$chroot" qemu-system-aarch64 $(machine_options) $(disk_options) \
    $(first_smmu_options) $(second_smmu_options) $(console_options) -kernel /lab/host/Image \
    -append "console=ttyAMA0 quiet root=/dev/vda rw rootfstype=ext4 init=/init panic=-1" "$@"
}

# Ends the machine that this command started, and no other's.
end_machine() {
  [ ! -s "$host/$$.pid" ] || kill "$(<"$host/$$.pid")" 2>/dev/null || true
  rm -f "$host/$$.pid"
}
