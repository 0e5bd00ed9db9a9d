package io.vsmmu.cli.doctor;

import io.vsmmu.host.Advice;
import java.util.Map;

/** Whether systemd keeps descriptors while the service restarts (systemd.service(5)). */
final class DescriptorStoreCheck {

  private static final String SUBJECT = "systemd";

  private DescriptorStoreCheck() {}

  static Finding finding(Map<String, String> environment) {
    String size = environment.getOrDefault("FDSTORE", "0");
    if (environment.containsKey("NOTIFY_SOCKET") && !size.equals("0")) {
      return Finding.ok(SUBJECT, "keeps %s descriptors across a restart".formatted(size));
    }
    return Finding.note(
        SUBJECT,
        "keeps no descriptors for this process (NOTIFY_SOCKET, FDSTORE)",
        Advice.KEEP_DESCRIPTORS.with());
  }
}
