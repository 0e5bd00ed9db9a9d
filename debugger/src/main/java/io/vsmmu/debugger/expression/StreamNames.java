package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Member.Form;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.projections.view.PartViews;
import io.vsmmu.projections.view.SteView;
import io.vsmmu.smmu.bits.FieldTable.Field;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.UnknownSte;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The names of a stream, and of an STE wherever one is shown. */
final class StreamNames {

  /** An STE as far as it is known. */
  record KnownSte(StreamTableEntry ste, Completeness completeness, Optional<UnknownSte> unknown) {

    List<Long> words() {
      return Arrays.stream(SteView.knownWords(ste, completeness)).boxed().toList();
    }
  }

  /** The name of a StreamID, wherever one is shown. */
  static final String SID = "sid";

  /** The fields of an STE, whose owner is a {@link KnownSte}. */
  static final Shape DECODED = decoded();

  /** The names of a stream, whose owner is a {@link StreamState}. */
  static final Shape STREAM = stream();

  private StreamNames() {}

  private static Shape decoded() {
    Shape.Builder<KnownSte> fields = new Shape.Builder<>();
    for (Field field : SteFields.TABLE.fields()) {
      fields.field(
          field,
          (_, it) ->
              SteView.knows(it.completeness(), field)
                  ? (Long) Hex.number(field, it.ste().words())
                  : null);
    }
    return fields.build();
  }

  private static Shape stream() {
    Shape.Builder<StreamState> names =
        new Shape.Builder<StreamState>()
            .hex("sid", "StreamID", (_, s) -> Integer.toUnsignedLong(s.streamId()))
            .text(
                "configuration",
                "what the guest configured",
                Shape.constants(StreamBehaviour.class),
                (_, s) -> s.configuration().name())
            .text(
                "effective",
                "how its transactions are handled now",
                Shape.constants(StreamBehaviour.class),
                (_, s) -> s.effective().name());
    Function<StreamState, @Nullable KnownSte> ste =
        s -> new KnownSte(s.ste(), s.completeness(), s.unknownSte());
    addSte(names, ste);
    addUnknownSte(names, ste);
    return names
        .text(
            "fault",
            "the event with which a transaction ends now; null for none, as while the SMMU is"
                + " disabled",
            (moment, s) -> PartViews.fault(moment.state().faultOf(s)))
        .text(
            "device",
            "PCI address of its host device; null without one",
            (moment, s) -> {
              DeviceState device = device(moment, s);
              return device == null ? null : device.device().address();
            })
        .decimal("hwpt", "handle of the HWPT; null without a device", (_, s) -> handle(s.hwpt()))
        .decimal(
            "vdevice",
            "handle of the vDEVICE; null without a device",
            (moment, s) -> {
              DeviceState device = device(moment, s);
              return device == null ? null : handle(device.vdeviceHandle());
            })
        .decimal(
            "since",
            "position of the event that configured it last",
            (moment, s) -> moment.positions().apply(s.since()))
        .text(
            "reason",
            "why it was configured last",
            Shape.constants(StreamConfigured.Reason.class),
            (_, s) -> s.reason().name())
        .build();
  }

  /** Adds the words and fields of an STE. */
  static <O> void addSte(Shape.Builder<O> names, Function<? super O, @Nullable KnownSte> of) {
    names
        .numbers(
            "ste",
            "the known words of its STE, ste[0] to ste[7]",
            Form.HEXADECIMAL,
            (_, owner) -> {
              KnownSte known = of.apply(owner);
              return known == null ? null : known.words();
            })
        .text(
            "known",
            "which bits of the STE are known",
            Shape.constants(Completeness.class),
            (_, owner) -> {
              KnownSte known = of.apply(owner);
              return known == null ? null : known.completeness().name();
            })
        .part(
            "decoded",
            "the fields of the STE (IHI 0070, 5.2); null where unknown",
            DECODED,
            (_, owner) -> of.apply(owner));
  }

  /** Adds why no word of an STE is known. */
  static <O> void addUnknownSte(
      Shape.Builder<O> names, Function<? super O, @Nullable KnownSte> of) {
    names.text(
        "steUnknown",
        "why no word of the STE is known; null if one is",
        Shape.constants(UnknownSte.class),
        (_, owner) -> {
          KnownSte known = of.apply(owner);
          return known == null ? null : PartViews.steUnknown(known.unknown());
        });
  }

  /** A logical handle; null for 0, which stands for none. */
  static @Nullable Long handle(long handle) {
    return handle == 0 ? null : (Long) handle;
  }

  private static @Nullable DeviceState device(Moment moment, StreamState stream) {
    return moment.state().devices().get(stream.streamId());
  }
}
