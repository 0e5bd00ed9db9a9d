package io.vsmmu.cli.command;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The URL of a service: scheme, host and port, perhaps a path prefix.
 *
 * @param uri absolute, without query and fragment
 */
public record ServiceUrl(URI uri) {

  /** The URL of a service that was started without options. */
  static final String DEFAULT = "http://127.0.0.1:8080";

  /** The environment variable that replaces {@link #DEFAULT}. */
  static final String VARIABLE = "VSMMU_URL";

  /** The value that {@code --url} has without the option. */
  public static URI withoutOption(Map<String, String> environment) {
    return URI.create(environment.getOrDefault(VARIABLE, DEFAULT));
  }

  /** Reads an absolute http or https URL with a host. */
  static final class Converter implements ITypeConverter<ServiceUrl> {
    @Override
    public ServiceUrl convert(String text) {
      try {
        URI uri = new URI(text);
        String scheme = uri.getScheme();
        boolean web = "http".equals(scheme) || "https".equals(scheme);
        if (web && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
          return new ServiceUrl(uri);
        }
      } catch (URISyntaxException notAUrl) {
        throw refused(text);
      }
      throw refused(text);
    }

    private static TypeConversionException refused(String text) {
      return new TypeConversionException(
          "'%s' is not the URL of a service; allowed: http://HOST:PORT or https://HOST:PORT"
              .formatted(text));
    }
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
