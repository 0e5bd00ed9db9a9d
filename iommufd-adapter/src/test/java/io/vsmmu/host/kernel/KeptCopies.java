package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PassedDescriptor;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Keeps copies of descriptors as a service manager does, and returns copies of them. */
public final class KeptCopies implements DescriptorStore, AutoCloseable {

  private final Map<String, Fd> held = new ConcurrentSkipListMap<>();

  private static Fd copy(Fd fd) {
    try (PidFd ourselves = PidFd.open((int) ProcessHandle.current().pid())) {
      return ourselves.descriptor(fd.number());
    } catch (PosixException refused) {
      throw new IllegalStateException(refused);
    }
  }

  @Override
  public boolean keeps() {
    return true;
  }

  @Override
  public boolean keep(String name, Fd fd) {
    Fd earlier = held.put(name, copy(fd));
    if (earlier != null) {
      earlier.close();
    }
    return true;
  }

  @Override
  public void drop(List<String> names) {
    for (String name : names) {
      Fd fd = held.remove(name);
      if (fd != null) {
        fd.close();
      }
    }
  }

  @Override
  public List<PassedDescriptor> kept() {
    return held.entrySet().stream()
        .map(entry -> new PassedDescriptor(entry.getKey(), copy(entry.getValue())))
        .toList();
  }

  /** Closes the descriptors whose names begin with this text. */
  public void lose(String beginning) {
    drop(held.keySet().stream().filter(name -> name.startsWith(beginning)).toList());
  }

  /** A copy of the descriptor whose name begins with this text. */
  public Fd copyOf(String beginning) {
    return held.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(beginning))
        .map(entry -> copy(entry.getValue()))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    drop(List.copyOf(held.keySet()));
  }
}
