package io.vsmmu.rest.platform;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Results of {@code io.vsmmu.platform} as answers: what was built, or a problem detail. */
public final class BuildAnswers {

  private BuildAnswers() {}

  /**
   * What was built.
   *
   * @throws ProblemException with all reasons why it could not be built
   */
  public static <T> T built(BuildResult<T> outcome) {
    return switch (outcome) {
      case BuildResult.Built<T>(T value) -> value;
      case BuildResult.Refused<T> refused ->
          throw ProblemException.of(ProblemType.CONFLICT, refused.reasons());
    };
  }

  /** A table as a file, for {@code -acpitable} or an initramfs. */
  public static ResponseEntity<byte[]> file(AcpiTable table) {
    return file(table.bytes(), table.signature() + ".aml");
  }

  static ResponseEntity<byte[]> file(byte[] bytes, String name) {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename(name).build().toString())
        .body(bytes);
  }
}
