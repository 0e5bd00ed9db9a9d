package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.vfiouser.ConnectionEnd.Reason;
import io.vsmmu.vfiouser.MessageLayout.Header;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives each message of the VMM to its receiver and sends the reply: a request goes to {@link
 * RequestHandler}, a reply to the read or write of guest memory that waits for it. Counts what was
 * refused, and ends the connection of a VMM that sends too much of it.
 *
 * <p>Called by the connection's leader only; the counts may be read by any thread.
 */
final class MessageDispatcher {

  private static final Logger LOGGER = System.getLogger(MessageDispatcher.class.getName());

  private final RequestHandler requests;
  private final DmaRequests dma;
  private final MessageWriter writer;
  private final long mostRefusals;
  private final ReplyMessage reply = new ReplyMessage();
  private final RateLimitedLog log =
      new RateLimitedLog(
          line -> LOGGER.log(Level.WARNING, line),
          ProtocolLimits.LOG_LINES,
          ProtocolLimits.LOG_INTERVAL,
          System::nanoTime);

  /** Written by the leader only. */
  private volatile long refused;

  /** Written by the leader only. */
  private volatile long unmatched;

  /**
   * @param mostRefusals refused requests after which the connection ends
   */
  MessageDispatcher(
      RequestHandler requests, DmaRequests dma, MessageWriter writer, long mostRefusals) {
    this.requests = requests;
    this.dma = dma;
    this.writer = writer;
    this.mostRefusals = mostRefusals;
  }

  /**
   * Handles one message.
   *
   * @param message the whole message, from 0 to the limit
   * @param descriptors that were sent with it; one that is taken over is removed
   * @return why the connection ends with this message; null when it continues
   */
  @Nullable ConnectionEnd dispatch(ByteBuffer message, List<Fd> descriptors) {
    int flags = Header.FLAGS.getInt(message, 0);
    if ((flags & Header.TYPE_MASK) == Header.REPLY) {
      reply(message);
      return null;
    }
    Command command = Command.of(Header.COMMAND.getInt(message, 0));
    int errno = requests.handle(command, message, descriptors, reply);
    if ((flags & Header.NO_REPLY) == 0) {
      // When it cannot be sent the stream is shut down, and the next read finds its end.
      writer.send(errno == 0 ? reply.finish(message) : reply.refuse(message, errno));
    }
    return errno == 0 ? null : refused(command, errno, message);
  }

  private void reply(ByteBuffer message) {
    if (!dma.reply(message)) {
      unmatched = unmatched + 1;
      int id = Header.ID.getInt(message, 0);
      log.log(
          () ->
              "%s: replies to message 0x%x, which waits for no reply"
                  .formatted(Thread.currentThread().getName(), id));
    }
  }

  private @Nullable ConnectionEnd refused(
      @Nullable Command command, int errno, ByteBuffer message) {
    refused = refused + 1;
    String what =
        command == null ? "command " + Header.COMMAND.get(message, 0) : command.toString();
    log.log(
        () ->
            "%s: a request is refused: %s: %s"
                .formatted(Thread.currentThread().getName(), what, Errno.text(errno)));
    if (!requests.negotiated()) {
      return new ConnectionEnd(
          Reason.NOT_NEGOTIATED,
          "the first message was " + what + ", which is refused; it must be VERSION 0.x");
    }
    return refused <= mostRefusals
        ? null
        : new ConnectionEnd(Reason.TOO_MANY_REFUSALS, refused + " requests refused");
  }

  long refusedRequests() {
    return refused;
  }

  long unmatchedReplies() {
    return unmatched;
  }
}
