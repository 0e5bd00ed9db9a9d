// UEFI driver in the option ROM of a vSMMU's PCI function. It tells the operating system where the firmware placed the SMMUv3 register frame
// (BAR 0), by installing the IORT that the ROM brings along with the address filled in.
//
// The ROM has two images: this driver, and a container with ACPI tables (container.h). In the tables every vSMMU of the machine has a placeholder
// instead of an address. Each function's driver fills in its own, so the drivers of several vSMMUs may run in any order: the first one replaces
// the machine's IORT, the others find that table and complete it.
//
// The tables lie outside of the driver's image so that a signature of the driver (Secure Boot) stays valid when the tables change.
#include "container.h"
#include "uefi.h"

static const guid_t loaded_image_guid = GUID_LOADED_IMAGE, pci_io_guid = GUID_PCI_IO, acpi_table_guid = GUID_ACPI_TABLE, acpi_sdt_guid = GUID_ACPI_SDT,
                    ready_to_boot_guid = GUID_READY_TO_BOOT;
static system_table_t *system;
static pci_io_t *pci;
static const struct container *container;

// The volatile pointer keeps the compiler from turning the loop into a call of memcpy, which does not exist here.
static void copy(void *to, const void *from, uintn_t bytes) {
  volatile uint8_t *t = to;
  const uint8_t *f = from;
  while (bytes--) *t++ = *f++;
}

static int equal(const void *a, const void *b, uintn_t bytes) {
  const uint8_t *x = a, *y = b;
  while (bytes--)
    if (*x++ != *y++) return 0;
  return 1;
}

// Prints a line to the firmware's console. A '#' in the text stands for the number, in hexadecimal.
static void print(const char *text, uint64_t number) {
  enum { TEXT = 100, DIGITS = 16, END = 3 };
  uint16_t line[TEXT + DIGITS + END];
  int n = 0;
  for (const char *c = text; *c && n < TEXT; c++) {
    if (*c != '#') {
      line[n++] = (uint16_t)*c;
      continue;
    }
    int shift = 60;
    while (shift && !(number >> shift)) shift -= 4;
    for (; shift >= 0; shift -= 4) line[n++] = (uint16_t)"0123456789abcdef"[number >> shift & 15];
  }
  line[n++] = '\r';
  line[n++] = '\n';
  line[n] = 0;
  if (system->out) system->out->output_string(system->out, line);
}

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

// Finds the container among the images of the ROM (PCI Firmware Specification 3.3, chapter 5). Returns 0 when there is none or a length is wrong.
static const struct container *container_in(const uint8_t *rom, uint64_t bytes) {
  for (uint64_t at = 0; at + 0x1c <= bytes && get16(rom + at) == 0xaa55;) {
    uint64_t pcir = at + get16(rom + at + 0x18);
    if (pcir + 0x18 > bytes || !equal(rom + pcir, "PCIR", 4)) return 0;
    uint64_t length = get16(rom + pcir + 0x10) * 512ull;
    if (!length || at + length > bytes) return 0;
    uint64_t payload = at + get16(rom + at + 2);
    if (rom[pcir + 0x14] == CONTAINER_CODE_TYPE && payload + sizeof(struct container) <= at + length) {
      const struct container *c = (const void *)(rom + payload);
      uint64_t room = at + length - payload - sizeof *c;
      if (equal(c->magic, CONTAINER_MAGIC, 8) && c->bytes >= sizeof(struct iort) && c->bytes <= room) return c;
    }
    if (rom[pcir + 0x15] & 0x80) return 0;
    at += length;
  }
  return 0;
}

// Turns on memory decoding and bus mastering for good. No driver of the operating system binds to the function, so nothing else
// would do it.
static status_t enable(void) { return pci->attributes(pci, ATTRIBUTES_ENABLE, ATTRIBUTE_MEMORY | ATTRIBUTE_BUS_MASTER, 0); }

