package io.vsmmu.control.app;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.log.AxonStimulusGate;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.control.replay.ReplayService;
import io.vsmmu.control.session.DeviceAdmission;
import io.vsmmu.control.session.HardwareQueueAdministration;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.host.HostIommu;
import io.vsmmu.projections.travel.TimeTravel;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** vSMMUs, recordings and replays. */
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

  @Bean(destroyMethod = "close")
  LiveVsmmus liveVsmmus(
      EventDatabase database, AxonStimulusGate gate, HostIommu host, TimeTravel states) {
    return new LiveVsmmus(database, gate, host, states);
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  VmmSockets vmmSockets(VsmmuSettings settings, LiveVsmmus live) {
    return new VmmSockets(settings.dataDir().resolve("vsmmu"), settings.vmmUids(), live);
  }

  @Bean
  VsmmuAdministration vsmmuAdministration(
      EventDatabase database,
      LiveVsmmus live,
      VmmSockets sockets,
      DeviceAdmission admission,
      Clock clock) {
    return new VsmmuAdministration(database, live, sockets, admission, clock);
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
}
