package io.vsmmu.control.rest.platform;

import java.util.Optional;

/** Configuration spaces of the host's PCI devices. */
@FunctionalInterface
interface ConfigSpaces {

  /** A host whose devices have none that can be read. */
  ConfigSpaces NONE = address -> Optional.empty();

  /**
   * The whole space.
   *
   * @param address PCI address that the host has told
   * @return its bytes; empty when nobody lets us read them
   */
  Optional<byte[]> read(String address);
}
