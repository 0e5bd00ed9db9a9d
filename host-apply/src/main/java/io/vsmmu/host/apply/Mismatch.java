package io.vsmmu.host.apply;

import io.vsmmu.host.Remedy;

/**
 * A field or property that a vSMMU shows, or should show, and that a host cannot back.
 *
 * @param field the register field or property, such as {@code IDR5.OAS}
 * @param wanted the vSMMU's value
 * @param found the host's value
 * @param advice what the operator can do about it
 */
public record Mismatch(String field, String wanted, String found, Remedy advice) {

  public String remedy() {
    return advice.text();
  }

  /** One sentence for an operator. */
  public String message() {
    return "%s: the vSMMU wants %s, the host has %s: %s".formatted(field, wanted, found, remedy());
  }
}
