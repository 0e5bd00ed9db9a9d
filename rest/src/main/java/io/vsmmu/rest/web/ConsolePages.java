package io.vsmmu.rest.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the console's modules under {@code /console} and its libraries under {@code /_static};
 * Spring Boot forwards {@code /} to its page. A browser asks for each file again with its ETag,
 * which is the hash of the file: the times of files in a reproducible jar are the same in every
 * version.
 */
@Configuration(proxyBeanMethods = false)
class ConsolePages implements WebMvcConfigurer {

  /** The page, as a resource and as a path. */
  static final String INDEX = "index.html";

  private final String[] locations;

  /** By URI. As many as there are files in the locations. */
  private final Map<String, String> tags = new ConcurrentHashMap<>();

  /**
   * @param locations folders of the page's files, each with a slash at its end; those of the jars
   *     unless a developer works on the page
   */
  ConsolePages(
      @Value("${spring.web.resources.static-locations:classpath:/META-INF/resources/}")
          String[] locations) {
    this.locations = locations;
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    serve(registry, "/" + INDEX, "");
    serve(registry, "/console/**", "console/");
    serve(registry, "/_static/**", "_static/");
  }

  private void serve(ResourceHandlerRegistry registry, String paths, String folder) {
    registry
        .addResourceHandler(paths)
        .addResourceLocations(
            Arrays.stream(locations).map(it -> it + folder).toArray(String[]::new))
        .setUseLastModified(false)
        .setEtagGenerator(this::tag)
        .setCacheControl(CacheControl.noCache());
  }

  /**
   * A weak tag: Tomcat does not compress what has a strong one
   * (org.apache.coyote.CompressionConfig.useCompression), because the compressed bytes are others.
   */
  private String tag(Resource resource) {
    return "W/\"" + contentHash(resource) + "\"";
  }

  private String contentHash(Resource resource) {
    try {
      String key = resource.getURI().toString();
      return resource.isFile() ? hash(resource) : tags.computeIfAbsent(key, uri -> hash(resource));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(Resource resource) {
    try (InputStream in = resource.getInputStream()) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
