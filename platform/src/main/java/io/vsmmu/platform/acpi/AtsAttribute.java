package io.vsmmu.platform.acpi;

/**
 * What a root complex can do for address translation services.
 *
 * @param ats it supports ATS
 * @param pri it supports page requests; needs ATS
 * @param pasidForward it forwards PASIDs with translated requests; needs ATS
 */
public record AtsAttribute(boolean ats, boolean pri, boolean pasidForward) {

  public static final AtsAttribute NONE = new AtsAttribute(false, false, false);

  int bits() {
    return (ats ? 1 : 0) | (pri ? 2 : 0) | (pasidForward ? 4 : 0);
  }
}
