package io.vsmmu.platform.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vsmmu.platform.BuildResults;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** DEN 0049E.d. */
class IortBuilderTest {

  private static byte[] bytes(IortLayout layout) {
    return BuildResults.made(IortBuilder.build(layout)).bytes();
  }

  private static IortReader read(IortLayout layout) {
    return new IortReader(bytes(layout));
  }

  @Test
  void a_table_has_revision_5_its_length_and_a_sum_of_zero() {
    byte[] table = bytes(Layouts.accelerated());
    ByteBuffer header = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(new String(table, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("IORT");
    assertThat(header.getInt(4)).isEqualTo(table.length);
    assertThat(table[8]).isEqualTo((byte) 5);
    int sum = 0;
    for (byte b : table) {
      sum += b;
    }
    assertThat(sum & 0xFF).isZero();
    assertThat(new String(table, 10, 6, StandardCharsets.US_ASCII)).isEqualTo("VSMMU\0");
  }

  /** QEMU's identification, with its spaces, so that Linux replaces QEMU's table by this one. */
  @Test
  void a_table_can_replace_that_of_another_machine() {
    IortLayout ours = Layouts.accelerated();
    AcpiIdentity identity = new AcpiIdentity("BOCHS ", "BXPC    ", 2, "VSMU", 1);
    byte[] table =
        bytes(new IortLayout(identity, ours.itsGroups(), ours.smmus(), ours.rootComplexes()));

    assertThat(new String(table, 10, 14, StandardCharsets.US_ASCII)).isEqualTo("BOCHS BXPC    ");
  }

  @Test
  void nodes_have_their_revisions_and_identifiers_of_their_own() {
    IortReader iort = read(Layouts.three());

    assertThat(iort.nodes(IortReader.ITS)).allMatch(n -> n.revision() == 1);
    assertThat(iort.nodes(IortReader.ROOT_COMPLEX)).allMatch(n -> n.revision() == 3);
    assertThat(iort.nodes(IortReader.SMMU)).hasSize(3).allMatch(n -> n.revision() == 4);
    assertThat(iort.nodes(IortReader.RMR)).hasSize(2).allMatch(n -> n.revision() == 3);
    Set<Integer> ids = new HashSet<>();
    for (int type = 0; type < 7; type++) {
      iort.nodes(type).forEach(n -> assertThat(ids.add(n.id())).isTrue());
    }
  }

  @Test
  void an_smmu_has_its_frame_its_interrupts_and_COHACC() {
    IortReader iort = read(Layouts.three());
    IortReader.Node wired = iort.nodes(IortReader.SMMU).get(0);
    IortReader.Node messages = iort.nodes(IortReader.SMMU).get(2);

    assertThat(iort.u64(wired, 16)).isEqualTo(0x80_0000_0000L);
    assertThat(iort.u32(wired, 24)).isEqualTo(1);
    assertThat(iort.u32(wired, 44)).isEqualTo(106);
    assertThat(iort.u32(wired, 48)).isEqualTo(107);
    assertThat(iort.u32(wired, 52)).isEqualTo(109);
    assertThat(iort.u32(wired, 56)).isEqualTo(108);
    assertThat(iort.u32(messages, 24)).isZero();
    for (int gsiv = 44; gsiv <= 56; gsiv += 4) {
      assertThat(iort.u32(messages, gsiv)).isZero();
    }
  }

  @Test
  void messages_of_an_smmu_have_a_single_mapping_that_its_node_names() {
    IortReader iort = read(Layouts.three());
    IortReader.Node smmu = iort.nodes(IortReader.SMMU).get(2);
    IortReader.Map4 own = smmu.mappings().get((int) iort.u32(smmu, 64));

    assertThat(own.flags()).isEqualTo(1);
    assertThat(own.output()).isEqualTo(0xF8);
    assertThat(iort.at(own.reference()).type()).isEqualTo(IortReader.ITS);
  }

  @Test
  void a_requester_goes_through_its_smmu_to_its_its() {
    IortReader iort = read(Layouts.three());
    IortReader.Node rc = iort.nodes(IortReader.ROOT_COMPLEX).getFirst();

    IortReader.Hit stream = iort.follow(rc, 0x2108, IortReader.SMMU);
    assertThat(iort.u64(stream.node(), 16)).isEqualTo(0x80_0002_0000L);
    assertThat(stream.id()).isEqualTo(0x2108);
    assertThat(iort.follow(rc, 0x2108, IortReader.ITS).id()).isEqualTo(0x2108);
    assertThat(iort.follow(rc, 0x700, IortReader.ITS).id()).isEqualTo(0x700);
    assertThat(iort.follow(rc, 0x5000, IortReader.ITS).node().type()).isEqualTo(-1);
  }

  @Test
  void the_last_id_of_a_mapping_is_one_less_than_its_count() {
    IortReader iort = read(Layouts.gicv2m());
    IortReader.Node rc = iort.nodes(IortReader.ROOT_COMPLEX).getFirst();

    assertThat(rc.mappings().getFirst().count()).isEqualTo(0x1_0000);
    assertThat(iort.follow(rc, 0xFFFF, IortReader.SMMU).id()).isEqualTo(0xFFFF);
    assertThat(iort.nodes(IortReader.SMMU).getFirst().mappings()).isEmpty();
  }

  @Test
  void an_accelerated_smmu_reserves_the_msi_window_for_its_streams() {
    IortReader iort = read(Layouts.three());
    IortReader.Node first = iort.nodes(IortReader.RMR).getFirst();
    int descriptor = (int) iort.u32(first, 24);

    assertThat(iort.u32(first, 16)).isZero();
    assertThat(iort.u32(first, 20)).isEqualTo(1);
    assertThat(iort.u64(first, descriptor)).isEqualTo(0x800_0000);
    assertThat(iort.u64(first, descriptor + 8)).isEqualTo(0x10_0000);
    assertThat(first.mappings())
        .extracting(IortReader.Map4::output, IortReader.Map4::count)
        .containsExactly(tuple(0x900L, 0x100L), tuple(0xA08L, 1L));
    assertThat(first.mappings())
        .allMatch(m -> m.reference() == iort.nodes(IortReader.SMMU).getFirst().offset());
  }

  @Test
  void a_root_complex_tells_its_segment_memory_and_ats() {
    IortReader iort = read(Layouts.accelerated());
    IortReader.Node rc = iort.nodes(IortReader.ROOT_COMPLEX).getFirst();

    assertThat(iort.u32(rc, 16)).isEqualTo(1);
    assertThat(iort.u8(rc, 23)).isEqualTo(3);
    assertThat(iort.u32(rc, 24)).isEqualTo(1);
    assertThat(iort.u32(rc, 28)).isZero();
    assertThat(iort.u8(rc, 32)).isEqualTo(64);
  }

  @Test
  void an_smmu_that_leaves_msi_addresses_guest_physical_is_of_the_model_that_linux_knows_for_it() {
    for (GuestMsi msi : GuestMsi.values()) {
      GuestSmmu smmu =
          new GuestSmmu("a", 0x905_0000, true, Layouts.WIRES, OptionalInt.of(0), msi, List.of());
      IortReader iort =
          read(
              Layouts.of(
                  List.of(smmu), Layouts.complex(RequesterRoute.toSmmu(RequesterRoute.ALL, "a"))));

      assertThat(iort.u32(iort.nodes(IortReader.SMMU).getFirst(), 40))
          .as(msi.name())
          .isEqualTo(msi == GuestMsi.PHYSICAL ? 1 : 0);
    }
  }

  @Test
  void functions_of_one_bus_go_behind_two_smmus_and_past_both() {
    IdRange nic = new IdRange(0x10, 1);
    IdRange disk = new IdRange(0x18, 1);
    IortReader iort =
        read(
            Layouts.of(
                List.of(
                    Layouts.smmu("a", 0x905_0000, nic),
                    new GuestSmmu(
                        "b",
                        0x909_0000,
                        true,
                        new SmmuInterrupts.Messages(0, SmmuInterrupts.NO_REQUESTER),
                        OptionalInt.of(0),
                        GuestMsi.TRANSLATED,
                        List.of(disk))),
                Layouts.complex(
                    RequesterRoute.toIts(new IdRange(0, 0x10), 0),
                    RequesterRoute.toSmmu(nic, "a"),
                    RequesterRoute.toIts(new IdRange(0x11, 7), 0),
                    RequesterRoute.toSmmu(disk, "b"),
                    RequesterRoute.toIts(new IdRange(0x19, 0xFFE7), 0))));
    IortReader.Node rc = iort.nodes(IortReader.ROOT_COMPLEX).getFirst();

    assertThat(iort.u64(iort.follow(rc, 0x10, IortReader.SMMU).node(), 16)).isEqualTo(0x905_0000);
    assertThat(iort.u64(iort.follow(rc, 0x18, IortReader.SMMU).node(), 16)).isEqualTo(0x909_0000);
    for (long direct : new long[] {0x8, 0x11, 0x19, 0xF8, 0xFFFF}) {
      assertThat(iort.follow(rc, direct, IortReader.SMMU).node().type()).isEqualTo(-1);
      assertThat(iort.follow(rc, direct, IortReader.ITS).id()).isEqualTo(direct);
    }
  }

  @Test
  void pasids_make_a_root_complex_of_revision_4() {
    IortReader iort = read(Layouts.withPasid());
    IortReader.Node rc = iort.nodes(IortReader.ROOT_COMPLEX).getFirst();

    assertThat(rc.revision()).isEqualTo(4);
    assertThat(iort.u32(rc, 24)).isEqualTo(7);
    assertThat(iort.u8(rc, 33)).isEqualTo(20);
    assertThat(iort.u32(rc, 36)).isEqualTo(2);
    assertThat(iort.follow(rc, 0x900, IortReader.SMMU).id()).isEqualTo(0x900);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_requester_of_a_random_layout_arrives_where_its_route_says(long seed) {
    IortLayout layout = Layouts.random(seed);
    IortReader iort = read(layout);
    List<IortReader.Node> complexes = iort.nodes(IortReader.ROOT_COMPLEX);

    for (int i = 0; i < complexes.size(); i++) {
      for (RequesterRoute route : layout.rootComplexes().get(i).routes()) {
        for (long id : new long[] {route.requesters().first(), route.requesters().end() - 1}) {
          arrives(layout, iort, complexes.get(i), route, id);
        }
      }
    }
    assertThat(iort.nodes(IortReader.RMR).size())
        .isEqualTo(layout.smmus().stream().filter(s -> !s.msiWindow().isEmpty()).count());
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  private static void arrives(
      IortLayout layout, IortReader iort, IortReader.Node rc, RequesterRoute route, long id) {
    long expected = route.outputBase() + id - route.requesters().first();
    switch (route.target()) {
      case RequesterRoute.Target.Its(int group) -> {
        IortReader.Hit hit = iort.follow(rc, id, IortReader.ITS);
        assertThat(hit.id()).isEqualTo(expected);
        assertThat(iort.u32(hit.node(), 20)).isEqualTo(group);
      }
      case RequesterRoute.Target.Smmu(String name) -> {
        GuestSmmu smmu =
            layout.smmus().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
        IortReader.Hit hit = iort.follow(rc, id, IortReader.SMMU);
        assertThat(hit.id()).isEqualTo(expected);
        assertThat(iort.u64(hit.node(), 16)).isEqualTo(smmu.base());
        IortReader.Hit its = iort.follow(rc, id, IortReader.ITS);
        if (smmu.itsGroup().isPresent()) {
          assertThat(its.id()).isEqualTo(expected);
          assertThat(iort.u32(its.node(), 20)).isEqualTo(smmu.itsGroup().getAsInt());
        } else {
          assertThat(its.node().type()).isEqualTo(-1);
        }
      }
    }
  }
}
