// Runs the option ROM's driver in a process of this machine, against a firmware that has only the protocols that the driver asks for.
//
//   firmware OUT FAILING TABLES ROMS
//
// TABLES is a file that names the firmware's ACPI tables, one path a line; ROMS names the functions in the order in which their drivers run, one
// "ROM FRAME READY" a line: path of the ROM, address of BAR 0 in hexadecimal (0: none), and how often ReadyToBoot is signalled. The FAILING-th
// installation of a table fails (0: none). What the firmware's console shows goes to standard output; the tables at the end go into the folder OUT as 0, 1, ...
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define system uefi_system // stdlib.h has a function of this name
#include "../../main/efi/vsmmu.c"

enum { TABLES = 64, PATH = 1024 };

static acpi_header_t *tables[TABLES];
static uintn_t table_count;
static int installations, failing;
static uint64_t bar;
static event_notify_t notify;
static struct pci_io io;

static void *read_file(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(3);
  }
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  void *content = malloc(*bytes);
  if (fread(content, 1, *bytes, file) != *bytes) exit(3);
  fclose(file);
  return content;
}

static status_t allocate(uint32_t type, uintn_t bytes, void **buffer) {
  (void)type;
  *buffer = malloc(bytes);
  return *buffer ? EFI_SUCCESS : EFI_ERROR(9);
}

static status_t release(void *buffer) {
  free(buffer);
  return EFI_SUCCESS;
}

static status_t install_table(struct acpi_table *protocol, const void *table, uintn_t bytes, uintn_t *key) {
  (void)protocol;
  if (++installations == failing || table_count == TABLES) return EFI_ERROR(9);
  acpi_header_t *copy_of = malloc(bytes);
  memcpy(copy_of, table, bytes);
  tables[table_count++] = copy_of;
  *key = (uintn_t)copy_of;
  return EFI_SUCCESS;
}

static status_t uninstall_table(struct acpi_table *protocol, uintn_t key) {
  (void)protocol;
  for (uintn_t i = 0; i < table_count; i++)
    if ((uintn_t)tables[i] == key) {
      free(tables[i]);
      memmove(tables + i, tables + i + 1, (--table_count - i) * sizeof *tables);
      return EFI_SUCCESS;
    }
  return EFI_NOT_FOUND;
}

static status_t get_table(uintn_t index, acpi_header_t **table, uint32_t *version, uintn_t *key) {
  if (index >= table_count) return EFI_NOT_FOUND;
  *table = tables[index];
  *version = 2;
  *key = (uintn_t)tables[index];
  return EFI_SUCCESS;
}

static acpi_table_t table_protocol = {install_table, uninstall_table};
static acpi_sdt_t sdt_protocol = {5, get_table};

static status_t locate(const guid_t *protocol, void *registration, void **interface) {
  (void)registration;
  if (!table_count) return EFI_NOT_FOUND; // a firmware without ACPI
  *interface = !memcmp(protocol, &acpi_table_guid, sizeof *protocol) ? (void *)&table_protocol : (void *)&sdt_protocol;
  return EFI_SUCCESS;
}

static status_t handle_protocol(handle_t handle, const guid_t *protocol, void **interface) {
  static loaded_image_t self;
  (void)handle;
  *interface = !memcmp(protocol, &loaded_image_guid, sizeof *protocol) ? (void *)&self : (void *)&io;
  return EFI_SUCCESS;
}

static status_t create_event(uint32_t type, uintn_t tpl, event_notify_t function, void *context, const guid_t *group, void **event) {
  (void)type, (void)tpl, (void)context, (void)group;
  notify = function;
  *event = 0;
  return EFI_SUCCESS;
}

static status_t attributes(struct pci_io *self, uint32_t operation, uint64_t value, uint64_t *result) {
  (void)self, (void)result;
  printf("attributes %u 0x%" PRIx64 "\n", operation, value);
  return EFI_SUCCESS;
}

static status_t bar_attributes(struct pci_io *self, uint8_t number, uint64_t *supports, void **resources) {
  (void)self, (void)supports;
  if (number || !bar) return EFI_UNSUPPORTED;
  address_space_t *space = calloc(1, sizeof *space + 2);
  space->tag = 0x8a;
  space->first = bar;
  *resources = space;
  return EFI_SUCCESS;
}

static status_t show(text_output_t *self, const uint16_t *text) {
  (void)self;
  for (; *text; text++)
    if (*text != '\r') putchar(*text);
  return EFI_SUCCESS;
}

// A driver of each ROM is an image of its own; here they run one after the other and share their variables.
static void run(const char *rom, uint64_t frame, int ready) {
  static boot_services_t boot = {.allocate_pool = allocate, .free_pool = release, .handle_protocol = handle_protocol, .locate_protocol = locate,
                                 .create_event_ex = create_event};
  static text_output_t console = {0, show};
  static system_table_t services = {.out = &console, .boot = &boot};
  size_t bytes;
  io.rom = read_file(rom, &bytes);
  io.rom_bytes = bytes;
  io.attributes = attributes;
  io.get_bar_attributes = bar_attributes;
  bar = frame;
  status_t status = efi_main(0, &services);
  if (status) printf("driver ends with 0x%" PRIx64 "\n", status);
  while (!status && ready--) notify(0, 0);
  free(io.rom);
}

static void load_tables(const char *list) {
  char path[PATH];
  FILE *file = fopen(list, "r");
  while (file && fscanf(file, "%1023s", path) == 1) {
    size_t bytes;
    tables[table_count++] = read_file(path, &bytes);
  }
  if (file) fclose(file);
}

int main(int count, char **arguments) {
  char path[PATH];
  uint64_t frame;
  int ready;
  if (count != 5) return 2;
  failing = atoi(arguments[2]);
  load_tables(arguments[3]);
  FILE *roms = fopen(arguments[4], "r");
  while (roms && fscanf(roms, "%1023s %" SCNx64 " %d", path, &frame, &ready) == 3) run(path, frame, ready);
  if (roms) fclose(roms);
  for (uintn_t i = 0; i < table_count; i++) {
    snprintf(path, sizeof path, "%s/%d", arguments[1], (int)i);
    FILE *out = fopen(path, "wb");
    fwrite(tables[i], 1, tables[i]->length, out);
    fclose(out);
    free(tables[i]);
  }
  return 0;
}
