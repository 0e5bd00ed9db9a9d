package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Optional;

/**
 * A host, its devices in the roles that the rules need, and the observations that the rules make.
 */
public interface HostUnderTest {

  /** vSTE word 0 that translates. */
  long STE_TRANSLATE = 0b1011L | 0x1234L << 6;

  /** Guest-physical address of the context descriptor that it names. */
  long CONTEXT_POINTER = 0x1234L << 6;

  /** vSTE word 0 that bypasses stage 1. */
  long STE_BYPASS = 0b1001;

  /** vSTE word 0 that aborts. */
  long STE_ABORT = 0b0001;

  long TLBI_NH_ALL = 0x10;
  long TLBI_NH_ASID = 0x11;
  long TLBI_NH_VA = 0x12;
  long TLBI_NH_VAA = 0x13;
  long TLBI_NSNH_ALL = 0x30;
  long ATC_INV = 0x40;
  long CFGI_CD = 0x05;
  long CFGI_CD_ALL = 0x06;
  long CFGI_STE = 0x03;
  long VSID = 0x900;
  long SID_FIELD = VSID << 32;
  long PAGE = 4096;

  /** The context opened for this test. */
  IommuContext context();

  HostIommu host();

  /** A device alone in its group, with one StreamID. */
  String device();

  /** Another one on the same physical SMMU. */
  String neighbour();

  /** A device on another physical SMMU. */
  String foreigner();

  /** Two devices of one group on a root bus. */
  List<String> group();

  /** Two devices of one group behind a port that can reset its bus. */
  List<String> groupBehindPort();

  /** A device with more than one StreamID; empty when there is none. */
  default Optional<String> aliased() {
    return Optional.empty();
  }

  /**
   * Whether a DMA of the device reaches the two pages of {@link #ram} that are mapped at this
   * address in the guest's IOAS; empty when the device cannot do DMA on command.
   */
  default Optional<Boolean> reaches(Guest guest, String address, long iova) {
    return Optional.empty();
  }

  /**
   * Low words of the commands that reached the SMMU, as the guest wrote them; empty when the host
   * does not show them.
   */
  Optional<List<Long>> issued(int viommuId);

  /**
   * Writes a context descriptor at this address whose translation table is empty, so that every
   * access gives F_TRANSLATION. A host that walks no tables needs none.
   */
  default void contextTables(Guest guest, long contextPointer) {}

  /** Makes the device cause an event of this opcode; false when that is not possible. */
  boolean cause(String address, long opcode);

  /** Whether this kernel's {@code entry_num} after an error counts blocks that were issued. */
  default boolean tellsOnlyBlocks() {
    return false;
  }

  /** At least four pages to map, page aligned. */
  RamSource ram();

  /** The objects of a guest with one device. */
  record Guest(int dev, int ioas, int s2, int viommu) {}

  default Guest guest() {
    return guest(device());
  }

  default Guest guest(String address) {
    int dev = context().bind(address).value();
    int ioas = context().allocIoas().value();
    int s2 = context().allocNestingParent(dev, ioas).value();
    return new Guest(
        dev, ioas, s2, context().allocViommu(dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value());
  }

  default Guest guestWithVdevice() {
    Guest guest = guest();
    assertOk(context().allocVdevice(guest.viommu, guest.dev, VSID));
    return guest;
  }

  default HostResult<Integer> nested(Guest guest, long ste0, long ste1) {
    return context().allocNestedHwpt(guest.dev, guest.viommu, 0, ste0, ste1);
  }

  default int nested(Guest guest, long ste0) {
    return nested(guest, ste0, 0).value();
  }

  default InvalidationReport invalidate(Guest guest, long... words) {
    return context().invalidate(guest.viommu, InvalidationBatch.of(words));
  }

  default void assertRefused(HostResult<?> result, Errno errno) {
    assertThat(result.refusal()).contains(errno);
  }

  default void assertOk(HostResult<?> result) {
    assertThat(result.refusal()).isEmpty();
  }

  /** {@code count} TLBI_NH_ASID with ASID 0, 1, 2, ... */
  default long[] tlbis(int count) {
    long[] words = new long[2 * count];
    for (int i = 0; i < count; i++) {
      words[2 * i] = TLBI_NH_ASID | (long) i << 48;
    }
    return words;
  }
}
