package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.EventFd;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.vfiouser.ConnectionEnd.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a connection, and what does not. */
@Tag("slow")
@Timeout(20)
class ConnectionEndTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  private static final Duration SHORT = Duration.ofMillis(200);

  private static ByteBuffer header(int size, int flags) {
    ByteBuffer header = VfioUserClient.body(16).putShort((short) 1).putShort((short) 9);
    return header.putInt(size).putInt(flags);
  }

  private static void endsWith(ConnectionRig rig, Reason reason) throws Exception {
    assertThat(rig.ended().reason()).isEqualTo(reason);
    assertThat(rig.ended().text()).isNotBlank();
    assertThat(rig.vmm.ends(SOON)).isTrue();
    assertThat(rig.function.calls).endsWith("unmap all");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 15, ProtocolLimits.MESSAGE + 1, Integer.MAX_VALUE, -1})
  void a_size_that_cannot_be(int size) throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      rig.vmm.send(header(size, 0).array());
      endsWith(rig, Reason.BAD_SIZE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 15})
  void a_type_that_is_none(int type) throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      rig.vmm.send(header(16, type).array());
      endsWith(rig, Reason.BAD_TYPE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 31})
  void a_message_that_is_cut(int bytes) throws Exception {
    UnixStream.Pair pair = UnixStream.pair();
    RecordingFunction function = new RecordingFunction();
    var connection = new VfioUserConnection(pair.first(), function, ProtocolLimits.DEFAULT);
    ByteBuffer cut = ByteBuffer.allocateDirect(bytes);
    cut.put(Arrays.copyOf(header(32, 0).array(), bytes)).flip();
    pair.second().send(cut);
    pair.second().close();

    assertThat(connection.run().reason()).isEqualTo(Reason.TRUNCATED);
  }

  @Test
  void a_message_may_come_byte_by_byte() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      byte[] body = VfioUserClient.body(20).putInt(8, 0).putInt(12, 4).putInt(16, 7).array();
      for (byte b : VfioUserClient.header(1, 10, 0x10, 0, body)) {
        rig.vmm.send(new byte[] {b});
      }
      assertThat(rig.vmm.read32(4)).isEqualTo(4);
      assertThat(rig.function.calls).containsExactly("write 0/4=7", "read 4/4");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 9, 13, 99})
  void anything_before_the_version(int command) throws Exception {
    try (ConnectionRig rig = new ConnectionRig()) {
      assertThat(rig.vmm.ask(command, new byte[32]).errno()).isEqualTo(Errno.EINVAL.number());
      endsWith(rig, Reason.NOT_NEGOTIATED);
      assertThat(rig.function.calls).containsExactly("unmap all");
    }
  }

  @Test
  void another_major_version() throws Exception {
    try (ConnectionRig rig = new ConnectionRig()) {
      assertThat(rig.vmm.negotiate(1, 0, "{}").errno()).isEqualTo(Errno.EINVAL.number());
      endsWith(rig, Reason.NOT_NEGOTIATED);
    }
  }

  @Test
  void a_version_with_bad_json() throws Exception {
    try (ConnectionRig rig = new ConnectionRig()) {
      assertThat(rig.vmm.negotiate(0, 0, "{").errno()).isEqualTo(Errno.EINVAL.number());
      endsWith(rig, Reason.NOT_NEGOTIATED);
    }
  }

  @Test
  void a_higher_minor_version_is_answered_with_the_servers() throws Exception {
    try (ConnectionRig rig = new ConnectionRig()) {
      ByteBuffer fields = rig.vmm.negotiate(0, 7, VfioUserClient.QEMU_CAPABILITIES).fields();
      assertThat(fields.getInt(0)).isZero();
      assertThat(fields.remaining()).isLessThan(4 + VfioUserClient.QEMU_CAPABILITIES.length());
      assertThat(fields.get(fields.limit() - 1)).isZero();
    }
  }

  @Test
  void a_version_without_capabilities_is_answered_without() throws Exception {
    try (ConnectionRig rig = new ConnectionRig()) {
      assertThat(rig.vmm.ask(1, new byte[4]).body()).isEqualTo(new byte[4]);
      assertThat(rig.vmm.read32(8)).isEqualTo(8);
    }
  }

  @Test
  void replies_to_no_message_are_counted() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      for (int id = 0; id < 100; id++) {
        rig.vmm.send(VfioUserClient.header(0x8000 + id, 11, 1, 0, new byte[24]));
      }
      assertThat(rig.vmm.read32(4)).isEqualTo(4);
      assertThat(rig.connection.unmatchedReplies()).isEqualTo(100);
    }
  }

  @Test
  void ten_thousand_refused_requests_and_one_more() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      for (int i = 0; i < ProtocolLimits.DEFAULT.refusals(); i++) {
        rig.vmm.post(99, new byte[0]);
      }
      assertThat(rig.vmm.read32(4)).isEqualTo(4);
      rig.vmm.post(99, new byte[0]);
      endsWith(rig, Reason.TOO_MANY_REFUSALS);
    }
  }

  @Test
  void a_vmm_that_does_not_read() throws Exception {
    UnixStream.Pair pair = UnixStream.pair();
    ProtocolLimits limits = ConnectionRig.impatient(SHORT, SOON, SOON);
    var function = new RecordingFunction();
    var connection = new VfioUserConnection(pair.first(), function, limits);
    Thread flood = Thread.ofPlatform().start(() -> floodReads(pair.second()));

    ConnectionEnd end = connection.run();

    assertThat(end.reason()).isEqualTo(Reason.SEND_FAILED);
    pair.second().close();
    flood.join();
  }

  @Test
  void a_vmm_that_reads_byte_by_byte_has_no_more_time_than_one_that_reads_nothing()
      throws Exception {
    UnixStream.Pair pair = UnixStream.pair();
    ProtocolLimits limits = ConnectionRig.impatient(SHORT, SOON, SOON);
    var connection = new VfioUserConnection(pair.first(), new RecordingFunction(), limits);
    Thread flood = Thread.ofPlatform().start(() -> floodReads(pair.second()));
    Thread drip = Thread.ofPlatform().start(() -> readSlowly(pair.second()));

    assertThat(connection.run().reason()).isEqualTo(Reason.SEND_FAILED);

    pair.second().close();
    flood.join();
    drip.join();
  }

  private static void readSlowly(UnixStream vmm) {
    try {
      while (vmm.receive(ByteBuffer.allocateDirect(1)) > 0) {
        // One byte now and then: each receive is quick, only the whole message takes too long.
        Thread.sleep(20);
      }
    } catch (PosixException | InterruptedException over) {
      assertThat(over).isInstanceOf(PosixException.class);
    }
  }

  private static void endsSilently(ConnectionRig rig, int bytes) throws Exception {
    if (bytes > 0) {
      rig.vmm.send(Arrays.copyOf(header(32, 0).array(), bytes));
    }
    endsWith(rig, Reason.SILENT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 31})
  void a_vmm_that_does_not_introduce_itself(int bytes) throws Exception {
    ProtocolLimits limits = ConnectionRig.impatient(SOON, SHORT, SOON);
    try (ConnectionRig rig = new ConnectionRig(limits)) {
      endsSilently(rig, bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 31})
  void a_message_that_does_not_go_on(int bytes) throws Exception {
    ProtocolLimits limits = ConnectionRig.impatient(SOON, SOON, SHORT);
    try (ConnectionRig rig = ConnectionRig.negotiated(limits)) {
      endsSilently(rig, bytes);
    }
  }

  @Test
  void a_version_that_drips() throws Exception {
    byte[] version = VfioUserClient.header(0, 1, 0, 0, new byte[2000]);
    ProtocolLimits limits = ConnectionRig.impatient(SOON, SHORT, SHORT);
    try (ConnectionRig rig = new ConnectionRig(limits)) {
      drip(rig, version);
      endsWith(rig, Reason.SILENT);
    }
  }

  @Test
  void a_message_that_drips() throws Exception {
    ProtocolLimits limits = ConnectionRig.impatient(SOON, SOON, SHORT);
    try (ConnectionRig rig = ConnectionRig.negotiated(limits)) {
      drip(rig, VfioUserClient.header(1, 10, 0, 0, new byte[2000]));
      endsWith(rig, Reason.SILENT);
    }
  }

  private static void drip(ConnectionRig rig, byte[] message) throws Exception {
    for (int i = 0; i < message.length && !rig.end.isDone(); i++) {
      try {
        rig.vmm.send(new byte[] {message[i]});
      } catch (java.io.UncheckedIOException over) {
        return;
      }
      // One byte now and then: each receive is quick, only the whole message takes too long.
      Thread.sleep(20);
    }
  }

  @Test
  void a_silent_vmm_stays_connected_after_its_version() throws Exception {
    ProtocolLimits limits = ConnectionRig.impatient(SOON, SHORT, SHORT);
    try (ConnectionRig rig = ConnectionRig.negotiated(limits)) {
      // Longer than every limit of the connection: nothing happens that could be waited for.
      Thread.sleep(2 * SHORT.toMillis());

      assertThat(rig.vmm.read32(4)).isEqualTo(4);
    }
  }

  private static void floodReads(UnixStream vmm) {
    byte[] version = VfioUserClient.header(0, 1, 0, 0, new byte[4]);
    ByteBuffer read = VfioUserClient.body(16).putInt(8, 7).putInt(12, 4096);
    try {
      vmm.send(ByteBuffer.allocateDirect(version.length).put(version).flip());
      byte[] message = VfioUserClient.header(0, 9, 0, 0, read.array());
      while (true) {
        vmm.send(ByteBuffer.allocateDirect(message.length).put(message).flip());
      }
    } catch (PosixException over) {
      assertThat(over.errno()).isIn(Errno.EPIPE, Errno.ECONNRESET, Errno.EBADF);
    }
  }

  @Test
  void the_service_closes_it() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      rig.connection.close();
      endsWith(rig, Reason.CLOSED_HERE);
      rig.connection.close();
      assertThatThrownBy(rig.connection::run).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void one_that_never_ran_is_closed_too() throws Exception {
    UnixStream.Pair pair = UnixStream.pair();
    new VfioUserConnection(pair.first(), new RecordingFunction(), ProtocolLimits.DEFAULT).close();
    assertThat(pair.second().receive(ByteBuffer.allocateDirect(1))).isZero();
    pair.second().close();
  }

  @Test
  void a_fault_of_the_function_ends_its_connection_only() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      rig.function.onRead =
          () -> {
            throw new IllegalStateException("a fault for the test");
          };
      assertThatThrownBy(() -> rig.vmm.read32(0)).isInstanceOf(IllegalStateException.class);
      endsWith(rig, Reason.INTERNAL);
    }
  }

  @Test
  void descriptors_that_a_request_does_not_use_are_closed() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated();
        Fd fd = Memfd.create("unwanted", 4096)) {
      rig.vmm.read32(0);
      long before = OpenDescriptors.count();
      Fd[] sixteen = Stream.generate(() -> fd).limit(16).toArray(Fd[]::new);
      for (int command = 2; command < 20; command++) {
        rig.vmm.ask(command, new byte[40], sixteen);
        rig.vmm.post(command, new byte[0], fd, fd);
        rig.vmm.send(VfioUserClient.header(0x8001, command, 1, 0, new byte[8]), fd);
      }
      rig.vmm.read32(0);
      assertThat(OpenDescriptors.count()).isEqualTo(before);
    }
  }

  @Test
  void nothing_is_left_open() throws Exception {
    long before = OpenDescriptors.count();
    for (int i = 0; i < 50; i++) {
      try (ConnectionRig rig = ConnectionRig.negotiated();
          EventFd line = EventFd.create()) {
        rig.vmm.setIntx(line.fd());
      }
    }
    assertThat(OpenDescriptors.count()).isEqualTo(before);
  }
}
