/* The driver of QEMU's edu in the guest of lab/host machine (QEMU, docs/specs/edu.rst): one DMA, and how long it took to end.
 *
 *   live-dma DEVICE ADDRESS       the device reads 4 bytes at ADDRESS of its address space; DEVICE is a PCI address
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SOURCE = 0x80, DESTINATION = 0x88, COUNT = 0x90, COMMAND = 0x98, BUFFER = 0x40000, RUN = 1, BAR = 0x100000, LOOKS = 2000 };
enum { PCI_COMMAND = 4, MEMORY_AND_BUS_MASTER = 6 };

static int open_file(const char *device, const char *file, int flags) {
  char path[128];
  snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/%s", device, file);
  int fd = open(path, flags);
  if (fd < 0) {
    perror(path);
    exit(1);
  }
  return fd;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fputs("usage: live-dma DEVICE ADDRESS\n", stderr);
    return 2;
  }
  uint16_t enabled = MEMORY_AND_BUS_MASTER;
  if (pwrite(open_file(arguments[1], "config", O_RDWR), &enabled, sizeof enabled, PCI_COMMAND) != sizeof enabled) {
    perror("config");
    return 1;
  }
  volatile uint8_t *bar = mmap(NULL, BAR, PROT_READ | PROT_WRITE, MAP_SHARED, open_file(arguments[1], "resource0", O_RDWR | O_SYNC), 0);
  if (bar == MAP_FAILED) {
    perror("resource0");
    return 1;
  }
  *(volatile uint64_t *)(bar + SOURCE) = strtoull(arguments[2], NULL, 0);
  *(volatile uint64_t *)(bar + DESTINATION) = BUFFER;
  *(volatile uint64_t *)(bar + COUNT) = 4;
  *(volatile uint64_t *)(bar + COMMAND) = RUN;
  int looks = 0;
  while ((*(volatile uint64_t *)(bar + COMMAND) & RUN) && looks++ < LOOKS) usleep(1000);
  printf("dma %s\n", looks < LOOKS ? "ended" : "goes on");
  return looks < LOOKS ? 0 : 1;
}
