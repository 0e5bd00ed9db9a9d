package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.model.HardwareQueue;
import java.util.List;

/** A command queue of a guest that the physical SMMU reads itself. */
@Schema(
    name = "HardwareQueue",
    description = "While it is open the log does not see every invalidation")
record HardwareQueueResource(
    int index,
    @Schema(description = "Guest-physical address", example = "0x48000000") String address,
    @Schema(description = "Bytes") long size) {

  static HardwareQueueResource of(HardwareQueue queue) {
    return new HardwareQueueResource(queue.index(), Hex.of(queue.address()), queue.size());
  }

  @Schema(name = "HardwareQueues")
  record HardwareQueues(List<HardwareQueueResource> items) {}
}
