package io.vsmmu.cli.command;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a service answers. */
record ServiceUrl(URI uri) {

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
