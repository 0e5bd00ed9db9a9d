// What the host bench compares with: the same system calls in a loop, on the same descriptor.
//
//   bench-host PID FD ID
//
// takes descriptor FD of process PID and, for each line "WORK ENTRIES CALLS" on standard input, answers with the nanoseconds
// that CALLS calls took. WORK is ppid, unknown (a request that no driver knows), destroy (of an object that does not exist) or
// invalidate (ENTRIES commands for vIOMMU ID). A call that does not give what it should ends the program.
#include <errno.h>
#include <linux/iommufd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ENTRIES = 4096, UNKNOWN_REQUEST = 0x3bff, TLBI_NH_VA = 0x12 };

static int fd;
static uint32_t id;
static struct iommu_viommu_arm_smmuv3_invalidate entries[MOST_ENTRIES];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void refused(int error, unsigned long request, void *argument) {
  if (ioctl(fd, request, argument) != -1 || errno != error) fail("not refused as expected");
}

static void ppid(long calls) {
  while (calls-- > 0)
    if (getppid() < 0) fail("getppid");
}

static void unknown(long calls) {
  while (calls-- > 0) refused(ENOTTY, UNKNOWN_REQUEST, NULL);
}

static void destroy(long calls) {
  struct iommu_destroy request = {.size = sizeof(request)};
  while (calls-- > 0) refused(ENOENT, IOMMU_DESTROY, &request);
}

static void invalidate(uint32_t number, long calls) {
  struct iommu_hwpt_invalidate request = {
      .size = sizeof(request),
      .hwpt_id = id,
      .data_uptr = (uintptr_t)entries,
      .data_type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3,
      .entry_len = sizeof(*entries),
  };
  while (calls-- > 0) {
    request.entry_num = number;
    if (ioctl(fd, IOMMU_HWPT_INVALIDATE, &request) != 0 || request.entry_num != number) fail("IOMMU_HWPT_INVALIDATE");
  }
}

static void work(const char *name, uint32_t number, long calls) {
  if (strcmp(name, "ppid") == 0) ppid(calls);
  else if (strcmp(name, "unknown") == 0) unknown(calls);
  else if (strcmp(name, "destroy") == 0) destroy(calls);
  else if (strcmp(name, "invalidate") == 0 && number <= MOST_ENTRIES) invalidate(number, calls);
  else fail(name);
}

static void take(char **argv) {
  int process = syscall(SYS_pidfd_open, atoi(argv[1]), 0);
  if (process < 0) fail("pidfd_open");
  fd = syscall(SYS_pidfd_getfd, process, atoi(argv[2]), 0);
  if (fd < 0) fail("pidfd_getfd");
  id = atoi(argv[3]);
}

int main(int argc, char **argv) {
  char name[16];
  uint32_t number;
  long calls;
  if (argc != 4) return 2;
  take(argv);
  for (uint64_t i = 0; i < MOST_ENTRIES; i++) {
    entries[i].cmd[0] = TLBI_NH_VA | 1ULL << 48;
    entries[i].cmd[1] = i << 12;
  }
  while (scanf("%15s %u %ld", name, &number, &calls) == 3) {
    long start = now();
    work(name, number, calls);
    printf("%ld\n", now() - start);
    fflush(stdout);
  }
  return 0;
}
