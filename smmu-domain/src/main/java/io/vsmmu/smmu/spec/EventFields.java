package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.bits.FieldTable.Field;

/**
 * Fields of event records, IHI 0070, 7.3. The specification's bit n is bit n % 64 of word n / 64.
 * The bits of F_PERMISSION of permission overlays and indirection are not named: no vSMMU
 * advertises those features.
 */
public final class EventFields {

  public static final Field TYPE = at(0, field("Type", 7, 0));
  public static final Field SSV = at(0, bit("SSV", 11));
  public static final Field SUBSTREAM_ID = at(0, field("SubstreamID", 31, 12));
  public static final Field STREAM_ID = at(0, field("StreamID", 63, 32));

  /** IMPLEMENTATION DEFINED cause. */
  public static final Field REASON = at(1, field("Reason", 15, 0));

  public static final Field REASON32 = at(1, field("Reason", 31, 0));
  public static final Field GPCF = at(1, bit("GPCF", 16));
  public static final Field STAG = at(1, field("STAG", 15, 0));
  public static final Field STALL = at(1, bit("Stall", 31));
  public static final Field PNU = at(1, bit("PnU", 33));
  public static final Field IND = at(1, bit("InD", 34));
  public static final Field RNW = at(1, bit("RnW", 35));
  public static final Field NSIPA = at(1, bit("NSIPA", 38));
  public static final Field S2 = at(1, bit("S2", 39));

  /** 0 CD fetch, 1 translation table fetch, 2 input address. */
  public static final Field CLASS = at(1, field("CLASS", 41, 40));

  public static final Field TT_RNW = at(1, bit("TTRnW", 44));
  public static final Field IMPDEF = at(1, field("ImpDef", 51, 48));

  /**
   * The span and permissions of an ATS Translation Request, not taken apart: only the host emits
   * them.
   */
  public static final Field ATS_REQUEST = at(1, field("SpanAndPermissions", 63, 32));

  public static final Field UX = at(1, bit("uX", 34));
  public static final Field UW = at(1, bit("uW", 35));
  public static final Field UR = at(1, bit("uR", 36));
  public static final Field PX = at(1, bit("pX", 37));
  public static final Field PW = at(1, bit("pW", 38));
  public static final Field PR = at(1, bit("pR", 39));

  /** Length of the range that E_PAGE_REQUEST names, in units of 4KB. */
  public static final Field SPAN = at(1, field("Span", 51, 44));

  public static final Field INPUT_ADDR = at(2, field("InputAddr", 63, 0));

  /** Bits 63:12 of the input address; the offset in the page is not recorded. */
  public static final Field INPUT_PAGE = at(2, field("InputAddr", 63, 12));

  public static final Field FETCH_ADDR = at(3, field("FetchAddr", 55, 3));
  public static final Field IPA = at(3, field("IPA", 55, 12));

  static final FieldTable UNKNOWN =
      table(
          TYPE,
          STREAM_ID,
          at(1, field("Word1", 63, 0)),
          at(2, field("Word2", 63, 0)),
          at(3, field("Word3", 63, 0)));
  static final FieldTable STREAM = table(TYPE, SSV, SUBSTREAM_ID, STREAM_ID);
  static final FieldTable SUBSTREAM = table(TYPE, SUBSTREAM_ID, STREAM_ID);
  static final FieldTable F_UUT = stream(REASON, PNU, IND, RNW, INPUT_ADDR);
  static final FieldTable FETCH = stream(REASON, GPCF, FETCH_ADDR);
  static final FieldTable F_BAD_ATS_TREQ = stream(ATS_REQUEST, INPUT_PAGE);
  static final FieldTable F_TRANSL_FORBIDDEN = stream(RNW, INPUT_ADDR);
  static final FieldTable F_WALK_EABT =
      stream(REASON, GPCF, PNU, IND, RNW, S2, CLASS, INPUT_ADDR, FETCH_ADDR);
  static final FieldTable FAULT =
      stream(STAG, STALL, PNU, IND, RNW, NSIPA, S2, CLASS, IMPDEF, INPUT_ADDR, IPA);
  static final FieldTable F_PERMISSION =
      stream(STAG, STALL, PNU, IND, RNW, NSIPA, S2, CLASS, TT_RNW, IMPDEF, INPUT_ADDR, IPA);
  static final FieldTable F_TLB_CONFLICT =
      stream(REASON, PNU, IND, RNW, NSIPA, S2, INPUT_ADDR, IPA);
  static final FieldTable F_CFG_CONFLICT = stream(REASON32);
  static final FieldTable E_PAGE_REQUEST = stream(UX, UW, UR, PX, PW, PR, SPAN, INPUT_PAGE);

  private EventFields() {}

  private static Field at(int word, Bits bits) {
    return new Field(word, bits);
  }

  private static FieldTable stream(Field... more) {
    Field[] all = new Field[4 + more.length];
    all[0] = TYPE;
    all[1] = SSV;
    all[2] = SUBSTREAM_ID;
    all[3] = STREAM_ID;
    System.arraycopy(more, 0, all, 4, more.length);
    return table(all);
  }

  private static FieldTable table(Field... fields) {
    FieldTable.Builder builder = FieldTable.words(EventRecord.WORDS);
    for (Field field : fields) {
      builder.word(field.word(), field.bits());
    }
    return builder.build();
  }
}
