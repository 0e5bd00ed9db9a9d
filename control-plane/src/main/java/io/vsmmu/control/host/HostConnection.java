package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One connection to {@link HostSocket}, on a thread of its own. It ends when the peer is silent.
 */
public final class HostConnection implements Runnable, AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(HostConnection.class.getName());

  /** The first byte of a message that describes its descriptors. */
  private static final byte OBJECT = '{';

  private static final HostProblem NO_DESCRIPTOR =
      new HostProblem(
          Kind.NO_SUCH_DESCRIPTOR,
          "the message",
          "it has no descriptor",
          Advice.SEND_DESCRIPTOR.with());

  private final UnixStream stream;
  private final LocalHost host;
  private final VmmDescriptorReceiver vmms;
  private final Consumer<HostConnection> ended;
  private int empty;

  HostConnection(
      UnixStream stream,
      LocalHost host,
      VmmDescriptorReceiver vmms,
      Consumer<HostConnection> ended) {
    this.stream = stream;
    this.host = host;
    this.vmms = vmms;
    this.ended = ended;
  }

  @Override
  public void run() {
    ByteBuffer message = ByteBuffer.allocateDirect(LocalHostLimits.MESSAGE_BYTES);
    List<Fd> descriptors = new ArrayList<>();
    try (this) {
      // Without the limit, a byte every few seconds would keep the connection open for ever.
      while (empty < LocalHostLimits.EMPTY_MESSAGES
          && stream.receive(message.clear(), descriptors) > 0) {
        if (message.flip().get(0) != OBJECT) {
          take(descriptors);
        } else if (!describe(message, descriptors)) {
          return;
        }
      }
    } catch (PosixException over) {
      LOGGER.log(Level.DEBUG, "host.sock: a connection ended: {0}", over.getMessage());
    } finally {
      descriptors.forEach(Fd::close);
    }
  }

  /**
   * Reads the rest of a line of JSON that describes its descriptors, and answers it.
   *
   * @return false when the line is too long or has too many descriptors; then it is unknown where
   *     the next line begins
   */
  private boolean describe(ByteBuffer first, List<Fd> descriptors) throws PosixException {
    StringBuilder text = new StringBuilder();
    ByteBuffer more = first;
    while (true) {
      text.append(StandardCharsets.UTF_8.decode(more));
      if (text.length() > VmmMessage.BYTES
          || descriptors.size() > LocalHostLimits.LINE_DESCRIPTORS) {
        answer(new OfferOutcome.Refused(tooLong(text.length(), descriptors.size())));
        return false;
      }
      if (text.charAt(text.length() - 1) == '\n') {
        break;
      }
      more = ByteBuffer.allocateDirect(LocalHostLimits.MESSAGE_BYTES);
      if (stream.receive(more, descriptors) == 0) {
        break;
      }
      more.flip();
    }
    List<Fd> handed = List.copyOf(descriptors);
    descriptors.clear();
    try {
      VmmMessage message = VmmMessage.parse(text.toString(), handed.size());
      answer(vmms.take(message, handed, stream.peer().pid()));
    } catch (VmmMessage.WrongMessageException wrong) {
      empty++;
      handed.forEach(Fd::close);
      answer(new OfferOutcome.Refused(wrong.problem()));
    }
    return true;
  }

  private static HostProblem tooLong(int characters, int descriptors) {
    return new HostProblem(
        Kind.WRONG_MESSAGE,
        "the message",
        "%d characters and %d descriptors".formatted(characters, descriptors),
        Advice.SEND_FIELD.with(
            "at most %d bytes, the iommufd and %d devices"
                .formatted(VmmMessage.BYTES, LocalHostLimits.LINE_DESCRIPTORS - 1)));
  }

  private void take(List<Fd> descriptors) throws PosixException {
    if (descriptors.isEmpty()) {
      empty++;
      answer(new OfferOutcome.Refused(NO_DESCRIPTOR));
    }
    for (Iterator<Fd> each = descriptors.iterator(); each.hasNext(); ) {
      Fd fd = each.next();
      each.remove();
      answer(host.offer(fd));
    }
  }

  /** Sends the outcome of an offer as one line of JSON. */
  void answer(OfferOutcome offer) throws PosixException {
    answer(json(offer));
  }

  private void answer(ObjectNode said) throws PosixException {
    byte[] line =
        (JsonMapper.shared().writeValueAsString(said) + "\n").getBytes(StandardCharsets.UTF_8);
    stream.send(ByteBuffer.allocateDirect(line.length).put(line).flip());
  }

  static ObjectNode json(OfferOutcome offer) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    return switch (offer) {
      case OfferOutcome.Kept kept -> answer.put("hostDevice", kept.address());
      case OfferOutcome.Spent spent -> answer.put("hostDevice", spent.address()).put("again", true);
      case OfferOutcome.Refused refused -> {
        answer.set("problem", json(refused.problem()));
        yield answer;
      }
    };
  }

  /** A problem as a member of an answer. */
  public static ObjectNode json(HostProblem problem) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("kind", problem.kind().name())
        .put("subject", problem.what().field())
        .put("found", problem.what().given())
        .put("remedy", problem.what().allowed());
  }

  /** Ends the connection; its thread ends soon after. */
  @Override
  public void close() {
    ended.accept(this);
    stream.close();
  }
}
