# shellcheck shell=bash
# Device trees of the guests: QEMU's own, and in it the vSMMU at a fixed address and the PCI devices behind it.
#
#   one-N.dtb   N processors, one vSMMU in front of bus 0
#   two-1.dtb   one processor, two host bridges (bus 0 and a pxb-pcie at bus 0x80), a vSMMU in front of each
#
# The vSMMUs are PCI functions too (00:1f.0, 00:1e.0); they are left out of iommu-map.

readonly memory_size=1G # the trees tell it
readonly pci_node=/pcie@10000000 pci2_node=/pcie@18000000
readonly smmu_node=/smmu@8000000000 smmu2_node=/smmu@8000020000
readonly smmu_phandle=8f01 smmu2_phandle=8f02

# QEMU's own tree for N processors.
dump_tree() {
  in_chroot qemu-system-aarch64 -machine "virt,gic-version=3,dumpdtb=/lab/$2.dtb" -cpu max -smp "$1" -m "$memory_size" \
    -display none 2>/dev/null
}

put() { # put TREE NODE PROPERTY HEX-CELL...
  in_chroot fdtput -t x "/lab/$1.dtb" "${@:2}"
}

its_of() { in_chroot fdtget -t x "/lab/$1.dtb" "$(its_node "$1")" phandle; }

its_node() {
  local gic
  gic=$(in_chroot fdtget -l "/lab/$1.dtb" / | grep '^intc@')
  echo "/$gic/$(in_chroot fdtget -l "/lab/$1.dtb" "/$gic" | grep '^its@')"
}

# add_smmu TREE NODE PHANDLE HIGH LOW: an SMMUv3 at HIGH:LOW whose MSIs go to the ITS.
add_smmu() {
  local tree=$1 node=$2
  in_chroot fdtput -p -c "/lab/$tree.dtb" "$node"
  in_chroot fdtput "/lab/$tree.dtb" "$node" -t s compatible arm,smmu-v3
  put "$tree" "$node" reg "$4" "$5" 0 20000
  put "$tree" "$node" '#iommu-cells' 1
  put "$tree" "$node" dma-coherent
  put "$tree" "$node" phandle "$3"
  put "$tree" "$node" msi-parent "$(its_of "$tree")" 0
}

one_tree() {
  local tree=one-$1
  dump_tree "$1" "$tree"
  add_smmu "$tree" $smmu_node $smmu_phandle 80 0
  put "$tree" $pci_node iommu-map 0 $smmu_phandle 0 f0 100 $smmu_phandle 100 ff00
  put "$tree" $pci_node linux,pci-probe-only 1
}

# The first bridge keeps buses 0 to 7f and the lower half of each window; the second gets the rest.
two_tree() {
  local tree=two-1 its
  dump_tree 1 $tree
  its=$(its_of $tree)
  add_smmu $tree $smmu_node $smmu_phandle 80 0
  add_smmu $tree $smmu2_node $smmu2_phandle 80 20000
  put $tree $pci_node bus-range 0 7f
  put $tree $pci_node reg 40 10000000 0 8000000
  put $tree $pci_node ranges 1000000 0 0 0 3eff0000 0 10000 2000000 0 10000000 0 10000000 0 20000000 3000000 80 0 80 0 40 0
  put $tree $pci_node msi-map 0 "$its" 0 8000
  put $tree $pci_node iommu-map 0 $smmu_phandle 0 f0 100 $smmu_phandle 100 7f00
  put $tree $pci_node linux,pci-probe-only 1
  second_bridge $tree "$its"
}

second_bridge() {
  in_chroot fdtput -c "/lab/$1.dtb" $pci2_node
  in_chroot fdtput "/lab/$1.dtb" $pci2_node -t s compatible pci-host-ecam-generic
  in_chroot fdtput "/lab/$1.dtb" $pci2_node -t s device_type pci
  put "$1" $pci2_node '#address-cells' 3
  put "$1" $pci2_node '#size-cells' 2
  put "$1" $pci2_node dma-coherent
  put "$1" $pci2_node linux,pci-domain 1
  put "$1" $pci2_node bus-range 80 ff
  put "$1" $pci2_node reg 40 18000000 0 8000000
  put "$1" $pci2_node ranges 2000000 0 30000000 0 30000000 0 eff0000 3000000 c0 0 c0 0 40 0
  put "$1" $pci2_node msi-map 8000 "$2" 8000 8000
  put "$1" $pci2_node iommu-map 8000 $smmu2_phandle 8000 8000
}
