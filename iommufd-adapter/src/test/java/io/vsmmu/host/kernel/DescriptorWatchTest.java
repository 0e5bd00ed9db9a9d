package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The descriptors of a VMM as /proc shows them, here in a folder. */
class DescriptorWatchTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final int PID = 4711;

  @TempDir Path folder;
  private FakeRoot root;
  private VmmProcesses processes;
  private final AtomicLong time = new AtomicLong();
  private DescriptorWatch watch;

  @BeforeEach
  void begin() throws IOException {
    root = new FakeRoot(folder, new FakeKernel());
    root.smmu(FakeRoot.SMMU);
    root.vfio(A, FakeRoot.SMMU, 1, 7);
    root.vfio(B, FakeRoot.SMMU, 2, 8);
    processes = new VmmProcesses(root.paths(), new SysfsTree(root.paths()));
    watch = new DescriptorWatch(processes, PID, time::get);
    Files.createDirectories(fd(0).getParent());
    opens(3, "dev/iommu");
    opens(4, "dev/vfio/devices/vfio7");
    opens(5, "dev/vfio/devices/vfio8");
    for (int eventfd = 6; eventfd < 40; eventfd++) {
      opens(eventfd, "anon_inode:[eventfd]");
    }
  }

  private Path fd(int number) {
    return folder.resolve("proc/" + PID + "/fd/" + number);
  }

  private void opens(int number, String file) throws IOException {
    Files.deleteIfExists(fd(number));
    Files.createSymbolicLink(fd(number), folder.resolve(file));
  }

  private void closes(int number) throws IOException {
    Files.delete(fd(number));
  }

  @Test
  void a_file_that_is_where_it_was_is_asked_of_its_descriptor_alone() throws IOException {
    assertThat(List.of(watch.has(A).orElseThrow(), watch.has(B).orElseThrow())).containsOnly(true);

    // Neither sysfs nor another descriptor can be looked at any more.
    try (Stream<Path> all = Files.walk(folder.resolve("sys"))) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    closes(3);

    assertThat(watch.has(A)).contains(true);
    assertThat(watch.has(B)).contains(true);
  }

  @Test
  void a_file_that_was_closed_is_gone_though_its_number_is_another_files() throws IOException {
    assertThat(watch.has(A)).contains(true);

    opens(4, "anon_inode:[eventfd]");
    assertThat(watch.has(A)).contains(false);
    assertThat(watch.has(B)).contains(true);

    closes(5);
    assertThat(watch.has(B)).contains(false);
  }

  @Test
  void a_file_under_another_number_is_open_still() throws IOException {
    assertThat(watch.has(A)).contains(true);

    closes(4);
    opens(50, "dev/vfio/devices/vfio7");

    assertThat(watch.has(A)).contains(true);
  }

  @Test
  void of_a_process_that_cannot_be_seen_nothing_is_said() throws IOException {
    assertThat(watch.has(A)).contains(true);
    for (int number = 3; number < 40; number++) {
      closes(number);
    }

    assertThat(watch.has(A)).isEmpty();
    assertThat(new DescriptorWatch(processes, 1, time::get).has(A)).isEqualTo(Optional.empty());
    assertThat(new DescriptorWatch(processes, 1, time::get).find(A)).isEmpty();
  }

  @Test
  void a_file_that_is_awaited_is_found_at_once_under_a_new_number() throws IOException {
    closes(4);
    assertThat(watch.find(A)).isEmpty();

    opens(50, "dev/vfio/devices/vfio7");

    assertThat(watch.find(A)).isEqualTo(OptionalInt.of(50));
  }

  @Test
  void two_files_that_are_awaited_are_found_at_once_both() throws IOException {
    closes(4);
    closes(5);
    assertThat(watch.find(A)).isEmpty();
    assertThat(watch.find(B)).isEmpty();

    opens(50, "dev/vfio/devices/vfio8");
    opens(51, "dev/vfio/devices/vfio7");

    assertThat(watch.find(A)).isEqualTo(OptionalInt.of(51));
    assertThat(watch.find(B)).isEqualTo(OptionalInt.of(50));
  }

  @Test
  void a_file_that_took_the_number_of_another_is_found_after_a_while() throws IOException {
    closes(4);
    assertThat(watch.find(A)).isEmpty();

    opens(20, "dev/vfio/devices/vfio7");
    assertThat(watch.find(A)).isEmpty();
    time.addAndGet(KernelHostLimits.DESCRIPTORS_ANEW.toNanos());

    assertThat(watch.find(A)).isEqualTo(OptionalInt.of(20));
  }

  @Test
  void a_device_that_came_back_with_another_file_name_is_found_by_that() throws IOException {
    closes(4);
    assertThat(watch.find(A)).isEmpty();
    Path entry = folder.resolve("sys/devices/pci/" + A + "/vfio-dev");
    Files.move(entry.resolve("vfio7"), entry.resolve("vfio9"));

    opens(50, "dev/vfio/devices/vfio9");

    assertThat(watch.find(A)).isEqualTo(OptionalInt.of(50));
  }
}
