package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches and their failure reports: arm-smmu-v3-iommufd.c, arm_vsmmu_cache_invalidate. Kernels
 * report failures in different ways; {@link InvalidationReport#issued} holds for all of them.
 */
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
    InvalidationReport report = invalidate(guest, words);
    assertThat(report.errno()).contains(Errno.EIO);
    assertThat(report.entryNum()).isEqualTo(tellsOnlyBlocks() ? reached : bad);
    assertThat(report.issued()).isEqualTo(reached);
    issued(guest.viommu())
        .ifPresent(issued -> assertThat(issued).isEqualTo(prefix(words, reached)));
  }

  @Test
  default void what_was_not_issued_before_a_bad_entry_can_be_issued_afterwards() {
    Guest guest = guest();
    long[] words = tlbis(100);
    words[160] = CFGI_STE;
    InvalidationBatch batch = InvalidationBatch.of(words);
    int issued = context().invalidate(guest.viommu(), batch).issued();
    assertThat(context().invalidate(guest.viommu(), batch.slice(issued, 80)))
        .isEqualTo(InvalidationReport.complete(80 - 63));
    issued(guest.viommu()).ifPresent(all -> assertThat(all).isEqualTo(prefix(words, 80)));
  }

  @Test
  default void an_empty_batch_issues_nothing() {
    Guest guest = guest();
    assertThat(invalidate(guest))
        .isEqualTo(
            tellsOnlyBlocks()
                ? InvalidationReport.complete(0)
                : InvalidationReport.failed(Errno.EINVAL, 0));
    issued(guest.viommu()).ifPresent(all -> assertThat(all).isEmpty());
  }
}
