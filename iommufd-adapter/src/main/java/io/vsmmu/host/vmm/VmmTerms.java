package io.vsmmu.host.vmm;

import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * What whoever handed an iommufd over says of it.
 *
 * @param devIds device objects by PCI address, as far as they were told
 * @param ioas the IOAS that holds the guest's RAM, if it was told
 * @param vmmLives whether the VMM is still there; a device is given back to one that is
 */
public record VmmTerms(Map<String, Integer> devIds, OptionalInt ioas, BooleanSupplier vmmLives) {

  /** Nothing was told. */
  public static final VmmTerms NOTHING = new VmmTerms(Map.of(), OptionalInt.empty(), () -> true);

  public VmmTerms {
    devIds = Map.copyOf(devIds);
  }
}
