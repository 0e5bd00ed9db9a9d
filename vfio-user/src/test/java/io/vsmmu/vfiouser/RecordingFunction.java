package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A function that records its calls. Each register reads as its offset. */
final class RecordingFunction implements PciFunction {

  static final long BAR_BYTES = 0x20000;
  static final int ROM_BYTES = 0x1000;

  /** A size that it refuses to map, with ENOSPC. */
  static final long TOO_MUCH = 0x7000;

  final List<String> calls = new CopyOnWriteArrayList<>();
  volatile Runnable onRead = () -> {};

  /** Done after a write, by the thread that works; none by default. */
  volatile @Nullable Runnable onWork;

  private volatile boolean written;

  private void told(String format, Object... values) {
    if (calls.size() < 50_000) {
      calls.add(format.formatted(values));
    }
  }

  @Override
  public long barBytes() {
    return BAR_BYTES;
  }

  @Override
  public int romBytes() {
    return ROM_BYTES;
  }

  /** Each byte is its offset's lowest byte. */
  @Override
  public void readRom(int offset, int count, ByteBuffer into, int at) {
    for (int i = 0; i < count; i++) {
      into.put(at + i, (byte) (offset + i));
    }
  }

  @Override
  public long readRegister(int offset, int width) {
    onRead.run();
    told("read %x/%d", offset, width);
    return 0x1122_3344_0000_0000L | offset;
  }

  @Override
  public void writeRegister(int offset, int width, long value) {
    told("write %x/%d=%x", offset, width, value);
    written = onWork != null;
  }

  @Override
  public boolean hasWork() {
    return written;
  }

  @Override
  public void work() {
    written = false;
    Runnable work = onWork;
    if (work != null) {
      work.run();
    }
  }

  @Override
  public int mapMemory(
      long address,
      long size,
      boolean readable,
      boolean writable,
      long offset,
      @Nullable Fd descriptor) {
    String rights = (readable ? "r" : "") + (writable ? "w" : "");
    told("map %x+%x %s @%x %s", address, size, rights, offset, descriptor == null ? "-" : "fd");
    if (descriptor != null) {
      descriptor.close();
    }
    return size == TOO_MUCH ? Errno.ENOSPC.number() : 0;
  }

  @Override
  public int unmapMemory(long address, long size) {
    told("unmap %x+%x", address, size);
    return size == TOO_MUCH ? Errno.ENOENT.number() : 0;
  }

  @Override
  public void unmapAllMemory() {
    told("unmap all");
  }

  @Override
  public void reset() {
    told("reset");
  }

  @Override
  public void memoryAccessChanged(boolean on) {
    told("memory %s", on);
  }
}
