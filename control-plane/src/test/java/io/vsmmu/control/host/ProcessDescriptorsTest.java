package io.vsmmu.control.host;

import static io.vsmmu.testing.StubKernel.DEVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.testing.StubKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Descriptors of a child process that has /dev/null as 3 and a pipe as 0. */
@Timeout(60)
@Isolated("It counts the open descriptors of the process.")
class ProcessDescriptorsTest {

  @TempDir Path folder;
  private IommufdHost host;
  private ProcessDescriptors processes;
  private Process process;
  private int pid;

  @BeforeEach
  void start() throws IOException {
    StubKernel kernel = new StubKernel(folder);
    host = new IommufdHost(kernel.paths(), kernel);
    processes = new ProcessDescriptors(LocalHost.of(host));
    process =
        new ProcessBuilder("sh", "-c", "exec 3</dev/null; echo; exec cat")
            .redirectErrorStream(true)
            .start();
    pid = (int) process.pid();
    assertThat(process.getInputStream().read()).isEqualTo('\n');
  }

  @AfterEach
  void end() {
    process.destroy();
    host.close();
  }

  private HostProblem refused(int fd) {
    return ((OfferOutcome.Refused) processes.offer(pid, fd)).problem();
  }

  @Test
  void a_device_that_a_process_has_open_is_kept() {
    long before = OpenFiles.of("/dev/null");

    assertThat(processes.offer(pid, 3)).isEqualTo(new OfferOutcome.Kept(DEVICE));

    assertThat(OpenFiles.of("/dev/null")).isEqualTo(before + 1);
    host.withdraw(DEVICE);
    assertThat(OpenFiles.of("/dev/null")).isEqualTo(before);
  }

  @Test
  void a_pipe_is_no_device_and_nothing_of_it_stays_open() {
    long before = OpenFiles.of("pipe:");
    for (int i = 0; i < 50; i++) {
      assertThat(refused(0).kind()).isEqualTo(Kind.NOT_A_DEVICE);
    }
    assertThat(OpenFiles.of("pipe:")).isEqualTo(before);
    assertThat(OpenFiles.of("anon_inode:[pidfd]")).isZero();
  }

  @Test
  void a_number_that_the_process_does_not_have_is_told() {
    assertThat(refused(999).kind()).isEqualTo(Kind.NO_SUCH_DESCRIPTOR);
    assertThat(refused(999).what().field()).contains("999", String.valueOf(pid));
  }

  @Test
  void a_process_that_has_ended_is_told() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();

    assertThat(refused(3).kind()).isEqualTo(Kind.NO_SUCH_PROCESS);
  }

  @Test
  void the_service_itself_is_refused() {
    pid = (int) ProcessHandle.current().pid();

    assertThat(refused(0).kind()).isEqualTo(Kind.PROCESS_FORBIDDEN);
  }

  @Test
  void a_simulated_host_asks_no_process() {
    ProcessDescriptors none = new ProcessDescriptors(LocalHost.of(SimulatedHost.standard()));

    assertThat(none.offer(pid, 3))
        .isInstanceOfSatisfying(
            OfferOutcome.Refused.class,
            refused -> assertThat(refused.problem().kind()).isEqualTo(Kind.SIMULATED));
  }
}
