package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.stimulus.HostErrno;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The log's texts name an error as {@link Errno} does. */
class HostErrnoTest {

  /** The errors that iommufd and vfio give ({@link io.vsmmu.host.IommuContext}). */
  private static final Set<Errno> ANSWERS =
      EnumSet.of(
          Errno.ENOENT,
          Errno.EIO,
          Errno.EBADF,
          Errno.ENOMEM,
          Errno.EACCES,
          Errno.EBUSY,
          Errno.EEXIST,
          Errno.ENODEV,
          Errno.EINVAL,
          Errno.EMFILE,
          Errno.ENOTTY,
          Errno.EOVERFLOW,
          Errno.EOPNOTSUPP,
          Errno.ETIMEDOUT);

  @ParameterizedTest
  @EnumSource(Errno.class)
  void a_name_is_that_of_the_hosts_table(Errno errno) {
    assertThat(HostErrno.text(errno.number()))
        .isIn("%s (errno %d)".formatted(errno.name(), errno.number()), "errno " + errno.number());
  }

  @Test
  void what_hosts_answer_has_a_name() {
    assertThat(ANSWERS)
        .allSatisfy(
            errno -> assertThat(HostErrno.text(errno.number())).startsWith(errno.name() + " ("));
  }

  @Test
  void a_number_without_a_name_stays_a_number() {
    assertThat(HostErrno.text(4095)).isEqualTo("errno 4095");
  }
}
