// What the driver reads: the container with ACPI tables in the second image of the ROM, and the head of an IORT node (Arm DEN 0049E).
// io.vsmmu.platform.rom.OptionRom writes the container; both describe the same layout.
#pragma once
#include <stdint.h>

// Code type of the second image in its PCI data structure. No firmware starts an image of this type.
#define CONTAINER_CODE_TYPE 0xff
#define CONTAINER_MAGIC "vSMMUtab"

// Set when an SSDT of the container defines _DSM for host bridges: the machine's own methods in the DSDT have to give up the name.
#define CONTAINER_RENAMES_DSM 1u

struct container {
  char magic[8];
  uint64_t placeholder; // base address, in the IORT, of the SMMUv3 nodes that stand for the function that this ROM belongs to
  uint32_t bytes;       // length of all tables together
  uint32_t flags;
  uint8_t tables[];     // an IORT, then tables that are installed as they are, without gaps
} __attribute__((packed));

struct iort {
  uint8_t header[36];
  uint32_t nodes, first, reserved;
} __attribute__((packed));

enum { IORT_NODE_SMMU_V3 = 4 };

struct iort_node {
  uint8_t type;
  uint16_t bytes;
  uint8_t revision;
  uint32_t identifier, mappings, first_mapping;
} __attribute__((packed));

struct iort_smmu_v3 {
  struct iort_node node;
  uint64_t base;
} __attribute__((packed));
