package io.vsmmu.db.axon;

/** The meta data of an event message that the log keeps; everything else is dropped. */
public final class MetaDataKeys {

  /** {@link Long}: sequence of the event of the same vSMMU that caused this one. */
  public static final String CAUSE = "cause";

  /** {@link String}: who asked for it. */
  public static final String SUBJECT = "subject";

  /** {@link Long}: position in the log; set on reading only. */
  public static final String POSITION = "position";

  /**
   * {@link io.vsmmu.db.log.AppendDurability} or its name; read on appending only, COMMITTED if
   * absent.
   */
  public static final String DURABILITY = "durability";

  private MetaDataKeys() {}
}