// Address of BAR 0 as the processor sees it; 0 when the firmware gave it none.
static uint64_t frame_address(void) {
  address_space_t *bar = 0;
  uint64_t address = 0;
  if (pci->get_bar_attributes(pci, 0, 0, (void **)&bar) == EFI_SUCCESS && bar) {
    if (bar->tag == 0x8a) address = bar->first;
    system->boot->free_pool(bar);
  }
  return address;
}

static acpi_header_t *find(acpi_sdt_t *sdt, const char *signature, uintn_t *key) {
  acpi_header_t *table;
  uint32_t version;
  for (uintn_t i = 0; sdt->get(i, &table, &version, key) == EFI_SUCCESS; i++)
    if (equal(table->signature, signature, 4)) return table;
  return 0;
}

static void correct_checksum(acpi_header_t *table) {
  uint8_t sum = 0;
  table->checksum = 0;
  for (uint32_t i = 0; i < table->length; i++) sum = (uint8_t)(sum + ((uint8_t *)table)[i]);
  table->checksum = (uint8_t)-sum;
}

enum placing { PLACED, PLACED_BEFORE, NO_NODE };

// Replaces this function's placeholder by the address of its frame.
static enum placing place(acpi_header_t *table, uint64_t frame) {
  struct iort *iort = (void *)table;
  uint32_t at = iort->first;
  enum placing result = NO_NODE;
  for (uint32_t i = 0; i < iort->nodes && at + sizeof(struct iort_node) <= table->length; i++) {
    struct iort_node *node = (void *)((uint8_t *)table + at);
    if (node->bytes < sizeof *node || at + node->bytes > table->length) break;
    if (node->type == IORT_NODE_SMMU_V3 && node->bytes >= sizeof(struct iort_smmu_v3)) {
      struct iort_smmu_v3 *smmu = (void *)node;
      if (smmu->base == frame) result = PLACED_BEFORE;
      if (smmu->base == container->placeholder) {
        smmu->base = frame;
        result = PLACED;
      }
    }
    at += node->bytes;
  }
  correct_checksum(table);
  return result;
}

// Whether two tables have the same signature, OEM ID and OEM table ID.
static int same_origin(const acpi_header_t *a, const acpi_header_t *b) {
  return equal(a->signature, b->signature, 4) && equal(a->oem, b->oem, sizeof a->oem + sizeof a->oem_table);
}

// Replaces the machine's IORT. When the frame is in it already, because ReadyToBoot was signalled before, nothing is done.
static status_t install_iort(acpi_table_t *acpi, acpi_sdt_t *sdt, uint64_t frame) {
  uintn_t key;
  acpi_header_t *old = find(sdt, "IORT", &key), *table, *backup = 0;
  const acpi_header_t *from = (const void *)container->tables;
  if (from->length < sizeof(struct iort) || from->length > container->bytes) return EFI_UNSUPPORTED;
  if (old && same_origin(old, from) && old->length == from->length) from = old; // another vSMMU's driver installed it
  status_t status = system->boot->allocate_pool(BOOT_SERVICES_DATA, from->length, (void **)&table);
  if (status) return status;
  copy(table, from, from->length);
  enum placing placing = place(table, frame);
  if (placing == NO_NODE) print("vSMMU: the IORT of another vSMMU does not describe the one at #: put both into one VM", frame);
  if (placing == PLACED) {
    if (old) {
      status = system->boot->allocate_pool(BOOT_SERVICES_DATA, old->length, (void **)&backup);
      if (!status) {
        copy(backup, old, old->length);
        status = acpi->uninstall(acpi, key);
      }
    }
    if (!status) {
      status = acpi->install(acpi, table, table->length, &key);
      if (status && backup) acpi->install(acpi, backup, backup->length, &key);
    }
    print(status ? "vSMMU: the IORT was not installed, status #" : "vSMMU: register frame at #, IORT installed", status ? status : frame);
  }
  system->boot->free_pool(table);
  if (backup) system->boot->free_pool(backup);
  return status;
}

static int contains(const uint8_t *aml, uint32_t from, uint32_t to, const uint8_t *bytes, uint32_t count) {
  for (uint32_t i = from; i + count <= to; i++)
    if (equal(aml + i, bytes, count)) return 1;
  return 0;
}

