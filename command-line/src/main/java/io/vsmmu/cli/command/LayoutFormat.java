package io.vsmmu.cli.command;

import java.util.Locale;

/** How a layout is printed. */
enum LayoutFormat {
  TABLE,
  JSON,
  QEMU,
  RUN,
  LIBVIRT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
