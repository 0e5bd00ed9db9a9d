package io.vsmmu.vfiouser;

/**
 * Why a connection is over.
 *
 * @param text one line for a log, which says what was observed
 */
public record ConnectionEnd(Reason reason, String text) {

  public enum Reason {
    /** The VMM closed it between two messages, perhaps before it read the last replies. */
    CLOSED_BY_VMM,
    /** {@link VfioUserConnection#close} was called. */
    CLOSED_HERE,
    /** The stream ended within a message. */
    TRUNCATED,
    /** The size in a header is less than 16 or more than {@link ProtocolLimits#MESSAGE}. */
    BAD_SIZE,
    /** The type in a header is neither request nor reply. */
    BAD_TYPE,
    /** The first message was not a VERSION that this server accepts. */
    NOT_NEGOTIATED,
    /** No VERSION was received in time, or not the rest of a message that had begun. */
    SILENT,
    /** More than {@link ProtocolLimits#refusals} requests were refused. */
    TOO_MANY_REFUSALS,
    /** The VMM did not read a message within {@link ProtocolLimits#sendTimeout}. */
    SEND_FAILED,
    /** Reading from the socket failed with an errno. */
    RECEIVE_FAILED,
    /** This process failed: a defect, which is logged. */
    INTERNAL
  }
}
