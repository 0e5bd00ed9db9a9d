package io.vsmmu.control.whatif;

/** The limits of a replay with a changed input, which bound its memory and its answer. */
public final class WhatIfLimits {

  /** Examples that are shown of each kind of difference; the others are counted. */
  public static final int EXAMPLES = 10;

  /** Refused stimuli that are shown; the others are counted. */
  static final int REFUSED = 20;

  private WhatIfLimits() {}
}
