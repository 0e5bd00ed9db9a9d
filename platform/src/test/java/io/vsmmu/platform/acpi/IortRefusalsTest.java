package io.vsmmu.platform.acpi;

import static io.vsmmu.platform.acpi.Layouts.complex;
import static io.vsmmu.platform.acpi.Layouts.smmu;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.BuildResults;
import io.vsmmu.problem.Problem;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wrong layout is refused for one reason that names the field. */
class IortRefusalsTest {

  private static final RequesterRoute ALL =
      RequesterRoute.toSmmu(RequesterRoute.buses(0, 255), "a");

  private static Problem reason(IortLayout layout) {
    return BuildResults.reason(IortBuilder.build(layout));
  }

  private static IortLayout one(GuestSmmu smmu) {
    return Layouts.of(List.of(smmu), complex(ALL));
  }

  private static IortLayout routed(RequesterRoute... routes) {
    return Layouts.of(List.of(smmu("a", 0x905_0000)), complex(routes));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 0x905_1000, -0x1_0000, 0x905_0001})
  void a_frame_is_128_KiB_on_64_KiB(long base) {
    assertThat(reason(one(smmu("a", base))).field()).isEqualTo("smmus[a].base");
  }

  @Test
  void frames_do_not_overlap() {
    Problem reason =
        reason(
            Layouts.of(
                List.of(smmu("a", 0x905_0000), wired("b", 0x906_0000, 110, 111, 113, 112)),
                complex(
                    RequesterRoute.toSmmu(RequesterRoute.buses(0, 1), "a"),
                    RequesterRoute.toSmmu(RequesterRoute.buses(2, 3), "b"))));

    assertThat(reason.message())
        .isEqualTo(
            "smmus[b].base is 0x9060000, but must be apart from the 128 KiB at 0x9050000 of a:"
                + " move one of the register frames");
  }

  @Test
  void a_frame_is_not_in_the_window_that_the_smmu_reserves() {
    GuestSmmu inside = smmu("a", 0x808_0000, new IdRange(0x10, 1));

    assertThat(reason(one(inside)).required()).contains("outside of the MSI window");
  }

  @Test
  void names_are_given_once() {
    IortLayout layout =
        Layouts.of(List.of(smmu("a", 0x905_0000), smmu("a", 0x907_0000)), complex(ALL));

    assertThat(reason(layout).field()).isEqualTo("smmus.name");
  }

  @ParameterizedTest
  @CsvSource({"0,107,109,108,event", "106,31,109,108,pri", "106,107,0,108,gerror", "1,1,1,-1,sync"})
  void all_four_wires_are_interrupts_that_processors_share(
      long event, long pri, long gerror, long sync, String field) {
    GuestSmmu smmu =
        new GuestSmmu(
            "a",
            0x905_0000,
            true,
            new SmmuInterrupts.Wired(event, pri, gerror, sync),
            OptionalInt.of(0),
            GuestMsi.TRANSLATED,
            List.of());

    assertThat(BuildResults.refused(IortBuilder.build(one(smmu))))
        .extracting(Problem::field)
        .contains("smmus[a].interrupts." + field);
  }

  @Test
  void messages_go_to_a_group_that_exists_and_have_a_device_of_their_own() {
    assertThat(reason(one(messages(1, 0x1_0000))).field())
        .isEqualTo("smmus[a].interrupts.itsGroup");
    assertThat(reason(one(messages(0, 0x10))).required())
        .contains("none of the DeviceIDs 0x0+65536");
    assertThat(reason(one(messages(0, 1L << 32))).field())
        .isEqualTo("smmus[a].interrupts.deviceId");
  }

  @Test
  void a_message_without_a_requester_is_no_devices() {
    IortLayout layout =
        Layouts.of(
            List.of(messages("a", 0x905_0000, 0), messages("b", 0x907_0000, 0)),
            complex(
                RequesterRoute.toSmmu(RequesterRoute.buses(0, 3), "a"),
                RequesterRoute.toSmmu(RequesterRoute.buses(4, 7), "b")));

    assertThat(IortBuilder.build(layout)).isInstanceOf(BuildResult.Built.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0x900, 0x905, 0x1FFF})
  void the_messages_of_an_smmu_are_not_those_of_a_device_behind_another(long device) {
    IortLayout layout =
        Layouts.of(
            List.of(messages("a", 0x905_0000, device), smmu("b", 0x907_0000)),
            complex(
                RequesterRoute.toSmmu(RequesterRoute.buses(0x20, 0x2F), "a"),
                RequesterRoute.toSmmu(RequesterRoute.buses(9, 0x1F), "b")));

    Problem refusal = reason(layout);

    assertThat(refusal.field()).isEqualTo("smmus[a].interrupts.deviceId");
    assertThat(refusal.required()).contains("0x900+5888", "behind b");
  }

  @Test
  void two_smmus_have_one_device_id_only_without_a_requester() {
    IortLayout layout =
        Layouts.of(
            List.of(messages("a", 0x905_0000, 0x1_0000), messages("b", 0x907_0000, 0x1_0000)),
            complex(
                RequesterRoute.toSmmu(RequesterRoute.buses(8, 9), "a"),
                RequesterRoute.toSmmu(RequesterRoute.buses(10, 11), "b")));

    assertThat(reason(layout).field()).isEqualTo("smmus[b].interrupts.deviceId");
    assertThat(reason(layout).required()).contains("that of a");
  }

  @ParameterizedTest
  @CsvSource({"106,107,109,108", "300,301,302,108", "106,301,302,303", "300,301,302,106"})
  void two_smmus_share_no_wire(long event, long pri, long gerror, long sync) {
    IortLayout layout =
        Layouts.of(
            List.of(smmu("a", 0x905_0000), wired("b", 0x907_0000, event, pri, gerror, sync)),
            complex(
                RequesterRoute.toSmmu(RequesterRoute.buses(8, 9), "a"),
                RequesterRoute.toSmmu(RequesterRoute.buses(10, 11), "b")));

    assertThat(reason(layout).field()).isEqualTo("smmus[b].interrupts");
    assertThat(reason(layout).required()).contains("[106, 107, 109, 108] of a");
  }

  @Test
  void the_four_wires_of_an_smmu_are_different() {
    assertThat(reason(one(wired("a", 0x905_0000, 106, 107, 106, 108))).required())
        .isEqualTo("four different interrupts");
  }

  @ParameterizedTest
  @CsvSource({
    "31,false",
    "32,true",
    "1019,true",
    "1020,false",
    "4096,true",
    "5119,true",
    "5120,false"
  })
  void a_wire_is_a_shared_peripheral_interrupt(long gsiv, boolean possible) {
    BuildResult<AcpiTable> table =
        IortBuilder.build(one(wired("a", 0x905_0000, gsiv, 107, 109, 108)));

    assertThat(table instanceof BuildResult.Built).isEqualTo(possible);
  }

  @Test
  void the_window_is_reserved_for_each_stream_once() {
    GuestSmmu twice = smmu("a", 0x905_0000, new IdRange(0, 2), new IdRange(1, 2));

    assertThat(reason(one(twice)).required()).isEqualTo("apart from 0x0+2");
  }

  private static GuestSmmu messages(String name, long base, long device) {
    return new GuestSmmu(
        name,
        base,
        true,
        new SmmuInterrupts.Messages(0, device),
        OptionalInt.of(0),
        GuestMsi.TRANSLATED,
        List.of());
  }

  private static GuestSmmu wired(
      String name, long base, long event, long pri, long gerror, long sync) {
    return new GuestSmmu(
        name,
        base,
        true,
        new SmmuInterrupts.Wired(event, pri, gerror, sync),
        OptionalInt.of(0),
        GuestMsi.TRANSLATED,
        List.of());
  }

  private static GuestSmmu messages(int group, long device) {
    return new GuestSmmu(
        "a",
        0x905_0000,
        true,
        new SmmuInterrupts.Messages(group, device),
        OptionalInt.of(0),
        GuestMsi.TRANSLATED,
        List.of());
  }

  @Test
  void an_its_group_exists() {
    GuestSmmu smmu =
        new GuestSmmu(
            "a",
            0x905_0000,
            true,
            Layouts.WIRES,
            OptionalInt.of(3),
            GuestMsi.TRANSLATED,
            List.of());

    assertThat(reason(one(smmu)).message())
        .startsWith("smmus[a].itsGroup is 3, but must be the index of one of the 1 ITS groups");
    assertThat(reason(routed(RequesterRoute.toIts(RequesterRoute.buses(0, 255), -1))).given())
        .isEqualTo("-1");
  }

  @Test
  void a_route_ends_at_an_smmu_that_exists() {
    assertThat(reason(routed(RequesterRoute.toSmmu(RequesterRoute.buses(0, 255), "b"))).message())
        .startsWith("rootComplexes[0].routes[0].target is 'b'");
  }

  @Test
  void functions_are_routed_once_and_exist() {
    assertThat(
            reason(
                    routed(
                        RequesterRoute.toSmmu(RequesterRoute.buses(0, 8), "a"),
                        RequesterRoute.toIts(RequesterRoute.buses(8, 9), 0)))
                .required())
        .isEqualTo("apart from the requester IDs 0x0+2304");
    assertThat(reason(routed(RequesterRoute.toSmmu(RequesterRoute.buses(9, 8), "a"))).field())
        .endsWith("requesters");
    assertThat(reason(routed(RequesterRoute.toSmmu(RequesterRoute.buses(0, 256), "a"))).field())
        .endsWith("requesters");
  }

  @Test
  void ids_have_32_bits() {
    RequesterRoute.Target target = new RequesterRoute.Target.Smmu("a");

    for (long base : new long[] {-1, 0xFFFF_FF00L, 1L << 32, Long.MAX_VALUE}) {
      assertThat(
              reason(routed(new RequesterRoute(RequesterRoute.buses(0, 1), target, base))).field())
          .endsWith("outputBase");
    }
    assertThat(
            IortBuilder.build(
                routed(new RequesterRoute(RequesterRoute.buses(0, 0), target, 0xFFFF_FF00L))))
        .isInstanceOf(BuildResult.Built.class);
  }

  @Test
  void streams_of_two_segments_at_one_smmu_are_different() {
    RootComplex second =
        new RootComplex(
            1,
            RootComplex.MemoryAttributes.COHERENT,
            RootComplex.AtsAttribute.NONE,
            0,
            64,
            List.of(ALL));
    IortLayout layout = Layouts.of(List.of(smmu("a", 0x905_0000)), complex(ALL), second);

    assertThat(BuildResults.refused(IortBuilder.build(layout)))
        .extracting(Problem::field)
        .containsExactly("itsGroups[0].deviceIds", "smmus[a].streams");
  }

  @Test
  void a_segment_is_one_root_complex() {
    IortLayout layout =
        Layouts.of(
            List.of(smmu("a", 0x905_0000)),
            complex(ALL),
            complex(RequesterRoute.toSmmu(RequesterRoute.buses(0, 0), "a")));

    assertThat(BuildResults.refused(IortBuilder.build(layout)).getFirst().remedy())
        .contains("one root complex per segment");
  }

  @Test
  void a_reserved_stream_is_routed_to_the_smmu() {
    GuestSmmu smmu = smmu("a", 0x905_0000, new IdRange(0xFF00, 0x101));

    assertThat(reason(one(smmu)).field()).isEqualTo("smmus[a].msiWindow");
    for (IdRange none :
        new IdRange[] {new IdRange(Long.MAX_VALUE, 10), new IdRange(1, Long.MAX_VALUE)}) {
      assertThat(reason(one(smmu("a", 0x905_0000, none))).field()).isEqualTo("smmus[a].msiWindow");
    }
    assertThat(reason(one(smmu("a", 0x905_0000, new IdRange(1, 0)))).given()).isEqualTo("0x1+0");
  }

  @Test
  void a_coherent_device_has_a_coherent_path_and_pri_needs_ats() {
    RootComplex path =
        new RootComplex(
            0,
            new RootComplex.MemoryAttributes(true, false, true),
            Layouts.ATS,
            0,
            64,
            List.of(ALL));
    RootComplex pri =
        new RootComplex(
            0,
            RootComplex.MemoryAttributes.COHERENT,
            new RootComplex.AtsAttribute(false, true, false),
            0,
            64,
            List.of());
    List<GuestSmmu> smmus = List.of(smmu("a", 0x905_0000));

    assertThat(reason(Layouts.of(smmus, path)).field()).endsWith("memory.coherentPath");
    assertThat(reason(Layouts.of(smmus, pri)).field()).endsWith("ats.ats");
  }

  @ParameterizedTest
  @CsvSource({"21,64,pasidBits", "-1,64,pasidBits", "0,0,addressBits", "0,65,addressBits"})
  void widths_are_possible(int pasid, int address, String field) {
    RootComplex rc =
        new RootComplex(
            0, RootComplex.MemoryAttributes.COHERENT, Layouts.ATS, pasid, address, List.of(ALL));

    assertThat(reason(Layouts.of(List.of(smmu("a", 0x905_0000)), rc)).field()).endsWith(field);
  }

  @Test
  void a_layout_is_not_larger_than_the_limits() {
    GuestSmmu smmu = smmu("a", 0x905_0000);
    RootComplex routes =
        complex(Collections.nCopies(AcpiLimits.ROUTES + 1, ALL).toArray(RequesterRoute[]::new));

    assertThat(reason(Layouts.of(Collections.nCopies(65, smmu), complex())).field())
        .isEqualTo("smmus.size");
    assertThat(reason(Layouts.of(List.of(smmu), routes)).field())
        .isEqualTo("rootComplexes.routes.size");
    assertThat(reason(Layouts.of(List.of(smmu))).field()).isEqualTo("rootComplexes.size");
  }

  @Test
  void the_table_of_the_largest_reservation_fits_its_node() {
    IdRange[] ranges = new IdRange[AcpiLimits.RESERVED_STREAM_RANGES];
    for (int i = 0; i < ranges.length; i++) {
      ranges[i] = new IdRange(2L * i, 1);
    }
    byte[] table = BuildResults.made(IortBuilder.build(one(smmu("a", 0x905_0000, ranges)))).bytes();

    assertThat(new IortReader(table).nodes(IortReader.RMR).getFirst().mappings())
        .hasSize(AcpiLimits.RESERVED_STREAM_RANGES);
  }

  @ParameterizedTest
  @CsvSource({"toolong7,T,1,ABCD", "'',T,1,ABCD", "A,abc,1,ABCD", "A,T,-1,ABCD", "A,T,1,ABC"})
  void an_identity_fits_its_fields(String oem, String table, long revision, String creator) {
    AcpiIdentity identity = new AcpiIdentity(oem, table, revision, creator, 1);
    IortLayout good = Layouts.accelerated();
    IortLayout layout =
        new IortLayout(identity, good.itsGroups(), good.smmus(), good.rootComplexes());

    assertThat(reason(layout).field()).startsWith("identity.");
  }
}
