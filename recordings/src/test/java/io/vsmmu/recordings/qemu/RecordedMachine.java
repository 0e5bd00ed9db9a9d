package io.vsmmu.recordings.qemu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A machine with several vSMMUs that prints what QEMU 11 traces while a Linux guest boots, works,
 * is reset and has devices unplugged and plugged, and that knows the vSMMU of each line.
 */
final class RecordedMachine {

  /** log2 of the entries of each command queue: workloads wrap around. */
  private static final int LOG2_ENTRIES = 8;

  private static final int ENTRIES = 1 << LOG2_ENTRIES;

  private static final int IOMMUFD = 20;

  /** A vSMMU, its guest driver and the one device behind it. */
  private final class Smmu {
    final int index;
    final boolean accelerated;
    final int rootPort;
    final int deviceStream;
    final String address;
    int asid;
    long table;
    int prod;
    int deviceId;
    int viommu;
    int bypass;
    int abort;
    int hwpt;
    boolean plugged;
    boolean named;

    Smmu(int index, boolean accelerated) {
      this.index = index;
      this.accelerated = accelerated;
      this.rootPort = 0x1000 * (index + 1);
      this.deviceStream = rootPort + 0x100;
      this.address = "0000:00:%02x.0".formatted(index + 3);
    }

    void line(String text, Object... arguments) {
      recording.add(text.formatted(arguments), index);
    }

    private int position() {
      return prod & (ENTRIES - 1);
    }

    private int wrap() {
      return (prod >> LOG2_ENTRIES) & 1;
    }

    void read(int offset, long value) {
      line("smmuv3_read_mmio addr: 0x%x val:0x%x size: 0x4(0)", offset, value);
    }

    void write(int offset, long value, int width) {
      line("smmuv3_write_mmio addr: 0x%x val:0x%x size: 0x%x(0)", offset, value, width);
    }

    // Host

    void plug() {
      if (!accelerated) {
        return;
      }
      plugged = true;
      named = false;
      deviceId = allocate();
      line("iommufd_cdev_getfd  /dev/vfio/devices/vfio%d (fd=%d)", index, 21 + index);
      line("iommufd_backend_connect fd=20 owned=1 users=%d", index + 1);
      line(
          "iommufd_cdev_connect_and_bind  [iommufd=20] Successfully bound device %s (fd=%d): output"
              + " devid=%d",
          address, 21 + index, deviceId);
      line(
          "iommufd_cdev_pasid_attach_ioas_hwpt  [iommufd=20] Successfully attached device %s (%d)"
              + " pasid 0 to id=3",
          address, 21 + index);
      viommu = allocate();
      line(
          "iommufd_backend_alloc_viommu  iommufd=20 dev_id=%d type=1 hwpt_id=3 data_ptr=0x0"
              + " data_len=0x0 viommu_id=%d (0)",
          deviceId, viommu);
      abort = nested();
      bypass = nested();
      attach(bypass);
      line("smmuv3_accel_set_iommu_device devfn=0x0 (idev devid=0x%x)", deviceId);
    }

    private int nested() {
      int id = allocate();
      line(
          "iommufd_backend_alloc_hwpt  iommufd=20 dev_id=%d pt_id=%d flags=0x0 hwpt_type=2 len=16"
              + " data_ptr=0xffff out_hwpt=%d (0)",
          deviceId, viommu, id);
      return id;
    }

    void attach(int to) {
      line(
          "iommufd_cdev_pasid_attach_ioas_hwpt  [iommufd=20] Successfully attached device %s (%d)"
              + " pasid 0 to id=%d",
          address, 21 + index, to);
    }

    void unplug() {
      attach(3);
      line("smmuv3_accel_unset_iommu_device devfn=0x0 (idev devid=0x%x)", deviceId);
      for (int id : new int[] {hwpt, bypass, abort, viommu, deviceId}) {
        if (id != 0) {
          release(id);
          line("iommufd_backend_free_id  iommufd=20 id=%d (0)", id);
        }
      }
      line(
          "iommufd_cdev_pasid_detach_ioas_hwpt  [iommufd=20] Successfully detached %s pasid 0",
          address);
      hwpt = 0;
      plugged = false;
    }

    private void free(int id) {
      if (id != 0) {
        release(id);
        line("iommufd_backend_free_id  iommufd=20 id=%d (0)", id);
      }
    }

