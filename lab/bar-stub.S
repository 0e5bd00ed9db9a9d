// The first instructions that the guest's processor runs: they do what firmware would do for the vSMMUs, which are
// PCI functions whose BAR0 is the register frame. The device tree tells the kernel these addresses. A function that is not
// plugged in ignores the writes. Then QEMU's own boot trampoline goes on.
        .equ    ECAM_HIGH, 0x40                 // configuration space of QEMU's virt machine: 0x4010000000
        .equ    ECAM_LOW, 0x1000
        .equ    TRAMPOLINE, 0x4000              // start of RAM: 0x40000000
        .equ    COMMAND, 0x04
        .equ    BAR0, 0x10
        .equ    MEMORY_AND_MASTER, 0x6

        .macro  place slot, low                 // function 00:slot.0 goes to 0x8000000000 + low
        movz    x0, #ECAM_HIGH, lsl #32
        movk    x0, #ECAM_LOW, lsl #16
        movz    x1, #(\slot >> 1), lsl #16          // a slot has 32 KiB
        movk    x1, #((\slot & 1) << 15)
        add     x0, x0, x1
        movz    w2, #(\low >> 16), lsl #16
        str     w2, [x0, #BAR0]
        movz    w2, #0x80
        str     w2, [x0, #BAR0 + 4]
        movz    w2, #MEMORY_AND_MASTER
        strh    w2, [x0, #COMMAND]
        .endm

        .text
        place   0x1f, 0x00000
        place   0x1e, 0x20000
        dsb     sy
        movz    x0, #TRAMPOLINE, lsl #16
        br      x0
