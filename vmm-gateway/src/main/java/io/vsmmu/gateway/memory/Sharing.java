package io.vsmmu.gateway.memory;

/** How a region's bytes are reached. */
public enum Sharing {
  /** Mapped from a descriptor that came with the message. */
  DESCRIPTOR,
  /** Mapped from a file that the operator named. */
  FILE,
  /** Asked for one by one. */
  MESSAGES
}