    // Guest driver

    /** A doorbell: commands, the end of consumption, and the write. */
    void consume(List<Runnable> commands, boolean poll) {
      int before = prod;
      int end = prod + commands.size();
      for (Runnable command : commands) {
        line(
            "smmuv3_cmdq_consume prod=%d cons=%d prod.wrap=%d cons.wrap=%d",
            end & (ENTRIES - 1), position(), (end >> LOG2_ENTRIES) & 1, wrap());
        command.run();
        prod++;
      }
      all += end - before;
      out();
      write(0x98, prod & (2 * ENTRIES - 1), 4);
      if (poll) {
        read(0x9c, prod & (2 * ENTRIES - 1));
      }
    }

    private void out() {
      line(
          "smmuv3_cmdq_consume_out prod:%d, cons:%d, prod_wrap:%d, cons_wrap:%d ",
          position(), position(), wrap(), wrap());
    }

    private void opcode(String name) {
      line("smmuv3_cmdq_opcode <--- SMMU_CMD_%s", name);
    }

    void sync() {
      opcode("SYNC");
    }

    private void invalidate() {
      if (accelerated && plugged) {
        line(
            "iommufd_backend_invalidate_cache  iommufd=20 id=%d data_type=1 entry_len=16"
                + " entry_num=1 done_num=1 data_ptr=0xffff (0)",
            viommu);
      }
    }

    void tlbi(Random random) {
      opcode("TLBI_NH_VA");
      line(
          "smmuv3_range_inval vmid=-1 asid=%d addr=0x%x tg=1 num_pages=0x%x ttl=3 leaf=1 stage=1",
          asid, 0xff000000L + random.nextInt(1 << 12) * 4096L, 1 + random.nextInt(2));
      invalidate();
    }

    void cd(int stream) {
      opcode("CFGI_CD");
      line("smmuv3_cmdq_cfgi_cd sid=0x%x", stream);
      line("smmu_config_cache_inv Config cache INV for sid=0x%x", stream);
      if (stream == deviceStream) {
        invalidate();
      }
    }

    void ste(int stream, boolean translate) {
      opcode("CFGI_STE");
      line("smmuv3_cmdq_cfgi_ste streamid= 0x%x", stream);
      if (accelerated && plugged && stream == deviceStream) {
        nameStream();
        find(stream);
        if (translate) {
          hwpt = nested();
          line(
              "smmuv3_accel_translate_ste vSID=0x%x hwpt_id=0x%x ste=d6:%x",
              stream, hwpt, 0x4079500bL + index * 0x10000L);
          attach(hwpt);
        } else {
          attach(bypass);
          free(hwpt);
          hwpt = 0;
        }
        line(
            "smmuv3_accel_install_ste vSID=0x%x ste type=%s hwpt_id=0x%x",
            stream, translate ? "translate" : "bypass", translate ? hwpt : bypass);
      }
      line("smmu_config_cache_inv Config cache INV for sid=0x%x", stream);
    }

    private void nameStream() {
      if (!named) {
        named = true;
        line(
            "iommufd_backend_alloc_vdev  iommufd=20 dev_id=%d viommu_id=%d virt_id=0x%x vdev_id=%d"
                + " (0)",
            deviceId, viommu, deviceStream, allocate());
      }
    }

    private void find(int stream) {
      line("smmuv3_find_ste sid=0x%x features:0x1, sid_split:0x8", stream);
      line(
          "smmuv3_find_ste_2lvl strtab_base:0x%x l1ptr:0x1 l1_off:0x1, l2ptr:0x1 l2_off:0x0"
              + " max_l2_ste:511",
          table);
      line("smmuv3_get_ste STE addr: 0x%x", table + 0x1000);
    }

    /** A device of the VMM accesses guest memory, so the emulated SMMU translates. */
    void translate(boolean cached) {
      line(
          "smmuv3_config_cache_%s Config cache %s for sid=0x%x (hits=0, misses=1, hit rate=0)",
          cached ? "hit" : "miss", cached ? "HIT" : "MISS", deviceStream);
      if (!cached) {
        find(deviceStream);
        line("smmuv3_get_cd CD addr: 0x%x", table + 0x2000);
        line("smmuv3_decode_cd oas=44");
      }
      line(
          "smmu_iotlb_lookup_%s IOTLB cache %s asid=%d vmid=-1 addr=0xfffff040 hit=1 miss=1 hit"
              + " rate=50",
          cached ? "hit" : "miss", cached ? "HIT" : "MISS", asid);
      line(
          "smmuv3_translate_success smmuv3-iommu-memory-region-0-%d sid=0x%x iova=0xfffff040"
              + " translated=0x8090040 perm=0x3 stage=1",
          index, deviceStream);
    }

