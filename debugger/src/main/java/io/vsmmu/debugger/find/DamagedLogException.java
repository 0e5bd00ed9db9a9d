package io.vsmmu.debugger.find;

import io.vsmmu.debugger.find.FindAnswer.Damage;

/** An event that a search needs is missing or cannot be decoded. */
final class DamagedLogException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Damage damage;

  DamagedLogException(Damage damage) {
    super(damage.problem());
    this.damage = damage;
  }

  Damage damage() {
    return damage;
  }
}
