package io.vsmmu.simulation;

import java.util.List;

/** Addresses in the guest's memory that programs use, and the devices behind the vSMMU. */
final class Layout {

  static final long RAM = 0x4000_0000L;
  static final int RAM_BYTES = 0x10_0000;

  static final long LINEAR_TABLE = RAM;
  static final long SECOND_LEVEL = RAM + 0x1_0000;
  static final long FIRST_LEVEL = RAM + 0x2_0000;
  static final long COMMANDS = RAM + 0x3_0000;
  static final long EVENTS = RAM + 0x4_0000;
  static final long PAGE_REQUESTS = RAM + 0x5_0000;
  static final long MESSAGES = RAM + 0x6_0000;
  static final long CONTEXTS = RAM + 0x7_0000;

  /** No memory is there. */
  static final long NOWHERE = 0x8000_0000L;

  /** The StreamIDs of the devices: both in one second-level table of 64 entries, and elsewhere. */
  static final List<Integer> STREAM_IDS = List.of(0x08, 0x3f, 0x48);

  static final List<String> ADDRESSES = List.of("0000:01:00.0", "0000:02:00.0", "0000:04:00.0");

  private Layout() {}
}