    private void enable(long cr0) {
      out();
      write(0x20, cr0, 4);
      read(0x24, cr0);
    }

    private void config() {
      opcode("CFGI_STE_RANGE");
      line("smmuv3_cmdq_cfgi_ste_range start=0x0 - end=0xffffffff");
      if (accelerated && plugged) {
        nameStream();
        find(deviceStream);
        attach(bypass);
        free(hwpt);
        hwpt = 0;
        line(
            "smmuv3_accel_install_ste vSID=0x%x ste type=bypass hwpt_id=0x%x",
            deviceStream, bypass);
      }
      line("smmu_configs_inv_sid_range Config cache INV SID range from 0x0 to 0xffffffff");
    }

    private void forgetTlb() {
      opcode("TLBI_NSNH_ALL");
      line("smmuv3_cmdq_tlbi_nsnh ");
      line("smmu_iotlb_inv_all IOTLB invalidate all");
      invalidate();
    }

    /** The accesses with which Linux initialises the SMMU, until it is enabled. */
    List<Runnable> probe() {
      table = 0x4000000040000000L + random.nextInt(0x1000) * 0x10000L + index * 0x1000L;
      asid = nextAsid++;
      List<Runnable> steps = new ArrayList<>();
      steps.add(() -> read(0x0, 0xd44101a));
      steps.add(() -> read(0x4, 0x2730010));
      steps.add(() -> read(0xc, accelerated ? 0x1004 : 0x1414));
      steps.add(() -> read(0x14, 0x74));
      steps.add(() -> read(0x18, 0));
      steps.add(() -> read(0x20, 0));
      steps.add(() -> write(0x20, 0, 4));
      steps.add(() -> read(0x24, 0));
      steps.add(() -> write(0x28, 0xd75, 4));
      steps.add(() -> write(0x2c, 0x6, 4));
      steps.add(() -> write(0x80, table, 8));
      steps.add(() -> write(0x88, 0x10210, 4));
      steps.add(() -> write(0x90, 0x4000000040800000L | LOG2_ENTRIES, 8));
      steps.add(() -> write(0x98, 0, 4));
      steps.add(() -> write(0x9c, 0, 4));
      steps.add(
          () -> {
            prod = 0;
            enable(0x8);
          });
      steps.add(() -> consume(List.of(this::config, this::sync), true));
      steps.add(() -> consume(List.of(this::forgetTlb, this::sync), true));
      steps.add(() -> write(0xa0, 0x4000000040c00007L, 8));
      steps.add(() -> write(0xa8, 0, 4));
      steps.add(() -> write(0xac, 0, 4));
      steps.add(() -> enable(0xc));
      steps.add(() -> write(0x50, 0, 4));
      steps.add(() -> read(0x54, 0));
      steps.add(() -> write(0x50, 5, 4));
      steps.add(() -> read(0x54, 5));
      steps.add(() -> enable(0xd));
      return steps;
    }

    /** The accesses with which Linux attaches devices to their domains. */
    List<Runnable> start() {
      List<Runnable> steps = new ArrayList<>();
      steps.add(() -> consume(List.of(() -> cd(rootPort), this::sync), true));
      steps.add(() -> consume(List.of(() -> ste(rootPort, false), this::sync), true));
      if (!accelerated || plugged) {
        steps.add(() -> consume(List.of(() -> cd(deviceStream), this::sync), true));
        steps.add(() -> consume(List.of(() -> ste(deviceStream, true), this::sync), true));
      }
      steps.add(() -> consume(List.of(() -> opcode("PREFETCH_CONFIG")), false));
      if (!accelerated) {
        steps.add(() -> translate(false));
      }
      return steps;
    }

    List<Runnable> work(int accesses) {
      List<Runnable> steps = new ArrayList<>();
      for (int i = 0; i < accesses; i++) {
        steps.add(() -> consume(List.of(() -> tlbi(random), this::sync), true));
        if (!accelerated && i % 8 == 7) {
          steps.add(() -> translate(true));
        }
      }
      return steps;
    }
  }

