package io.vsmmu.acceptance.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The console as a whole: how it is delivered, and how its views are reached. */
class ConsoleTest extends BrowserTest {

  @Test
  void the_service_delivers_the_page_with_a_policy_that_runs_only_its_own_modules() {
    Answer index = send(page("/"));
    index.expect(200);
    assertThat(index.header("Content-Type")).startsWith("text/html");
    assertThat(index.header("Content-Security-Policy"))
        .contains("default-src 'none'")
        .contains("script-src 'self' 'sha256-")
        .doesNotContain("unsafe");
    Answer module = send(page("/console/app.js").header("Accept-Encoding", "gzip")).expect(200);
    assertThat(module.header("Content-Encoding")).isEqualTo("gzip");
    String tag = module.header("ETag");
    assertThat(tag).matches("W/\"[0-9a-f]{32}\"");
    send(page("/console/app.js").header("If-None-Match", tag)).expect(304);
  }

  @Test
  void a_path_that_is_no_file_of_the_page_is_a_problem_detail() {
    Answer missing = send(page("/console/missing.js")).expect(404);

    assertThat(missing.json().path("type").asString()).isEqualTo("/problems/unknown-path");
  }

  @Test
  void the_overview_leads_to_each_vsmmu() {
    String name = accelerated().path("vsmmus").path(0).path("name").asString();

    page.navigate("/#/?name=" + name);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true)).click();

    assertThat(page).hasURL(Pattern.compile(".*#/vsmmus/" + name));
    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name)))
        .isVisible();
  }

  @Test
  void an_address_whose_words_mean_nothing_shows_what_it_can() {
    accelerated();

    page.navigate("/#/vsmmus/accelerated?by=__proto__&panel=constructor");
    Locator cursor = page.getByRole(AriaRole.SLIDER, new Page.GetByRoleOptions().setName("Cursor"));
    assertThat(cursor).hasAttribute("aria-valuetext", Pattern.compile(".*RecordingFinished"));
    page.navigate("/#/vsmmus/");

    assertThat(page.getByText("There is no view at this address.")).isVisible();
  }

  private java.net.http.HttpRequest.Builder page(String path) {
    return stranger(path);
  }
}
