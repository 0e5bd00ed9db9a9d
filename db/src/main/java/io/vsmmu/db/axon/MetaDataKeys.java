package io.vsmmu.db.axon;

/**
 * Keys of the meta data that the storage engine handles; other meta data of an event message is not
 * stored.
 */
public final class MetaDataKeys {

  /** {@link Long}: sequence of the event of the same vSMMU that caused this one. */
  public static final String CAUSE = "cause";

  /** {@link String}: name of the API client whose request led to the event. */
  public static final String SUBJECT = "subject";

  /** {@link Long}: position in the log; present in messages that were read. */
  public static final String POSITION = "position";

  /**
   * {@link io.vsmmu.db.log.AppendDurability} or its name: the durability to append with, SYNCED if
   * absent. It is not stored.
   */
  public static final String DURABILITY = "durability";

  private MetaDataKeys() {}
}
