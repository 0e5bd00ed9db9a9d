package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.test.context.TestPropertySource;

/**
 * A test that looks at the console as a person does, in a headless Chromium that the distribution
 * has installed. Without one its tests are skipped. After each test the browser must have reported
 * no error: none of a script, none of the content security policy, none of a request.
 *
 * <p>The console has a service of its own, so that these tests run beside those that read lists of
 * the whole service.
 */
@TestPropertySource(properties = "spring.application.name=console")
@Execution(ExecutionMode.CONCURRENT)
abstract class BrowserTest extends RestTest {

  /** What the console is designed for. */
  static final int WIDTH = 1280;

  static final int HEIGHT = 800;

  /** Milliseconds that an element may take to appear: generous, because the machine may be busy. */
  private static final double PATIENCE = 20_000;

  /** Drops a file with the given name and content, in base 64, onto the page. */
  private static final String DROP =
      """
      ({name, content}) => {
        const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name));
        const target = document.querySelector('vs-app');
        for (const type of ['dragover', 'drop']) {
          target.dispatchEvent(
            new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
        }
      }
      """;

  private static final List<String> PLACES =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  /**
   * One for each thread, as Playwright requires: it takes a second to start. Its driver ends with
   * this process.
   */
  private static final ThreadLocal<Browser> BROWSER = new ThreadLocal<>();

  final List<String> errors = new ArrayList<>();

  private BrowserContext context;
  Page page;

  @BeforeEach
  void open_a_fresh_browser() {
    Optional<Path> chromium = chromium();
    assumeTrue(
        chromium.isPresent(), "No Chromium: set VSMMU_CHROMIUM, or install Debian's chromium");
    context =
        browser(chromium.orElseThrow())
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(WIDTH, HEIGHT)
                    .setExtraHTTPHeaders(headers())
                    .setBaseURL("http://127.0.0.1:" + port)
                    .setReducedMotion(com.microsoft.playwright.options.ReducedMotion.REDUCE));
    context.setDefaultTimeout(PATIENCE);
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
    page = fresh();
  }

  /** The headers of every request of the browser. */
  Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + TestToken.SECRET);
  }

  @AfterEach
  void the_browser_reported_no_error() {
    if (context != null) {
      context.close();
      assertThat(errors).as("what the browser reported").isEmpty();
    }
  }

  /** Another page of the same browser, as a colleague's. */
  final Page fresh() {
    Page opened = context.newPage();
    opened.onPageError(error -> errors.add("script: " + error));
    opened.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            errors.add(message.type() + ": " + message.text() + " at " + message.location());
          }
        });
    return opened;
  }

  /** Drops a file onto the page. */
  final void drop(String name, byte[] content) {
    page.getByRole(AriaRole.HEADING).first().waitFor();
    page.evaluate(
        DROP, Map.of("name", name, "content", Base64.getEncoder().encodeToString(content)));
  }

  private static Optional<Path> chromium() {
    return Stream.concat(Stream.ofNullable(System.getenv("VSMMU_CHROMIUM")), PLACES.stream())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Browser browser(Path chromium) {
    Browser browser = BROWSER.get();
    if (browser == null) {
      Map<String, String> noDownload = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
      Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(noDownload));
      boolean root = "root".equals(System.getProperty("user.name"));
      browser =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(chromium)
                      // Chromium's sandbox does not start for root, as in a container of a build.
                      .setChromiumSandbox(!root));
      BROWSER.set(browser);
    }
    return browser;
  }
}