  private final Random random;
  private final KnownRecording recording = new KnownRecording();
  private final List<Smmu> smmus = new ArrayList<>();
  private final Map<Integer, Boolean> kernelIds = new HashMap<>();
  private int nextAsid = 1;
  private long all;

  /**
   * @param accelerated for each vSMMU, whether the host's SMMU translates for it
   */
  RecordedMachine(long seed, List<Boolean> accelerated) {
    random = new Random(seed);
    for (int id = 1; id <= 3; id++) {
      kernelIds.put(id, true);
    }
    for (int i = 0; i < accelerated.size(); i++) {
      smmus.add(new Smmu(i, accelerated.get(i)));
    }
    recording.add(
        "iommufd_backend_alloc_ioas  iommufd=%d ioas=2".formatted(IOMMUFD), KnownRecording.VM);
    smmus.forEach(Smmu::plug);
    resetLines();
  }

  KnownRecording recording() {
    return recording;
  }

  /** Commands consumed so far. */
  long commands() {
    return all;
  }

  /** The kernel allocates the lowest id that is free (iommufd uses an xarray). */
  private int allocate() {
    int id = 1;
    while (kernelIds.getOrDefault(id, false)) {
      id++;
    }
    kernelIds.put(id, true);
    return id;
  }

  private void release(int id) {
    kernelIds.put(id, false);
  }

  private void resetLines() {
    for (Smmu smmu : smmus.reversed()) {
      smmu.line("smmu_reset_exit ");
      if (smmu.accelerated && smmu.plugged) {
        smmu.attach(smmu.bypass);
      }
    }
  }

  void reset() {
    resetLines();
    nextAsid = 1;
  }

  /** The guest boots: one driver after another, while those before work. */
  void boot() {
    List<Deque<Runnable>> running = new ArrayList<>();
    for (Smmu smmu : smmus) {
      Deque<Runnable> probe = new ArrayDeque<>(smmu.probe());
      while (!probe.isEmpty()) {
        Deque<Runnable> other =
            running.isEmpty() || random.nextInt(4) > 0
                ? probe
                : running.get(random.nextInt(running.size()));
        if (!other.isEmpty()) {
          other.removeFirst().run();
        }
      }
      running.add(new ArrayDeque<>(smmu.start()));
    }
    interleave(running);
  }

  /** A boot that the VMM's reset ends while a driver is setting up its SMMU. */
  void bootCutShort() {
    int accesses = random.nextInt(30);
    for (Smmu smmu : smmus.subList(0, 1 + random.nextInt(smmus.size()))) {
      List<Runnable> probe = smmu.probe();
      int steps = Math.min(accesses, probe.size());
      probe.subList(0, steps).forEach(Runnable::run);
      if (steps < probe.size()) {
        break;
      }
    }
    reset();
  }

  /** All work at the same time. */
  void work(int accesses) {
    List<Deque<Runnable>> running = new ArrayList<>();
    smmus.forEach(smmu -> running.add(new ArrayDeque<>(smmu.work(accesses))));
    interleave(running);
  }

  /** A device is unplugged, and plugged again after others have worked. */
  void replug(int vsmmu) {
    Smmu smmu = smmus.get(vsmmu);
    if (!smmu.accelerated || !smmu.plugged) {
      return;
    }
    smmu.consume(List.of(() -> smmu.ste(smmu.deviceStream, false), smmu::sync), true);
    smmu.unplug();
    for (Smmu other : smmus) {
      if (other != smmu) {
        other.work(2).forEach(Runnable::run);
      }
    }
    smmu.plug();
    smmu.consume(List.of(() -> smmu.cd(smmu.deviceStream), smmu::sync), true);
    smmu.consume(List.of(() -> smmu.ste(smmu.deviceStream, true), smmu::sync), true);
  }

  private void interleave(List<Deque<Runnable>> running) {
    List<Deque<Runnable>> left = new ArrayList<>(running);
    left.removeIf(Deque::isEmpty);
    while (!left.isEmpty()) {
      Deque<Runnable> next = left.get(random.nextInt(left.size()));
      next.removeFirst().run();
      left.removeIf(Deque::isEmpty);
    }
  }
}
