package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Fd;
import java.util.concurrent.atomic.AtomicInteger;

/** A device that copies within the guest's RAM without a pause, by the first stage 1. */
final class DmaAllTheTime implements AutoCloseable {

  private static final int MOST_MILLIS = 20_000;
  private static final int LOOK_MILLIS = 10;

  private final AtomicInteger copies = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
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
      (ram.reaches(edu, GuestRam.Way.FIRST) ? copies : failed).incrementAndGet();
    }
  }

  /** How many did not arrive. */
  int failed() {
    return failed.get();
  }

  /** Waits for so many more that arrive. */
  void awaitCopies(int more) throws InterruptedException {
    int wanted = copies.get() + more;
    for (int waited = 0; copies.get() < wanted && waited < MOST_MILLIS; waited += LOOK_MILLIS) {
      Thread.sleep(LOOK_MILLIS);
    }
    assertThat(copies.get()).isGreaterThanOrEqualTo(wanted);
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
