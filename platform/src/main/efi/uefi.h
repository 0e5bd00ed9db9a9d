// The declarations of the UEFI specification (release 2.10) that the driver uses. Members that it never uses are void pointers, so that the others
// keep their place in the tables.
#pragma once
#include <stdint.h>

typedef uint64_t status_t;
typedef void *handle_t;
typedef uint64_t uintn_t; // AArch64
typedef struct { uint32_t a; uint16_t b, c; uint8_t d[8]; } guid_t;

#define EFI_ERROR(n) (0x8000000000000000ull | (n))
#define EFI_SUCCESS 0ull
#define EFI_UNSUPPORTED EFI_ERROR(3)
#define EFI_NOT_FOUND EFI_ERROR(14)
#define TPL_CALLBACK 8
#define EVT_NOTIFY_SIGNAL 0x200
#define BOOT_SERVICES_DATA 4

#define GUID_LOADED_IMAGE { 0x5b1b31a1, 0x9562, 0x11d2, { 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }
#define GUID_PCI_IO { 0x4cf5b200, 0x68b8, 0x4ca5, { 0x9e, 0xec, 0xb2, 0x3e, 0x3f, 0x50, 0x02, 0x9a } }
#define GUID_ACPI_TABLE { 0xffe06bdd, 0x6107, 0x46a6, { 0x7b, 0xb2, 0x5a, 0x9c, 0x7e, 0xc5, 0x27, 0x5c } }
#define GUID_ACPI_SDT { 0xeb97088e, 0xcfdf, 0x49c6, { 0xbe, 0x4b, 0xd9, 0x06, 0xa5, 0xb2, 0x0e, 0x86 } }
#define GUID_READY_TO_BOOT { 0x7ce88fb3, 0x4bd7, 0x4679, { 0x87, 0xa8, 0xa8, 0xd8, 0xde, 0xe5, 0x0d, 0x2b } }

typedef struct text_output {
  void *reset;
  status_t (*output_string)(struct text_output *, const uint16_t *);
} text_output_t;

typedef void (*event_notify_t)(void *event, void *context);

typedef struct { // in the order of EFI_BOOT_SERVICES
  uint8_t header[24];
  void *raise_tpl, *restore_tpl, *allocate_pages, *free_pages, *get_memory_map;
  status_t (*allocate_pool)(uint32_t type, uintn_t bytes, void **buffer);
  status_t (*free_pool)(void *buffer);
  void *create_event, *set_timer, *wait_for_event, *signal_event, *close_event, *check_event;
  void *install_protocol, *reinstall_protocol, *uninstall_protocol;
  status_t (*handle_protocol)(handle_t, const guid_t *, void **interface);
  void *reserved, *register_notify, *locate_handle, *locate_device_path, *install_configuration_table;
  void *load_image, *start_image, *exit, *unload_image, *exit_boot_services, *get_next_count, *stall, *set_watchdog;
  void *connect_controller, *disconnect_controller, *open_protocol, *close_protocol, *open_protocol_information;
  void *protocols_per_handle, *locate_handle_buffer;
  status_t (*locate_protocol)(const guid_t *, void *registration, void **interface);
  void *install_protocols, *uninstall_protocols, *calculate_crc32, *copy_mem, *set_mem;
  status_t (*create_event_ex)(uint32_t type, uintn_t tpl, event_notify_t, void *context, const guid_t *group, void **event);
} boot_services_t;

typedef struct {
  uint8_t header[24];
  uint16_t *vendor;
  uint32_t revision;
  handle_t in_handle;
  void *in;
  handle_t out_handle;
  text_output_t *out;
  handle_t error_handle;
  void *error, *runtime;
  boot_services_t *boot;
  uintn_t tables;
  void *table;
} system_table_t;

typedef struct {
  uint32_t revision;
  handle_t parent;
  system_table_t *system;
  handle_t device;
} loaded_image_t;

enum { ATTRIBUTES_ENABLE = 2 };
#define ATTRIBUTE_MEMORY 0x200ull
#define ATTRIBUTE_BUS_MASTER 0x400ull
enum { WIDTH_8, WIDTH_16, WIDTH_32, WIDTH_64 };

typedef struct pci_io { // in the order of EFI_PCI_IO_PROTOCOL
  void *poll_mem, *poll_io, *mem_read, *mem_write, *io_read, *io_write;
  status_t (*config_read)(struct pci_io *, uint32_t width, uint32_t offset, uintn_t count, void *buffer);
  status_t (*config_write)(struct pci_io *, uint32_t width, uint32_t offset, uintn_t count, void *buffer);
  void *copy_mem, *map, *unmap, *allocate_buffer, *free_buffer, *flush;
  status_t (*get_location)(struct pci_io *, uintn_t *segment, uintn_t *bus, uintn_t *device, uintn_t *function);
  status_t (*attributes)(struct pci_io *, uint32_t operation, uint64_t attributes, uint64_t *result);
  status_t (*get_bar_attributes)(struct pci_io *, uint8_t bar, uint64_t *supports, void **resources);
  void *set_bar_attributes;
  uint64_t rom_bytes;
  uint8_t *rom; // the firmware's copy
} pci_io_t;

typedef struct { // QWORD address space descriptor of ACPI
  uint8_t tag; // 0x8a
  uint16_t bytes;
  uint8_t type, general, specific;
  uint64_t granularity, first, last, translation, length;
} __attribute__((packed)) address_space_t;

typedef struct {
  char signature[4];
  uint32_t length;
  uint8_t revision, checksum;
  char oem[6], oem_table[8];
  uint32_t oem_revision, creator, creator_revision;
} __attribute__((packed)) acpi_header_t;

typedef struct acpi_table {
  status_t (*install)(struct acpi_table *, const void *table, uintn_t bytes, uintn_t *key);
  status_t (*uninstall)(struct acpi_table *, uintn_t key);
} acpi_table_t;

typedef struct {
  uint32_t version;
  status_t (*get)(uintn_t index, acpi_header_t **table, uint32_t *version, uintn_t *key);
} acpi_sdt_t;
