package io.vsmmu.host.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.HostConformance;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.ScriptedVmm;
import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The running kernel under the rules of every host; skipped where it has no iommufd or no device
 * for it. A role for which there is no device skips the rules that need it. See {@link HostCast}.
 */
@ExtendWith(NeedsHost.class)
class KernelHostConformanceTest extends HostConformance {

  private static final long UNMAPPED = 0x10_0000;
  private static final int ONE_ACCESS = 4;
  private static final int SETTLE_MILLIS = 50;

  private static final HostPaths PATHS = HostPaths.system();
  private static final HostCast CAST = new HostCast(PATHS);
  private static Fd ram;

  private final IommufdHost host = new IommufdHost();
  private Fd tables;

  @BeforeAll
  static void makeRam() throws Exception {
    ram = Memfd.create("ram", 16 * PAGE);
  }

  @AfterAll
  static void freeRam() {
    ram.close();
  }

  @AfterEach
  void freeTables() {
    if (tables != null) {
      tables.close();
    }
  }

  @Override
  public IommufdHost host() {
    return host;
  }

  @Override
  public ScriptedVmm vmm() {
    return new VmmOnKernel(host);
  }

  @Override
  public String device() {
    return CAST.device().orElseThrow();
  }

  @Override
  public String neighbour() {
    return need(CAST.neighbour(), "no second vfio device behind the same SMMU");
  }

  @Override
  public String foreigner() {
    return need(CAST.foreigner(), "no vfio device behind another SMMU");
  }

  @Override
  public List<String> group() {
    assumeTrue(CAST.group().size() == 2, "no iommu group of two vfio devices");
    return CAST.group();
  }

  @Override
  public List<String> groupBehindPort() {
    assumeTrue(CAST.groupBehindPort().size() == 2, "no group of two vfio devices behind a port");
    return CAST.groupBehindPort();
  }

  private static String need(Optional<String> part, String otherwise) {
    assumeTrue(part.isPresent(), otherwise);
    return part.get();
  }

  @Override
  public Optional<List<Long>> issued(int viommuId) {
    return Optional.empty();
  }

  @Override
  public void contextTables(Guest guest, long contextPointer) {
    long base = contextPointer / PAGE * PAGE;
    try {
      tables = ContextTables.create(base, contextPointer);
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
    assertOk(
        context()
            .map(
                guest.ioas(),
                base,
                ContextTables.SIZE,
                MapAccess.READ_WRITE,
                new RamSource.MemfdRange(tables.number(), 0)));
  }

  @Override
  public boolean cause(String address, long opcode) {
    assumeTrue(EduDevice.is(PATHS, address), address + " is no device that does DMA on command");
    if (opcode != F_TRANSLATION && opcode != C_BAD_STE) {
      return false;
    }
    try {
      IommuContext context = context();
      new EduDevice(((IommufdContext) context).file(address).orElseThrow())
          .readRam(UNMAPPED, ONE_ACCESS);
      // The kernel handles the event on a thread of its own. A rule may expect that it is lost or
      // that there is none, so no condition shows that the thread has finished.
      Thread.sleep(SETTLE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<String> aliased() {
    return CAST.aliased();
  }

  /** Copies a number that was not there before from the first page to the second. */
  @Override
  public Optional<Boolean> reaches(Guest guest, String address, long iova) {
    if (!EduDevice.is(PATHS, address)) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_LONG, System.nanoTime() | 1);
      MemorySegment arrived = arena.allocate(ValueLayout.JAVA_LONG);
      DeviceCalls.writeAt(ram, number, 0);
      DeviceCalls.writeAt(ram, arrived, PAGE);
      EduDevice edu = new EduDevice(((IommufdContext) context()).file(address).orElseThrow());
      edu.readRam(iova, Long.BYTES);
      edu.writeRam(iova + PAGE, Long.BYTES);
      DeviceCalls.readAt(ram, arrived, PAGE);
      return Optional.of(arrived.mismatch(number) < 0);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public RamSource ram() {
    return new RamSource.MemfdRange(ram.number(), 0);
  }
}
