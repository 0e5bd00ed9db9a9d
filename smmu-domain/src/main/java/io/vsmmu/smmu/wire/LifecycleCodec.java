package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus.ResetSource;

/** Creation, identity and reset. Events without fields have none to write. */
final class LifecycleCodec {

  private static final int CREATED_ORIGIN = 1;
  private static final int CREATED_DURABILITY = 2;
  private static final int CREATED_PROPERTIES = 3;
  private static final int CREATED_IDS = 4;
  private static final int CREATED_VM = 5;
  private static final int RESOLVED_IDS = 1;
  private static final int RESET_SOURCE = 1;

  private LifecycleCodec() {}

  static void write(WireWriter out, VsmmuCreated event) {
    out.constant(CREATED_ORIGIN, EnumNumbers.ORIGIN, event.origin());
    out.constant(CREATED_DURABILITY, EnumNumbers.DURABILITY, event.durability());
    out.message(CREATED_PROPERTIES, event.properties(), StructureCodec::writeProperties);
    out.message(CREATED_IDS, event.ids(), StructureCodec::writeIds);
    out.string(CREATED_VM, event.vm());
  }

  static VsmmuCreated readCreated(WireReader in) {
    Origin origin = Origin.LIVE;
    Durability durability = Durability.COMMITTED;
    VsmmuProperties properties = StructureCodec.NO_PROPERTIES;
    IdRegisters ids = StructureCodec.NO_IDS;
    String vm = "";
    while (in.next()) {
      switch (in.field()) {
        case CREATED_ORIGIN -> origin = in.constant(EnumNumbers.ORIGIN);
        case CREATED_DURABILITY -> durability = in.constant(EnumNumbers.DURABILITY);
        case CREATED_PROPERTIES -> properties = StructureCodec.readProperties(in.message());
        case CREATED_IDS -> ids = StructureCodec.readIds(in.message());
        case CREATED_VM -> vm = in.string();
        default -> in.skip();
      }
    }
    return new VsmmuCreated(origin, durability, properties, ids, vm);
  }

  static void write(WireWriter out, IdentityResolved event) {
    out.message(RESOLVED_IDS, event.ids(), StructureCodec::writeIds);
  }

  static IdentityResolved readResolved(WireReader in) {
    IdRegisters ids = StructureCodec.NO_IDS;
    while (in.next()) {
      switch (in.field()) {
        case RESOLVED_IDS -> ids = StructureCodec.readIds(in.message());
        default -> in.skip();
      }
    }
    return new IdentityResolved(ids);
  }

  static void write(WireWriter out, VsmmuReset event) {
    out.constant(RESET_SOURCE, EnumNumbers.RESET_SOURCE, event.source());
  }

  static VsmmuReset readReset(WireReader in) {
    ResetSource source = ResetSource.VMM;
    while (in.next()) {
      switch (in.field()) {
        case RESET_SOURCE -> source = in.constant(EnumNumbers.RESET_SOURCE);
        default -> in.skip();
      }
    }
    return new VsmmuReset(source);
  }

  /** Reads an event that has no fields today; those of later versions are passed over. */
  static <E> E readEmpty(WireReader in, E event) {
    while (in.next()) {
      in.skip();
    }
    return event;
  }
}
