package io.vsmmu.rest.debugger;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.debugger.cause.AddressAnswer;
import io.vsmmu.debugger.cause.CausalChain;
import io.vsmmu.debugger.cause.ChainStep;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.projections.view.PartViews;
import io.vsmmu.projections.view.SteView;
import io.vsmmu.rest.history.EventResource;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

@Schema(
    name = "Why",
    description = "What led to an event, which event set a value, or what happened to an address")
@JsonInclude(JsonInclude.Include.NON_NULL)
record WhyResource(
    @Schema(description = "Position up to which the log was looked at") long position,
    @Nullable @Schema(description = "If a path was given, its last change") ValueResource value,
    @Nullable
        @Schema(
            description =
                "What led to the event, and what followed; of a value, to the event that set it")
        ChainResource chain,
    @Nullable @Schema(description = "If an address was given, what happened to it")
        AddressResource address) {

  @Schema(name = "ValueChange", description = "The last change of a value")
  record ValueResource(
      String path,
      @Nullable @Schema(description = "The value at the position; null if there is none")
          Object value,
      @Nullable @Schema(description = "The value before the event that set it") Object before,
      @Nullable
          @Schema(
              description =
                  "Position of the event that set it; null if it has been so from the beginning")
          Long setAt,
      @Nullable @Schema(description = "Time of that event") Instant time,
      @Nullable
          @Schema(
              description =
                  "Position from which on the value has been so, if the log cannot be read in front"
                      + " of it; absent otherwise")
          @JsonInclude(JsonInclude.Include.NON_NULL)
          Long readableFrom) {}

  @Schema(name = "CausalChain", description = "From the guest's access to what the guest saw")
  record ChainResource(
      EventResource event,
      @Schema(description = "Position of the chain's first event") long root,
      @Nullable @Schema(description = "Position of the doorbell whose commands the chain is about")
          Long doorbell,
      @Schema(description = "In the order in which they happened") List<StepOfChain> steps,
      @Schema(description = "Number of steps that are left out; all=true gives them") int omitted,
      @Schema(description = "What the log does not record of it") List<String> notes) {

    static ChainResource of(CausalChain it) {
      return new ChainResource(
          EventResource.brief(it.asked()),
          it.root().position(),
          it.doorbell(),
          it.steps().stream().map(StepOfChain::of).toList(),
          it.omitted(),
          it.notes());
    }
  }

  @Schema(name = "ChainStep", description = "One step of a chain")
  record StepOfChain(
      ChainStep.Kind kind,
      @Schema(description = "Position of the event that records it") long position,
      @Nullable
          @Schema(
              description =
                  "When it was: of a host call when it began, of a recorded call when it had"
                      + " returned, otherwise when it was recorded; null if the log does not say")
          Instant time,
      @Nullable @Schema(description = "Microseconds since the first step; null without a time")
          Long micros,
      @Nullable
          @Schema(
              description =
                  "How long a call of the host took, in nanoseconds; null if it was not measured")
          Long tookNanos,
      @Nullable @Schema(description = "Index of the command within its slice") Integer entry,
      @Schema(description = "Whether it is of what was asked for") boolean asked,
      String text) {

    static StepOfChain of(ChainStep it) {
      return new StepOfChain(
          it.kind(),
          it.position(),
          it.time(),
          it.micros(),
          it.tookNanos(),
          it.entry(),
          it.asked(),
          it.text());
    }
  }

  @Schema(name = "AddressHistory", description = "What the log has about an address")
  record AddressResource(
      String iova,
      @Nullable String sid,
      @Nullable String asid,
      @Schema(description = "The stream that was asked for, or all that are translated")
          List<StreamOfAddress> streams,
      @Schema(description = "Number of translated streams that are left out") int omitted,
      @Nullable @Schema(description = "The last TLB invalidation that covered the address")
          InvalidationOfAddress tlb,
      @Schema(description = "The TLB invalidations that covered the address")
          TlbInvalidationsOfAddress invalidations,
      @Nullable @Schema(description = "The last CMD_ATC_INV that covered the address")
          InvalidationOfAddress atc,
      @Nullable @Schema(description = "The last translation of its page in a recording")
          TranslationOfAddress translation,
      @Schema(description = "The last faults on its page, newest first")
          List<FaultOfAddress> faultsBefore,
      @Schema(description = "The next faults on its page, oldest first")
          List<FaultOfAddress> faultsAfter,
      @Schema(description = "What to make of it, and what the log does not record")
          List<String> notes) {

    static AddressResource of(
        AddressAnswer it, long iova, @Nullable Integer sid, @Nullable Integer asid) {
      AddressAnswer.Translation shown = it.translation();
      return new AddressResource(
          Hex.of(iova),
          sid == null ? null : Hex.of(sid),
          asid == null ? null : Hex.of(asid),
          it.streams().stream().map(StreamOfAddress::of).toList(),
          it.omitted(),
          InvalidationOfAddress.of(it.tlb().last()),
          TlbInvalidationsOfAddress.of(it.tlb()),
          InvalidationOfAddress.of(it.atc()),
          shown == null ? null : TranslationOfAddress.of(shown),
          it.faultsBefore().stream().map(FaultOfAddress::of).toList(),
          it.faultsAfter().stream().map(FaultOfAddress::of).toList(),
          it.notes());
    }
  }

  @Schema(name = "StreamOfAddress", description = "How a stream was configured")
  record StreamOfAddress(
      String sid,
      @Schema(description = "ABORT, BYPASS or TRANSLATE, as the guest has it") String configuration,
      @Schema(description = "What transactions meet") String effective,
      @Schema(description = "The known words of the STE") List<String> ste,
      @Nullable @Schema(description = "Why no word of the STE is known; null if one is")
          String steUnknown,
      @Nullable @Schema(description = "Position of the event that configured it last") Long since,
      String reason,
      @Nullable
          @Schema(
              description =
                  "The last command with which the SMMU reads the stream's context descriptor"
                      + " again")
          CommandOfAddress context) {

    static StreamOfAddress of(AddressAnswer.StreamAtPosition it) {
      return new StreamOfAddress(
          Hex.of(it.state().streamId()),
          it.state().configuration().name(),
          it.state().effective().name(),
          SteView.words(it.state().ste(), it.state().completeness()),
          PartViews.steUnknown(it.state().unknownSte()),
          it.since(),
          it.state().reason().name(),
          CommandOfAddress.of(it.context()));
    }
  }

  @Schema(name = "CommandOfAddress", description = "A command of the guest")
  record CommandOfAddress(
      long position,
      Instant time,
      @Schema(description = "Index within its slice") int entry,
      String text) {

    static @Nullable CommandOfAddress of(AddressAnswer.@Nullable Command it) {
      return it == null
          ? null
          : new CommandOfAddress(it.position(), it.time(), it.entry(), it.text());
    }
  }

  @Schema(name = "InvalidationOfAddress", description = "An invalidation and its completion")
  record InvalidationOfAddress(
      CommandOfAddress command,
      @Nullable
          @Schema(
              description =
                  "The first CMD_SYNC behind it; null if none follows up to the position, so that"
                      + " it may not be complete")
          CommandOfAddress sync) {

    static @Nullable InvalidationOfAddress of(AddressAnswer.@Nullable Invalidation it) {
      CommandOfAddress command = it == null ? null : CommandOfAddress.of(it.command());
      return it == null || command == null
          ? null
          : new InvalidationOfAddress(command, CommandOfAddress.of(it.sync()));
    }
  }

  @Schema(name = "TlbInvalidationsOfAddress", description = "TLB invalidations of an address")
  record TlbInvalidationsOfAddress(
      @Schema(description = "The last ones that name its own page, newest first, at most 3")
          List<InvalidationOfAddress> own,
      @Schema(description = "Number of all that name its page") int ownCount,
      @Nullable
          @Schema(
              description =
                  "The last one that covered it without naming its page: a range, an ASID, a VMID"
                      + " or everything")
          InvalidationOfAddress covering,
      @Schema(description = "Number of all such") int coveringCount,
      @Schema(
              description =
                  "Whether the whole log up to the position was looked through; otherwise there may"
                      + " be more, further away")
          boolean complete) {

    static TlbInvalidationsOfAddress of(AddressAnswer.TlbInvalidations it) {
      return new TlbInvalidationsOfAddress(
          it.own().stream().map(InvalidationOfAddress::of).filter(Objects::nonNull).toList(),
          it.ownCount(),
          InvalidationOfAddress.of(it.covering()),
          it.coveringCount(),
          it.complete());
    }
  }

  @Schema(name = "TranslationOfAddress", description = "A translation in a recording")
  record TranslationOfAddress(
      long position, Instant time, String sid, int stage, String iova, String translated) {

    static TranslationOfAddress of(AddressAnswer.Translation it) {
      return new TranslationOfAddress(
          it.position(),
          it.time(),
          Hex.of(it.streamId()),
          it.stage(),
          Hex.of(it.iova()),
          Hex.of(it.translated()));
    }
  }

  @Schema(name = "FaultOfAddress", description = "A fault that the host reported")
  record FaultOfAddress(long position, Instant time, String sid, String text) {

    static FaultOfAddress of(AddressAnswer.Fault it) {
      return new FaultOfAddress(it.position(), it.time(), Hex.of(it.streamId()), it.text());
    }
  }
}
