package io.vsmmu.control.host;

import io.vsmmu.posix.Fd;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Receives the descriptors of VMMs that own devices. Thread-safe. */
public interface VmmDescriptorReceiver {

  /**
   * Receives descriptors and owns them, even on failure.
   *
   * @param descriptors as the message numbers them
   * @param peer the process that sent them, which is the VMM unless the message names another; 0
   *     when it is not known
   * @return the answer: the VM's devices, or a problem
   */
  ObjectNode take(VmmMessage message, List<Fd> descriptors, int peer);
}
