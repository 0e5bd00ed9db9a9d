package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import org.junit.jupiter.api.Test;

/** Guest RAM: drivers/iommu/iommufd/ioas.c, io_pagetable.c. */
public interface IoasRules extends HostUnderTest {

  long BASE = 0x4000_0000L;

  private HostResult<HostResult.Done> map(int ioas, long iova, long length) {
    return context().map(ioas, iova, length, MapAccess.READ_WRITE, ram());
  }

  @Test
  default void mapping_can_be_made_and_removed() {
    int ioas = context().allocIoas().value();
    assertOk(map(ioas, BASE, 2 * PAGE));
    assertThat(context().unmap(ioas, BASE, 2 * PAGE).value()).isEqualTo(2 * PAGE);
    assertOk(map(ioas, BASE, 2 * PAGE));
  }

  @Test
  default void mapping_needs_an_ioas() {
    int dev = context().bind(device()).value();
    assertRefused(map(dev, BASE, PAGE), Errno.ENOENT);
    assertRefused(context().unmap(dev, BASE, PAGE), Errno.ENOENT);
  }

  @Test
  default void mapping_of_no_bytes_is_refused() {
    assertRefused(map(context().allocIoas().value(), BASE, 0), Errno.EINVAL);
  }

  @Test
  default void unaligned_mapping_is_refused_once_there_is_a_page_table() {
    Guest guest = guest();
    assertRefused(map(guest.ioas(), BASE + 1, PAGE), Errno.EINVAL);
    assertRefused(map(guest.ioas(), BASE, PAGE + 1), Errno.EINVAL);
    assertOk(map(guest.ioas(), BASE, PAGE));
  }

  @Test
  default void page_table_is_refused_over_an_unaligned_mapping() {
    int dev = context().bind(device()).value();
    int ioas = context().allocIoas().value();
    assertOk(map(ioas, BASE + 1, PAGE));
    assertRefused(context().allocNestingParent(dev, ioas), Errno.EADDRINUSE);
    assertRefused(context().attach(dev, ioas), Errno.EADDRINUSE);
    assertOk(context().unmap(ioas, BASE + 1, PAGE));
    assertOk(context().allocNestingParent(dev, ioas));
  }

  @Test
  default void mapping_beyond_the_address_space_is_refused() {
    assertRefused(map(context().allocIoas().value(), -PAGE, 2 * PAGE), Errno.EOVERFLOW);
  }

  @Test
  default void overlapping_mapping_is_refused() {
    int ioas = context().allocIoas().value();
    assertOk(map(ioas, BASE, 2 * PAGE));
    assertRefused(map(ioas, BASE + PAGE, 2 * PAGE), Errno.EEXIST);
    assertRefused(map(ioas, BASE - PAGE, 4 * PAGE), Errno.EEXIST);
    assertOk(map(ioas, BASE + 2 * PAGE, PAGE));
    assertOk(map(ioas, BASE - PAGE, PAGE));
  }

  @Test
  default void unmap_removes_whole_mappings_only() {
    int ioas = context().allocIoas().value();
    assertOk(map(ioas, BASE, 2 * PAGE));
    assertRefused(context().unmap(ioas, BASE, PAGE), Errno.ENOENT);
    assertRefused(context().unmap(ioas, BASE + PAGE, 4 * PAGE), Errno.ENOENT);
    assertThat(context().unmap(ioas, BASE - PAGE, 8 * PAGE).value()).isEqualTo(2 * PAGE);
  }

  @Test
  default void unmap_of_everything_empties_the_ioas() {
    int ioas = context().allocIoas().value();
    assertOk(map(ioas, BASE, PAGE));
    assertOk(map(ioas, BASE + 4 * PAGE, PAGE));
    assertThat(context().unmap(ioas, 0, -1).value()).isEqualTo(2 * PAGE);
  }
}
