package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.TranslationObserved;
import java.util.List;

/** What only recordings hold. */
final class RecordingCodec {

  private static final int TRANSLATION_STREAM_ID = 1;
  private static final int TRANSLATION_STAGE = 2;
  private static final int TRANSLATION_IOVA = 3;
  private static final int TRANSLATION_TRANSLATED = 4;

  private static final int KEPT_FIRST_LINE = 1;
  private static final int KEPT_LINE = 2;
  private static final int KEPT_UNATTRIBUTED = 3;

  private static final int FINISHED_COMPLETE = 1;
  private static final int FINISHED_REASON = 2;

  private RecordingCodec() {}

  static void write(WireWriter out, TranslationObserved event) {
    out.uint32(TRANSLATION_STREAM_ID, event.streamId());
    out.uint32(TRANSLATION_STAGE, event.stage());
    out.word(TRANSLATION_IOVA, event.iova());
    out.word(TRANSLATION_TRANSLATED, event.translated());
  }

  static TranslationObserved readTranslation(WireReader in) {
    int streamId = 0;
    int stage = 0;
    long iova = 0;
    long translated = 0;
    while (in.next()) {
      switch (in.field()) {
        case TRANSLATION_STREAM_ID -> streamId = in.uint32();
        case TRANSLATION_STAGE -> stage = in.uint32();
        case TRANSLATION_IOVA -> iova = in.word();
        case TRANSLATION_TRANSLATED -> translated = in.word();
        default -> in.skip();
      }
    }
    return new TranslationObserved(streamId, stage, iova, translated);
  }

  static void write(WireWriter out, LinesKept event) {
    out.word(KEPT_FIRST_LINE, event.firstLine());
    out.strings(KEPT_LINE, event.lines());
    out.bool(KEPT_UNATTRIBUTED, event.unattributed());
  }

  static LinesKept readKept(WireReader in) {
    long firstLine = 0;
    List<String> lines = List.of();
    boolean unattributed = false;
    while (in.next()) {
      switch (in.field()) {
        case KEPT_FIRST_LINE -> firstLine = in.word();
        case KEPT_LINE -> lines = Elements.plus(lines, in.string());
        case KEPT_UNATTRIBUTED -> unattributed = in.bool();
        default -> in.skip();
      }
    }
    return new LinesKept(firstLine, lines, unattributed);
  }

  static void write(WireWriter out, RecordingFinished event) {
    out.bool(FINISHED_COMPLETE, event.complete());
    out.string(FINISHED_REASON, event.reason());
  }

  static RecordingFinished readFinished(WireReader in) {
    boolean complete = false;
    String reason = "";
    while (in.next()) {
      switch (in.field()) {
        case FINISHED_COMPLETE -> complete = in.bool();
        case FINISHED_REASON -> reason = in.string();
        default -> in.skip();
      }
    }
    return new RecordingFinished(complete, reason);
  }
}
