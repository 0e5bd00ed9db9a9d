package io.vsmmu.projections.lint;

import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;

/** What the records of the Event queue say, in a sentence for people (IHI 0070, 7.3). */
final class FaultMeaning {

  private FaultMeaning() {}

  static String of(EventRecord fault) {
    return fault.type().map(FaultMeaning::of).orElse("an event that this model does not know");
  }

  private static String of(EventType type) {
    return switch (type) {
      case F_UUT -> "the SMMU does not support this kind of transaction";
      case C_BAD_STREAMID -> "the Stream table has no entry for the StreamID";
      case F_STE_FETCH -> "the STE could not be read from memory";
      case C_BAD_STE -> "the STE is not valid (V = 0) or ILLEGAL";
      case F_BAD_ATS_TREQ -> "the device asked for a translation, which its STE does not allow";
      case F_STREAM_DISABLED ->
          "the STE does not let transactions without a SubstreamID pass (S1DSS)";
      case F_TRANSL_FORBIDDEN ->
          "the device sent a translated address, which its STE does not allow";
      case C_BAD_SUBSTREAMID -> "the stream has no CD for the SubstreamID";
      case F_CD_FETCH -> "the CD could not be read from memory";
      case C_BAD_CD -> "the CD is not valid (V = 0) or ILLEGAL";
      case F_WALK_EABT -> "a translation table could not be read from memory";
      case F_TRANSLATION -> "the address is not mapped";
      case F_ADDR_SIZE -> "the address that the tables give is too large";
      case F_ACCESS -> "the Access flag of the page is 0";
      case F_PERMISSION -> "the page does not permit the access";
      case F_TLB_CONFLICT -> "the TLB has two translations of the address";
      case F_CFG_CONFLICT -> "two cached configurations of the stream conflict";
      case E_PAGE_REQUEST -> "the device will soon access a page that is not mapped";
      case F_VMS_FETCH -> "the VMS could not be read from memory";
    };
  }
}
