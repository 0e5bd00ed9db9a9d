package io.vsmmu.platform.acpi;

/**
 * The ATS attribute of a root complex node. Source: DEN 0049E.d.
 *
 * @param ats whether the root complex supports ATS
 * @param pri whether it supports page requests; requires {@code ats}
 * @param pasidForward whether it forwards PASIDs with translated requests; requires {@code ats}
 */
public record AtsAttribute(boolean ats, boolean pri, boolean pasidForward) {

  public static final AtsAttribute NONE = new AtsAttribute(false, false, false);

  int bits() {
    return (ats ? 1 : 0) | (pri ? 2 : 0) | (pasidForward ? 4 : 0);
  }
}
