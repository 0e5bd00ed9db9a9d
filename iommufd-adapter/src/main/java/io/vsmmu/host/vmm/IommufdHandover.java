package io.vsmmu.host.vmm;

import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * What the sender of an iommufd stated together with it: the VMM, or a program that manages the
 * VMM.
 *
 * @param devIds ids of device objects by PCI address, for the devices for which one was stated
 * @param ioas the IOAS that holds the guest's RAM; empty when it was not stated
 * @param vmmLives whether the VMM's process still runs; a device is returned only to a VMM that
 *     does
 */
public record IommufdHandover(
    Map<String, Integer> devIds, OptionalInt ioas, BooleanSupplier vmmLives) {

  /** Nothing was stated, and the VMM is taken to run. */
  public static final IommufdHandover NOTHING =
      new IommufdHandover(Map.of(), OptionalInt.empty(), () -> true);

  public IommufdHandover {
    devIds = Map.copyOf(devIds);
  }
}
