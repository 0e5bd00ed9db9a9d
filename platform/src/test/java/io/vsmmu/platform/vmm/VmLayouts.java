package io.vsmmu.platform.vmm;

import java.util.List;
import java.util.OptionalInt;

/** Layouts for the tests. */
final class VmLayouts {

  static final RootBusVsmmu FIRST =
      new RootBusVsmmu(
          "vm1",
          "/run/vsmmu/vm1.sock",
          8,
          SmmuOptions.AUTO,
          List.of(AssignedDevice.of("0000:01:00.0", 1), AssignedDevice.of("0000:02:00.0", 0)));
  static final RootBusVsmmu SECOND =
      new RootBusVsmmu(
          "1b.x",
          "/run/vsmmu/1b.x.sock",
          0x20,
          new SmmuOptions(
              OptionSetting.ON,
              OptionSetting.OFF,
              OptionalInt.of(48),
              OptionalInt.of(16),
              OptionSetting.AUTO),
          List.of(new AssignedDevice("0001:0a:1f.7", 31, OptionSetting.ON, OptionalInt.of(0xFF8))));

  private VmLayouts() {}

  static VmLayout of(RootBusVsmmu... vsmmus) {
    return new VmLayout(VmLayout.GicVersion.GICV3_ITS, 1024, List.of(vsmmus));
  }

  static RootBusVsmmu at(int bus, AssignedDevice... devices) {
    return new RootBusVsmmu("b" + bus, "/run/b" + bus, bus, SmmuOptions.AUTO, List.of(devices));
  }

  static RootBusVsmmu named(String name, String socket) {
    return new RootBusVsmmu(
        name, socket, 8, SmmuOptions.AUTO, List.of(AssignedDevice.of("0000:01:00.0", 0)));
  }

  static RootBusVsmmu showing(SmmuOptions options) {
    return new RootBusVsmmu("a", "/a", 8, options, List.of(AssignedDevice.of("0000:01:00.0", 0)));
  }
}
