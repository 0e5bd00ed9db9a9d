package io.vsmmu.vfiouser;

/**
 * Why a connection is over.
 *
 * @param text one line for a log, with what was seen
 */
public record ConnectionEnd(Reason reason, String text) {

  /** The kinds of ends. */
  public enum Reason {
    /** The VMM closed it between two messages, perhaps without reading our last answers. */
    CLOSED_BY_VMM,
    /** {@link VfioUserConnection#close} was called. */
    CLOSED_HERE,
    /** The stream ended within a message. */
    TRUNCATED,
    /** A message says that it is shorter than its header or longer than any may be. */
    BAD_SIZE,
    /** A message is neither a request nor a reply. */
    BAD_TYPE,
    /** The first message was not a VERSION that we understand. */
    NOT_NEGOTIATED,
    /** No VERSION came in time, or a message that had begun did not go on. */
    SILENT,
    /** More requests were refused than a working VMM ever sends. */
    TOO_MANY_REFUSALS,
    /** The VMM does not read what we send. */
    SEND_FAILED,
    /** The socket failed. */
    RECEIVE_FAILED,
    /** A fault of ours. */
    INTERNAL
  }
}
