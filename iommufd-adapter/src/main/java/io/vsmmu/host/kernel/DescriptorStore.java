package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PassedDescriptor;
import java.util.List;

/** Somebody who keeps descriptors open while no process of the service runs. Thread-safe. */
public interface DescriptorStore {

  /** Nobody. */
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
          // Nothing was kept.
        }

        @Override
        public List<PassedDescriptor> kept() {
          return List.of();
        }
      };

  /** Whether anything is kept at all. */
  boolean keeps();

  /**
   * Keeps a descriptor open from here on.
   *
   * @param name at most 255 characters of ASCII, without ':'; no other descriptor has it
   * @return false when it is not kept
   */
  boolean keep(String name, Fd fd);

  /** Keeps these no longer; returns when they are closed, or after a while. */
  void drop(List<String> names);

  /**
   * What was kept from earlier processes; the caller owns the descriptors. Empty the second time.
   */
  List<PassedDescriptor> kept();
}
