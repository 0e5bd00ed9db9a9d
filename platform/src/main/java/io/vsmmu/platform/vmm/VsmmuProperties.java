package io.vsmmu.platform.vmm;

import java.util.OptionalInt;

/**
 * What a vSMMU shows.
 *
 * @param ats address translation services
 * @param ril range invalidation
 * @param oas bits of output addresses; absent for the host's
 * @param ssidSize bits of SubstreamIDs, 0 to 20; absent for the host's
 * @param cmdqv command queues that the hardware reads itself; a QEMU without the option has none,
 *     so that OFF needs no saying to it
 */
public record VsmmuProperties(
    Choice ats, Choice ril, OptionalInt oas, OptionalInt ssidSize, Choice cmdqv) {

  /** As the host has it, without queues that nobody sees. */
  public static final VsmmuProperties AUTO =
      new VsmmuProperties(
          Choice.AUTO, Choice.AUTO, OptionalInt.empty(), OptionalInt.empty(), Choice.OFF);
}
