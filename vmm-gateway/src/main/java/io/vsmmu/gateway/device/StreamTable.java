package io.vsmmu.gateway.device;

import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.StreamTableGeometry;
import io.vsmmu.smmu.spec.StreamTableGeometry.BadStreamId;
import io.vsmmu.smmu.spec.StreamTableGeometry.L1Address;
import io.vsmmu.smmu.spec.StreamTableGeometry.Location;
import io.vsmmu.smmu.spec.StreamTableGeometry.SteAddress;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.SteFetch.Outcome;
import io.vsmmu.vfiouser.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads STEs from the guest's stream table (IHI 0070, 3.3.1). */
final class StreamTable {

  private static final int STE_BYTES = 64;

  private final GuestMemory memory;

  StreamTable(GuestMemory memory) {
    this.memory = memory;
  }

  /** Reads the STE of a StreamID from guest memory. */
  SteFetch read(VsmmuState state, int streamId) {
    StreamTableGeometry table =
        StreamTableGeometry.of(
            state.value(Register.STRTAB_BASE),
            (int) state.value(Register.STRTAB_BASE_CFG),
            state.ids());
    return switch (table.locate(streamId)) {
      case L1Address(long address) -> {
        Optional<Long> descriptor = memory.readLong(address);
        yield descriptor.isEmpty()
            ? SteFetch.failed(streamId, Outcome.FETCH_FAULT)
            : at(state, streamId, table.locate(streamId, descriptor.get()));
      }
      case Location found -> at(state, streamId, found);
    };
  }

  /** An address above the OAS is truncated, one of the two permitted behaviours (3.4.3, note 5). */
  private SteFetch at(VsmmuState state, int streamId, Location location) {
    return switch (location) {
      case SteAddress(long address) -> {
        byte[] ste = new byte[STE_BYTES];
        yield memory.read(state.ids().truncateToOas(address), MemorySegment.ofArray(ste))
            ? SteFetch.read(streamId, StreamTableEntry.read(ByteBuffer.wrap(ste)))
            : SteFetch.failed(streamId, Outcome.FETCH_FAULT);
      }
      case BadStreamId _, L1Address _ -> SteFetch.failed(streamId, Outcome.OUT_OF_TABLE);
    };
  }
}
