package io.vsmmu.rest.app;

import static java.util.stream.Collectors.joining;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.control.replay.ReplayService;
import io.vsmmu.control.session.DeviceAdmission;
import io.vsmmu.control.session.HardwareQueueAdministration;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.control.session.OptionRoms;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.control.vmm.VmmDevices;
import io.vsmmu.control.vmm.VmmFinder;
import io.vsmmu.control.whatif.WhatIf;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.host.HostIommu;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.rom.RomLimits;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.query.SummaryQueries;
import io.vsmmu.projections.travel.TimeTravel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class VsmmuWiring {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  DeviceAdmission deviceAdmission(LocalHost host, TimeTravel states) {
    return new DeviceAdmission(host, states);
  }

  @Bean
  VmmFinder vmmFinder(LocalHost host) {
    return new VmmFinder(host);
  }

  @Bean(destroyMethod = "close")
  LiveVsmmus liveVsmmus(
      EventDatabase database,
      AxonDecisionLog decisionLog,
      HostIommu host,
      TimeTravel states,
      VmmFinder finder,
      SummaryQueries summaries) {
    LiveVsmmus live = new LiveVsmmus(database, decisionLog, host, states);
    live.search(finder);
    live.summaries(summaries::of);
    return live;
  }

  @Bean(destroyMethod = "close")
  VmmDevices vmmDevices(
      LocalHost host,
      LiveVsmmus live,
      VmmSockets sockets,
      VsmmuAdministration vsmmus,
      VmmFinder finder,
      OptionRoms roms) {
    VmmDevices devices = new VmmDevices(host, live, vsmmus, finder);
    roms.expect(devices::streamIds);
    sockets.beforeVmm(devices::attachBound);
    return devices;
  }

  @Bean
  Vms vms(EventDatabase database) {
    return new Vms(database);
  }

  @Bean
  OptionRoms optionRoms(VsmmuSettings settings, Vms vms, TimeTravel states) {
    return new OptionRoms(driver(settings.romDriver()), vms, states);
  }

  /**
   * The UEFI driver that the settings name; the service does not start with a file that is not one.
   */
  static UefiDriver driver(@Nullable Path file) {
    if (file == null) {
      return UefiDriver.bundled();
    }
    try {
      return switch (UefiDriver.of("vsmmu.rom-driver", read(file))) {
        case BuildResult.Built<UefiDriver>(UefiDriver driver) -> driver;
        case BuildResult.Refused<UefiDriver>(List<Problem> reasons) ->
            throw new IllegalArgumentException(
                file + ": " + reasons.stream().map(Problem::message).collect(joining("; ")));
      };
    } catch (IOException unreadable) {
      throw new UncheckedIOException("vsmmu.rom-driver: " + file, unreadable);
    }
  }

  /** Reads at most one byte more than a driver may have, so that a longer file is recognized. */
  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(RomLimits.DRIVER_BYTES + 1);
    }
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  VmmSockets vmmSockets(VsmmuSettings settings, LiveVsmmus live, OptionRoms roms) {
    return new VmmSockets(settings.dataDir().resolve("vsmmu"), settings.vmmUids(), live, roms);
  }

  @Bean
  VsmmuAdministration vsmmuAdministration(
      EventDatabase database,
      Vms vms,
      LiveVsmmus live,
      VmmSockets sockets,
      DeviceAdmission admission,
      Clock clock) {
    return new VsmmuAdministration(database, vms, live, sockets, admission, clock);
  }

  @Bean
  HardwareQueueAdministration hardwareQueueAdministration(VsmmuAdministration vsmmus) {
    return new HardwareQueueAdministration(vsmmus);
  }

  @Bean
  RecordingService recordingService(EventDatabase database, VsmmuSettings settings, Clock clock) {
    return new RecordingService(
        database, settings.dataDir().resolve("uploads"), settings.recordingBytes(), clock);
  }

  @Bean(destroyMethod = "close")
  ReplayService replayService(EventDatabase database, HostIommu host) {
    return new ReplayService(database, host);
  }

  @Bean
  WhatIf whatIf(EventDatabase database, TimeTravel states) {
    return new WhatIf(database, states);
  }
}
