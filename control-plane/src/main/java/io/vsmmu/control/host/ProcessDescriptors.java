package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;

/** Takes descriptors of devices that another process, such as a VMM, has open (pidfd_getfd(2)). */
public final class ProcessDescriptors {

  private final LocalHost host;

  public ProcessDescriptors(LocalHost host) {
    this.host = host;
  }

  /**
   * Takes a duplicate of a descriptor of a process; the process keeps its own.
   *
   * @param pid at least 1
   * @param number as the process numbers it, at least 0
   */
  public OfferOutcome offer(int pid, int number) {
    if (host instanceof SimulatedLocalHost simulated) {
      return simulated.refusal();
    }
    if (pid == ProcessHandle.current().pid()) {
      // Closing a duplicate of a file of this process would release its locks of the file
      // (fcntl(2)).
      return new OfferOutcome.Refused(
          new HostProblem(
              Kind.PROCESS_FORBIDDEN,
              "process " + pid,
              "the service itself",
              Advice.NAME_OTHER_PROCESS.with()));
    }
    try (PidFd process = PidFd.open(pid)) {
      return duplicate(process, pid, number);
    } catch (PosixException failed) {
      return new OfferOutcome.Refused(noProcess(pid, failed));
    }
  }

  private OfferOutcome duplicate(PidFd process, int pid, int number) {
    Fd fd;
    try {
      fd = process.descriptor(number);
    } catch (PosixException failed) {
      return new OfferOutcome.Refused(noDescriptor(pid, number, failed));
    }
    return host.offer(fd);
  }

  private static HostProblem noProcess(int pid, PosixException failed) {
    String subject = "process " + pid;
    return switch (failed.errno()) {
      case ESRCH ->
          new HostProblem(
              Kind.NO_SUCH_PROCESS,
              subject,
              "there is none",
              Advice.NAME_PROCESS_OF_NAMESPACE.with());
      case EINVAL ->
          new HostProblem(
              Kind.NO_SUCH_PROCESS,
              subject,
              "a thread, not a process",
              Advice.NAME_PROCESS_OF_THREAD.with());
      default -> failure(subject, failed);
    };
  }

  private static HostProblem noDescriptor(int pid, int number, PosixException failed) {
    String subject = "descriptor %d of process %d".formatted(number, pid);
    return switch (failed.errno()) {
      case EBADF ->
          new HostProblem(
              Kind.NO_SUCH_DESCRIPTOR, subject, "there is none", Advice.NAME_DESCRIPTOR.with());
      case EPERM ->
          new HostProblem(
              Kind.PROCESS_FORBIDDEN,
              subject,
              "the service may not trace the process",
              Advice.ALLOW_TRACING.with());
      case ESRCH ->
          new HostProblem(
              Kind.NO_SUCH_PROCESS,
              "process " + pid,
              "it has ended",
              Advice.NAME_PROCESS_OF_NAMESPACE.with());
      default -> failure(subject, failed);
    };
  }

  private static HostProblem failure(String subject, PosixException failed) {
    String found = String.valueOf(failed.getMessage());
    return switch (failed.errno()) {
      case EMFILE, ENFILE ->
          new HostProblem(Kind.NO_DESCRIPTORS, subject, found, Advice.RAISE_FILES.with());
      case ENOSYS ->
          new HostProblem(Kind.OLD_KERNEL, subject, found, Advice.USE_PIDFD_KERNEL.with());
      default -> new HostProblem(Kind.UNEXPECTED, subject, found, Advice.SEND_TO_SOCKET.with());
    };
  }
}
