package io.vsmmu.cli.service;

import io.vsmmu.cli.argument.Choice;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;

/** Which host stands behind the vSMMUs. */
enum HostKind {
  /** One that enforces the kernel's rules and touches no hardware. */
  SIMULATED,
  /** This machine's kernel. */
  IOMMUFD;

  /** Reads one of them. */
  static final class Converter implements ITypeConverter<HostKind> {
    @Override
    public HostKind convert(String text) {
      return new Choice<>(HostKind.class).convert(text);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
