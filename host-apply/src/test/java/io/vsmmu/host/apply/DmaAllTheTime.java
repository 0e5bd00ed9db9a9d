package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Fd;
import java.util.concurrent.TimeUnit;

/** A device that copies within the guest's RAM without a pause, by the first stage 1. */
final class DmaAllTheTime implements AutoCloseable {

  private static final long MOST_NANOS = 20_000_000_000L;

  /** Under this object's monitor, which is notified of each change. */
  private int copies;

  private int failed;
  private final VfioDevice file;
  private final Thread thread;
  private volatile boolean ends;

  /** Owns the device's file from here on. */
  DmaAllTheTime(Fd device, GuestRam ram) {
    file = VfioDevice.over(KernelCalls.system(), device);
    EduDevice edu = new EduDevice(file);
    thread = Thread.ofPlatform().start(() -> run(edu, ram));
  }

  private void run(EduDevice edu, GuestRam ram) {
    while (!ends) {
      count(ram.reaches(edu, GuestRam.Way.FIRST));
    }
  }

  private synchronized void count(boolean arrived) {
    if (arrived) {
      copies++;
    } else {
      failed++;
    }
    notifyAll();
  }

  /** Number of copies that did not arrive. */
  synchronized int failed() {
    return failed;
  }

  /** Waits until this number of further copies has arrived. */
  synchronized void awaitCopies(int more) throws InterruptedException {
    int wanted = copies + more;
    long end = System.nanoTime() + MOST_NANOS;
    while (copies < wanted && end - System.nanoTime() > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
    }
    assertThat(copies).isGreaterThanOrEqualTo(wanted);
  }

  @Override
  public void close() {
    ends = true;
    try {
      thread.join();
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
    file.close();
  }
}
