package io.vsmmu.debugger.compare;

import io.vsmmu.debugger.compare.IdPairs.Space;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the fields of the architecture's structures are compared. */
enum FieldClass {
  /** Its values are compared. */
  VALUE(null),
  /**
   * An index of a queue. It counts what was in the queue before, so that one record more in one log
   * would make all later indexes differ; it is never compared.
   */
  INDEX(null),
  /**
   * An address, or a number that a guest makes up for an interrupt or a page request. The addresses
   * of a guest's memory differ from run to run, and an allocator that uses them again gives no
   * lasting counterpart either, so that they are not compared.
   */
  PLACE(null),
  STREAM(Space.STREAM),
  SUBSTREAM(Space.SUBSTREAM),
  ASID(Space.ASID),
  VMID(Space.VMID);

  /** The space of its ids; null if it holds none. */
  private final @Nullable Space space;

  FieldClass(@Nullable Space space) {
    this.space = space;
  }

  /** The space of the ids that the field holds; empty if it holds none. */
  Optional<Space> space() {
    return Optional.ofNullable(space);
  }

  /** The class of a field by the specification's name of it. */
  static FieldClass of(String field) {
    return switch (field) {
      case "StreamID" -> STREAM;
      case "SubstreamID" -> SUBSTREAM;
      case "ASID" -> ASID;
      case "VMID", "S2VMID" -> VMID;
      case "RD", "WR" -> INDEX;
      case "Address",
          "IPA",
          "MSIAddress",
          "MSIData",
          "ADDR",
          "DATA",
          "S1ContextPtr",
          "S2TTB",
          "S_S2TTB",
          "VMSPtr",
          "InputAddr",
          "FetchAddr",
          "PageAddr",
          "PRGIndex",
          "STAG" ->
          PLACE;
      default -> VALUE;
    };
  }
}
