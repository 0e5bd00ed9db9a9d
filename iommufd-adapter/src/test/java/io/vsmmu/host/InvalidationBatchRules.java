package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches and their failure reports: arm-smmu-v3-iommufd.c, arm_vsmmu_cache_invalidate. */
public interface InvalidationBatchRules extends HostUnderTest {

  private List<Long> prefix(long[] words, int entries) {
    return IntStream.range(0, entries).mapToObj(i -> words[2 * i]).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 62, 63, 64, 126, 127, 1000})
  default void batch_of_any_size_is_issued_in_order(int size) {
    Guest guest = guest();
    long[] words = tlbis(size);
    assertThat(invalidate(guest, words)).isEqualTo(InvalidationReport.complete(size));
    issued(guest.viommu()).ifPresent(issued -> assertThat(issued).isEqualTo(prefix(words, size)));
  }

  @ParameterizedTest(name = "bad entry {1} of {0}: {2} issued")
  @CsvSource({
    "3, 1, 0",
    "1, 0, 0",
    "100, 0, 0",
    "100, 1, 0",
    "100, 62, 0",
    "100, 63, 63",
    "100, 80, 63",
    "100, 99, 63",
    "1000, 126, 126",
    "1000, 999, 945"
  })
  default void bad_entry_loses_the_entries_of_its_block(int size, int bad, int reached) {
    Guest guest = guest();
    long[] words = tlbis(size);
    words[2 * bad] = CFGI_STE;
    assertThat(invalidate(guest, words)).isEqualTo(InvalidationReport.failed(Errno.EIO, bad));
    issued(guest.viommu())
        .ifPresent(issued -> assertThat(issued).isEqualTo(prefix(words, reached)));
  }

  @Test
  default void prefix_before_a_bad_entry_can_be_issued_again() {
    Guest guest = guest();
    long[] words = tlbis(100);
    words[160] = CFGI_STE;
    InvalidationBatch batch = InvalidationBatch.of(words);
    int bad = context().invalidate(guest.viommu(), batch).entryNum();
    assertThat(context().invalidate(guest.viommu(), batch.slice(0, bad)))
        .isEqualTo(InvalidationReport.complete(80));
    issued(guest.viommu())
        .ifPresent(issued -> assertThat(issued).containsAll(prefix(words, 80)).hasSize(63 + 80));
  }

  @Test
  default void empty_batch_is_refused() {
    Guest guest = guest();
    assertThat(invalidate(guest)).isEqualTo(InvalidationReport.failed(Errno.EINVAL, 0));
  }
}
