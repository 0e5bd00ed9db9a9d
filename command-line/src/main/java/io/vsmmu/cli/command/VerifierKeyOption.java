package io.vsmmu.cli.command;

import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.VerifierKey;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A verifier key of c2sp.org/signed-note as the value of an option. */
final class VerifierKeyOption implements ITypeConverter<VerifierKey> {

  @Override
  public VerifierKey convert(String text) {
    try {
      return VerifierKey.parse(text.strip());
    } catch (MalformedNoteException wrong) {
      throw new TypeConversionException(
          "'%s' is no verifier key: %s; allowed: NAME+KEYID+BASE64, as GET /checkpoints/key gives it"
              .formatted(text, wrong.getMessage()));
    }
  }
}
