package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.IdRegisters.StallModel;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.PrefetchCommand;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StallCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;

/** What one command of the queue asks for (IHI 0070, chapter 4). */
sealed interface CommandVerdict {

  /** Nothing to do here. */
  NoEffect NO_EFFECT = new NoEffect();

  /** Goes to the host as it is. */
  Forward FORWARD = new Forward();

  record NoEffect() implements CommandVerdict {}

  record Forward() implements CommandVerdict {}

  /** The STEs of these StreamIDs, unsigned and inclusive, are to be read again. */
  record Reinstall(int firstSid, int lastSid) implements CommandVerdict {

    boolean single() {
      return firstSid == lastSid;
    }

    boolean covers(int streamId) {
      return Integer.compareUnsigned(firstSid, streamId) <= 0
          && Integer.compareUnsigned(streamId, lastSid) <= 0;
    }
  }

  /** CERROR_ILL. */
  record Illegal(String detail) implements CommandVerdict {}

  /** Whether a device's configuration at the host changes. */
  default boolean changesConfiguration(VsmmuState state) {
    return this instanceof Reinstall reinstall
        && state.devices().keySet().stream().anyMatch(reinstall::covers);
  }

  static CommandVerdict of(VsmmuState state, CommandEntry entry) {
    return switch (SmmuCommand.decode(entry)) {
      case PrefetchCommand prefetch -> prefetch.ssec() ? secure(entry) : NO_EFFECT;
      case ConfigInvalidation invalidation -> ofConfig(state, entry, invalidation);
      case TlbInvalidation invalidation -> ofTlb(state, entry, invalidation);
      case AtsCommand command -> ofAts(state, entry, command);
      case StallCommand command -> ofStall(state, entry, command);
      case SmmuCommand.Sync sync ->
          sync.cs() > SmmuCommand.Sync.CS_SEV
              ? new Illegal("CMD_SYNC with reserved CS 3")
              : NO_EFFECT;
      case SmmuCommand.Unsupported _ -> unsupported(entry);
    };
  }

  private static CommandVerdict ofConfig(
      VsmmuState state, CommandEntry entry, ConfigInvalidation invalidation) {
    if (invalidation.ssec()) {
      return secure(entry);
    }
    return switch (invalidation) {
      case ConfigInvalidation.Ste ste -> new Reinstall(ste.sid(), ste.sid());
      case ConfigInvalidation.SteRange range -> new Reinstall(range.firstSid(), range.lastSid());
      case ConfigInvalidation.Cd cd ->
          cd.ssid() >>> state.ids().ssidSize() != 0
              ? new Illegal("CFGI_CD with SubstreamID 0x%x beyond SSIDSIZE".formatted(cd.ssid()))
              : forStream(state, cd.sid());
      case ConfigInvalidation.CdAll all -> forStream(state, all.sid());
      case ConfigInvalidation.VmsPidm _ -> unsupported(entry);
    };
  }

  /** Forwarded when the stream has a vDEVICE and translates; else nobody caches its CDs. */
  private static CommandVerdict forStream(VsmmuState state, int streamId) {
    boolean translates =
        state.device(streamId).isPresent()
            && state.stream(streamId)
                .filter(s -> s.effective() == StreamBehaviour.TRANSLATE)
                .isPresent();
    return translates ? FORWARD : NO_EFFECT;
  }

  private static CommandVerdict ofTlb(
      VsmmuState state, CommandEntry entry, TlbInvalidation invalidation) {
    CommandVerdict forward = state.devices().isEmpty() ? NO_EFFECT : FORWARD;
    return switch (invalidation.opcode()) {
      case TLBI_NH_ALL, TLBI_NH_ASID, TLBI_NSNH_ALL -> forward;
      case TLBI_NH_VA, TLBI_NH_VAA ->
          reservedRange(state.ids(), invalidation)
              ? new Illegal(entry.name() + " with a reserved combination of TG, NUM, SCALE, TTL")
              : forward;
      // A recorded SMMU may have stage 2; with a host device it is the host's.
      case TLBI_S12_VMALL, TLBI_S2_IPA ->
          state.ids().stage2() && state.devices().isEmpty() ? NO_EFFECT : unsupported(entry);
      // EL2 belongs to the host; EL3 and Secure ones to nobody here.
      default -> unsupported(entry);
    };
  }

  private static boolean reservedRange(IdRegisters ids, TlbInvalidation invalidation) {
    InvalidationRange range =
        switch (invalidation) {
          case TlbInvalidation.Va va -> va.range();
          case TlbInvalidation.Vaa vaa -> vaa.range();
          case TlbInvalidation.Ipa ipa -> ipa.range();
          case TlbInvalidation.All _, TlbInvalidation.Asid _ -> null;
        };
    return range != null && ids.rangeInvalidation() && range.reservedCombination(ids.ds());
  }

  private static CommandVerdict ofAts(VsmmuState state, CommandEntry entry, AtsCommand command) {
    boolean offered =
        command instanceof AtsCommand.PriResponse ? state.ids().pri() : state.ids().ats();
    if (!offered) {
      return unsupported(entry);
    }
    if (command.ssv() && state.ids().ssidSize() == 0) {
      return new Illegal(entry.name() + " with SSV although SSIDSIZE is 0");
    }
    return switch (command) {
      case AtsCommand.AtcInvalidate atc ->
          atc.size() > AtsCommand.AtcInvalidate.SIZE_ALL
              ? new Illegal("ATC_INV with Size %d beyond 52".formatted(atc.size()))
              : state.device(atc.sid()).filter(DeviceState::atsEnabled).isPresent()
                  ? FORWARD
                  : NO_EFFECT;
      case AtsCommand.PriResponse response ->
          response.response() == 3 ? new Illegal("PRI_RESP with reserved Resp 3") : NO_EFFECT;
    };
  }

  private static CommandVerdict ofStall(
      VsmmuState state, CommandEntry entry, StallCommand command) {
    if (command.ssec()) {
      return secure(entry);
    }
    // No transaction is ever stalled here: with a stall model there is nothing to resume.
    return state.ids().stallModel() == StallModel.TERMINATE_ONLY ? unsupported(entry) : NO_EFFECT;
  }

  private static CommandVerdict secure(CommandEntry entry) {
    return new Illegal(entry.name() + " with SSEC on the Non-secure queue");
  }

  private static CommandVerdict unsupported(CommandEntry entry) {
    return new Illegal(entry.name() + " is not supported by what the ID registers show");
  }
}
