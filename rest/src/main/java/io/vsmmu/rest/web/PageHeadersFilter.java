package io.vsmmu.rest.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells browsers what an answer may do: run the console's own modules, ask this service, and
 * nothing else. Texts of guests and of recordings that reached the page as markup would still not
 * run. The page's import map is the only inline script; the policy names it by its hash (CSP Level
 * 3, 6.7).
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class PageHeadersFilter extends OncePerRequestFilter {

  private static final Pattern IMPORT_MAP =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

  private final String policy;

  PageHeadersFilter() throws IOException {
    this.policy =
        "default-src 'none'; script-src 'self' '"
            + importMapHash()
            + "'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
            + " trusted-types lit-html";
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    chain.doFilter(request, response);
  }

  private static String importMapHash() throws IOException {
    try (InputStream in =
        new ClassPathResource("META-INF/resources/" + ConsolePages.INDEX).getInputStream()) {
      String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Matcher map = IMPORT_MAP.matcher(page);
      if (!map.find()) {
        throw new IllegalStateException(ConsolePages.INDEX + " has no import map");
      }
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(map.group(1).getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