// Renames the _DSM methods of the DSDT that answer to host bridges, which are those that know their UUID, to XDSM, which no code calls; the
// methods of other devices keep their name. A method is its operator 0x14, a package length of one to four bytes, its name, and its flags with the number of
// arguments (ACPI 6.5, 20.2.4, 20.2.5.2). Its length stays the same, so it is done in place.
static void rename_dsm(acpi_header_t *dsdt) {
  static const uint8_t host_bridge[16] = {0xd0, 0x37, 0xc9, 0xe5, 0x53, 0x35, 0x7a, 0x4d, 0x91, 0x17, 0xea, 0x4d, 0x19, 0xc3, 0x43, 0x4d};
  uint8_t *aml = (uint8_t *)dsdt;
  for (uint32_t i = sizeof *dsdt; i + 7 <= dsdt->length; i++) {
    uint32_t more = aml[i + 1] >> 6, name = i + 2 + more, end = i + 1;
    if (aml[i] != 0x14 || name + 5 > dsdt->length || !equal(aml + name, "_DSM", 4) || (aml[name + 4] & 7) != 4) continue;
    end += aml[i + 1] & (more ? 0x0f : 0x3f);
    for (uint32_t byte = 0; byte < more; byte++) end += (uint32_t)aml[i + 2 + byte] << (4 + 8 * byte);
    if (end <= dsdt->length && contains(aml, name + 5, end, host_bridge, sizeof host_bridge)) aml[name] = 'X';
  }
  correct_checksum(dsdt);
}

static int installed(acpi_sdt_t *sdt, const acpi_header_t *table) {
  acpi_header_t *there;
  uint32_t version;
  uintn_t key;
  for (uintn_t i = 0; sdt->get(i, &there, &version, &key) == EFI_SUCCESS; i++)
    if (same_origin(there, table)) return 1;
  return 0;
}

// Installs the tables behind the IORT that are not there yet.
static void install_others(acpi_table_t *acpi, acpi_sdt_t *sdt) {
  const acpi_header_t *table = (const void *)container->tables;
  for (uint32_t at = table->length; at + sizeof *table <= container->bytes; at += table->length) {
    table = (const void *)(container->tables + at);
    if (table->length < sizeof *table || table->length > container->bytes - at) return;
    if (installed(sdt, table)) continue;
    uintn_t key;
    acpi_header_t *dsdt = container->flags & CONTAINER_RENAMES_DSM ? find(sdt, "DSDT", &key) : 0;
    if (dsdt) rename_dsm(dsdt);
    status_t status = acpi->install(acpi, table, table->length, &key);
    print(status ? "vSMMU: a table was not installed, status #" : "vSMMU: table of # bytes installed", status ? status : table->length);
  }
}

// Called when the firmware is about to start a boot option: the machine's own tables and all addresses are final.
static void ready_to_boot(void *event, void *context) {
  (void)event, (void)context;
  acpi_table_t *acpi;
  acpi_sdt_t *sdt;
  enable();
  if (system->boot->locate_protocol(&acpi_table_guid, 0, (void **)&acpi) || system->boot->locate_protocol(&acpi_sdt_guid, 0, (void **)&sdt)) {
    print("vSMMU: the firmware has no ACPI tables", 0);
    return;
  }
  uint64_t frame = frame_address();
  if (!frame) {
    print("vSMMU: the firmware gave BAR 0 no address", 0);
    return;
  }
  if (install_iort(acpi, sdt, frame) == EFI_SUCCESS) install_others(acpi, sdt);
}

status_t efi_main(handle_t image, system_table_t *table) {
  loaded_image_t *self;
  void *event;
  system = table;
  if (system->boot->handle_protocol(image, &loaded_image_guid, (void **)&self)) return EFI_UNSUPPORTED;
  if (system->boot->handle_protocol(self->device, &pci_io_guid, (void **)&pci)) return EFI_UNSUPPORTED;
  container = container_in(pci->rom, pci->rom_bytes);
  if (!container) return EFI_NOT_FOUND;
  enable();
  return system->boot->create_event_ex(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, ready_to_boot, 0, &ready_to_boot_guid, &event);
}
