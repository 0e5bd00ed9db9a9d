package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("slow")
class SharedMappingTest {

  private static final int PAGE = 4096;

  /** Number of calls after which both compilers of HotSpot have compiled the code. */
  private static final int UNTIL_COMPILED = 20_000;

  @TempDir Path directory;
  private Fd memory;

  @BeforeEach
  void create() throws PosixException {
    memory = Memfd.create("memory", 8L * PAGE);
  }

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void theOffsetIsTheSixthArgumentAndArrives() throws Exception {
    // given: a file whose pages hold their own numbers
    Path file = directory.resolve("pages");
    byte[] pages = new byte[4 * PAGE];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = (byte) (i / PAGE + 1);
    }
    Files.write(file, pages);

    for (int page = 0; page < 4; page++) {
      // when
      try (SharedMapping mapping = SharedMapping.of(file, (long) page * PAGE, PAGE, false)) {
        // then
        assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) (page + 1));
        assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, PAGE - 1))
            .isEqualTo((byte) (page + 1));
      }
    }
  }

  /** Every way of this machine: the second one is for kernels and sandboxes without the first. */
  static Stream<KernelCopy> copies() {
    return Stream.of(KernelCopy.processVm(), KernelCopy.procMem().orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("copies")
  void whatIsWrittenOnOneSideIsReadOnTheOther(KernelCopy copy) throws Exception {
    try (SharedMapping one = SharedMapping.of(memory, 0, 8L * PAGE, true, copy);
        SharedMapping other = SharedMapping.of(memory, 0, 8L * PAGE, true, copy)) {
      // when
      boolean written = one.write(PAGE - 2, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
      boolean stored = one.storeRelease(8, 0x0a0b0c0d);

      // then
      byte[] read = new byte[4];
      assertThat(written && stored).isTrue();
      assertThat(other.read(PAGE - 2, MemorySegment.ofArray(read))).isTrue();
      assertThat(read).containsExactly(1, 2, 3, 4);
      assertThat(other.segment().get(ValueLayout.JAVA_INT, 8)).isEqualTo(0x0a0b0c0d);
    }
  }

  @Test
  void nothingIsMappedThatTheFileDoesNotHold() throws Exception {
    assertRefused(0, 9L * PAGE);
    assertRefused(8L * PAGE, PAGE);
    assertRefused(1, PAGE);
    assertRefused(-PAGE, PAGE);
    assertRefused(0, 0);
    assertRefused(PAGE, Long.MAX_VALUE - PAGE + 1);
    assertThat(FileStatus.of(memory).size()).as("never extended").isEqualTo(8L * PAGE);
  }

  private void assertRefused(long offset, long size) {
    assertThatThrownBy(() -> SharedMapping.of(memory, offset, size, true))
        .hasMessage("mmap: EINVAL");
  }

  @Test
  void onlyRegularFilesAreMapped() throws Exception {
    try (EventFd event = EventFd.create()) {
      assertThatThrownBy(() -> SharedMapping.of(event.fd(), 0, PAGE, true))
          .hasMessage("mmap: EINVAL");
    }
    assertThatThrownBy(() -> SharedMapping.of(directory, 0, PAGE, false))
        .hasMessage("mmap: EINVAL");
    assertThatThrownBy(() -> SharedMapping.of(directory.resolve("none"), 0, PAGE, false))
        .hasMessage("open: ENOENT");
  }

  @Test
  void aReadOnlyMappingIsNotWritten() throws Exception {
    try (SharedMapping mapping = SharedMapping.of(memory, 0, PAGE, false)) {
      assertThat(mapping.write(0, MemorySegment.ofArray(new byte[1]))).isFalse();
      assertThat(mapping.storeRelease(0, 1)).isFalse();
      assertThat(mapping.segment().isReadOnly()).isTrue();
    }
  }

  @Test
  void aMappingOutlivesItsDescriptorButNotItsClose() throws Exception {
    // given
    SharedMapping mapping = SharedMapping.of(memory, 0, PAGE, true);
    memory.close();
    MemorySegment segment = mapping.segment();
    segment.set(ValueLayout.JAVA_INT, 0, 7);

    // when
    mapping.close();
    mapping.close();

    // then
    assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_INT, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThat(mapping.read(0, MemorySegment.ofArray(new byte[4]))).isFalse();
    assertThat(mapping.write(0, MemorySegment.ofArray(new byte[4]))).isFalse();
    assertThat(mapping.storeRelease(0, 1)).isFalse();
    assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("memfd:memory");
  }

  @ParameterizedTest
  @MethodSource("copies")
  void memoryThatIsCutOffIsNotReadableBeforeAndAfterCompilation(KernelCopy copy) throws Exception {
    try (SharedMapping mapping = SharedMapping.of(memory, 0, 8L * PAGE, true, copy);
        Arena arena = Arena.ofConfined()) {
      // given
      Memfd.resize(memory, 4L * PAGE);
      MemorySegment into = arena.allocate(2L * PAGE);

      // when, then
      assertCutOff(mapping, into);
      for (int i = 0; i < UNTIL_COMPILED; i++) {
        assertThat(mapping.storeRelease(i % PAGE * 4L, i)).isTrue();
        assertThat(mapping.read(i % PAGE, into)).isTrue();
      }
      for (int i = 0; i < 100; i++) {
        assertCutOff(mapping, into);
      }

      // when: it comes back
      Memfd.resize(memory, 8L * PAGE);
      assertThat(mapping.read(4L * PAGE, into)).isTrue();
    }
  }

  private static void assertCutOff(SharedMapping mapping, MemorySegment two) {
    assertThat(mapping.read(2L * PAGE, two)).as("all there").isTrue();
    assertThat(mapping.read(3L * PAGE, two)).as("the second half is gone").isFalse();
    assertThat(mapping.read(4L * PAGE, two.asSlice(0, 16))).isFalse();
    assertThat(mapping.write(4L * PAGE, two.asSlice(0, 16))).isFalse();
    assertThat(mapping.write(3L * PAGE, two)).isFalse();
    assertThat(mapping.storeRelease(4L * PAGE, 1)).isFalse();
  }

  @Test
  void closingUnderAReaderIsNoCrash() throws Exception {
    for (int round = 0; round < 200; round++) {
      // given
      SharedMapping mapping = SharedMapping.of(memory, 0, 8L * PAGE, true);
      CompletableFuture<Integer> reading = CompletableFuture.supplyAsync(() -> reads(mapping));

      // when
      Thread.sleep(0, 500_000);
      mapping.close();

      // then
      assertThat(reading.get(5, TimeUnit.SECONDS)).isNotNegative();
    }
  }

  private static int reads(SharedMapping mapping) {
    byte[] into = new byte[8 * PAGE];
    int count = 0;
    while (mapping.read(0, MemorySegment.ofArray(into)) && mapping.storeRelease(0, count)) {
      count++;
    }
    return count;
  }

  @Test
  void anAccessOutsideIsTheCallersMistake() throws Exception {
    try (SharedMapping mapping = SharedMapping.of(memory, 0, PAGE, true)) {
      assertThatThrownBy(() -> mapping.read(PAGE - 1, MemorySegment.ofArray(new byte[2])))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> mapping.storeRelease(PAGE, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aTebibyteCostsNothing() throws Exception {
    long size = 1L << 40;
    try (Fd huge = Memfd.create("huge", size);
        SharedMapping mapping = SharedMapping.of(huge, 0, size, true)) {
      assertThat(mapping.storeRelease(size - 4, 5)).isTrue();
      assertThat(mapping.segment().get(ValueLayout.JAVA_INT, size - 4)).isEqualTo(5);
    }
  }
}
