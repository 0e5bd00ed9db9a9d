package io.vsmmu.control.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.acpi.GuestMsi;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What the database keeps of a machine. */
class MachineTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void a_machine_that_was_stored_before_it_could_say_more_is_as_usual() {
    Machine stored =
        JSON.readValue(
            """
            {"controller":"ITS","controllerBase":134742016,"bridges":["\\\\_SB.PCI0"],"places":[]}
            """,
            Machine.class);

    assertThat(stored).isEqualTo(Machine.DEFAULT);
  }

  @Test
  void a_machine_is_read_as_it_was_stored() {
    Machine machine =
        new Machine(
            Machine.Controller.GICV2M,
            0x802_0000,
            Machine.DEFAULT.bridges(),
            Machine.DEFAULT.places(),
            GuestMsi.TRANSLATED,
            Machine.RomSwitch.OFF);

    assertThat(JSON.readValue(JSON.writeValueAsString(machine), Machine.class)).isEqualTo(machine);
  }
}
