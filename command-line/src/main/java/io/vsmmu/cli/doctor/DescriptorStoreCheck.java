package io.vsmmu.cli.doctor;

import io.vsmmu.host.Advice;
import java.util.Map;

/** Checks whether systemd keeps descriptors while the service restarts (systemd.service(5)). */
final class DescriptorStoreCheck {

  private static final String SUBJECT = "systemd";

  private DescriptorStoreCheck() {}

  static DoctorFinding finding(Map<String, String> environment) {
    String size = environment.getOrDefault("FDSTORE", "0");
    if (environment.containsKey("NOTIFY_SOCKET") && !size.equals("0")) {
      return DoctorFinding.ok(SUBJECT, "keeps %s descriptors across a restart".formatted(size));
    }
    return DoctorFinding.note(
        SUBJECT,
        "keeps no descriptors for this process (NOTIFY_SOCKET, FDSTORE)",
        Advice.KEEP_DESCRIPTORS.with());
  }
}
