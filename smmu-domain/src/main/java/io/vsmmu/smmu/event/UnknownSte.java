package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import java.util.Optional;

/** Why no bit of a stream's STE is known. */
public enum UnknownSte {
  /**
   * The SMMU has not read it since the device was attached or the SMMU was reset, because
   * CR0.SMMUEN has been 0: GBPA decides (IHI 0070, 3.11 and 6.3.14).
   */
  NOT_READ,
  /** The StreamID has no STE: C_BAD_STREAMID (IHI 0070, 7.3.3). */
  OUT_OF_TABLE,
  /** The STE, or the first-level descriptor that leads to it, could not be read: F_STE_FETCH. */
  FETCH_FAULT,
  /** The log does not contain it: a recording does not show it, or there was no memory to read. */
  NOT_RECORDED;

  /**
   * The reason by what the log has of a stream's configuration.
   *
   * @param fault the fault that was found when the STE was fetched; 0 for none
   * @return empty if at least some bits of the STE are known
   */
  public static Optional<UnknownSte> of(
      StreamBehaviour configuration, Completeness completeness, int fault) {
    if (completeness != Completeness.NOTHING) {
      return Optional.empty();
    }
    if (fault == EventType.C_BAD_STREAMID.code()) {
      return Optional.of(OUT_OF_TABLE);
    }
    if (fault == EventType.F_STE_FETCH.code()) {
      return Optional.of(FETCH_FAULT);
    }
    return Optional.of(
        switch (configuration) {
          case ABORT, BYPASS -> NOT_READ;
          case TRANSLATE, UNKNOWN -> NOT_RECORDED;
        });
  }

  /**
   * What is known of an STE. Logs of earlier versions have zeros that count as completely known
   * where no STE was read; an STE that was read and has V = 0 has C_BAD_STE as its fault.
   *
   * @param stored which bits are known as the log says
   */
  public static Completeness known(StreamTableEntry ste, Completeness stored, int fault) {
    boolean read = ste.valid() || fault == EventType.C_BAD_STE.code();
    return stored == Completeness.FULL && !read ? Completeness.NOTHING : stored;
  }
}
