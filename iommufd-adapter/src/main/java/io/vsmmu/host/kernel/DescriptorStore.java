package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PassedDescriptor;
import java.util.List;

/** Keeps descriptors open while no process of the service runs. Thread-safe. */
public interface DescriptorStore {

  /** A store that keeps nothing: an end of the process closes all descriptors. */
  DescriptorStore NONE =
      new DescriptorStore() {
        @Override
        public boolean keeps() {
          return false;
        }

        @Override
        public boolean keep(String name, Fd fd) {
          return false;
        }

        @Override
        public void drop(List<String> names) {
          // This store keeps nothing.
        }

        @Override
        public List<PassedDescriptor> kept() {
          return List.of();
        }
      };

  /** Whether the store keeps descriptors at all. */
  boolean keeps();

  /**
   * Keeps a copy of a descriptor open from here on.
   *
   * @param name at most 255 characters of ASCII, without ':'; no other descriptor has it
   * @return false when the store did not take it
   */
  boolean keep(String name, Fd fd);

  /**
   * Closes the copies of these names. Returns when they are closed, or after {@link
   * KernelHostLimits#STORE_MILLIS}.
   */
  void drop(List<String> names);

  /**
   * The descriptors that were kept for earlier processes. The caller owns them; a second call
   * returns none.
   */
  List<PassedDescriptor> kept();
}
