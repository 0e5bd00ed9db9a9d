package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.rules.CommandFacts;
import io.vsmmu.smmu.rules.CommandRule;
import io.vsmmu.smmu.rules.CommandRules;
import io.vsmmu.smmu.rules.SliceRules;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.PrefetchCommand;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StallCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;

/**
 * What the vSMMU does with one command of the queue (IHI 0070, chapter 4): the result of {@link
 * CommandRules}, and of the streams and devices that the state has.
 */
sealed interface CommandVerdict {

  NoEffect NO_EFFECT = new NoEffect();

  /** The host executes the command unchanged. */
  Forward FORWARD = new Forward();

  record NoEffect() implements CommandVerdict {}

  record Forward() implements CommandVerdict {}

  /** The SMMU uses the STEs of these StreamIDs, unsigned and inclusive, as they are now. */
  record Reinstall(int firstSid, int lastSid) implements CommandVerdict {

    boolean single() {
      return firstSid == lastSid;
    }

    boolean covers(int streamId) {
      return Integer.compareUnsigned(firstSid, streamId) <= 0
          && Integer.compareUnsigned(streamId, lastSid) <= 0;
    }
  }

  /** The queue stops with CERROR_ILL; {@code reason} says why, for operators. */
  record Illegal(String reason) implements CommandVerdict {}

  /** The rules for the commands of a slice that is consumed in a state. */
  static SliceRules rules(VsmmuState before) {
    return new SliceRules(new CommandFacts(before.ids(), before.enabled()));
  }

  /**
   * The verdict on an entry.
   *
   * @param rules of the slice that has the entry
   */
  static CommandVerdict of(SliceRules rules, VsmmuState state, CommandEntry entry) {
    return switch (rules.apply(entry)) {
      case CommandRule.Illegal(String reason) -> new Illegal(reason);
      case CommandRule.NoEffect _ -> NO_EFFECT;
      case CommandRules.Effective(CommandEntry counted) -> effective(state, counted);
    };
  }

  private static CommandVerdict effective(VsmmuState state, CommandEntry entry) {
    return switch (SmmuCommand.decode(entry)) {
      case ConfigInvalidation invalidation -> ofConfig(state, invalidation);
      case TlbInvalidation invalidation -> ofTlb(state, entry, invalidation);
      case AtsCommand.AtcInvalidate atc ->
          state.device(atc.sid()).filter(DeviceState::atsEnabled).isPresent() ? FORWARD : NO_EFFECT;
      // The vSMMU answers no page requests, stalls no transactions, and has no DPT.
      case AtsCommand.PriResponse _,
          StallCommand _,
          PrefetchCommand _,
          SmmuCommand.Sync _,
          SmmuCommand.Unsupported _ ->
          NO_EFFECT;
    };
  }

  private static CommandVerdict ofConfig(VsmmuState state, ConfigInvalidation invalidation) {
    return switch (invalidation) {
      case ConfigInvalidation.Ste ste -> new Reinstall(ste.sid(), ste.sid());
      case ConfigInvalidation.SteRange range -> new Reinstall(range.firstSid(), range.lastSid());
      case ConfigInvalidation.Cd cd -> forStream(state, cd.sid());
      case ConfigInvalidation.CdAll all -> forStream(state, all.sid());
      case ConfigInvalidation.VmsPidm _ -> NO_EFFECT;
    };
  }

  /** Forwarded if the stream has a vDEVICE and translates; otherwise no CD of it is cached. */
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
    boolean devices = !state.devices().isEmpty();
    return switch (invalidation.opcode()) {
      case TLBI_NH_ALL, TLBI_NH_ASID, TLBI_NH_VA, TLBI_NH_VAA, TLBI_NSNH_ALL ->
          devices ? FORWARD : NO_EFFECT;
      // A recorded SMMU may have stage 2; with a host device it is the host's.
      case TLBI_S12_VMALL, TLBI_S2_IPA ->
          devices ? new Illegal(entry.name() + ": stage 2 is the host's") : NO_EFFECT;
      // A recorded SMMU may have EL2, where no stream with a device is.
      default -> NO_EFFECT;
    };
  }
}
