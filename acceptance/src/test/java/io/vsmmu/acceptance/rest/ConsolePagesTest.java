package io.vsmmu.acceptance.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The console's views around the timeline, as a person with a browser uses them. */
class ConsolePagesTest extends BrowserTest {

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

  @Test
  void a_dropped_recording_is_imported_and_leads_to_its_vsmmus() {
    String name = freshName("dropped");

    page.navigate("/");
    drop(name + ".trace.log", sample(ACCELERATED));

    Locator outcome = article("Import of " + name + ".trace.log");
    assertThat(outcome).containsText("done");
    assertThat(outcome).containsText("0x900 TRANSLATE");
    assertThat(outcome).containsText("kept: smmuv3_accel_set_iommu_device");
    outcome.getByRole(AriaRole.LINK, exactly(name)).click();
    assertThat(page).hasURL(Pattern.compile(".*#/vsmmus/" + name));
    page.navigate("/#/?name=" + name);
    assertThat(page.getByRole(AriaRole.ROW).filter(having(name))).containsText("1,314");
  }

  @Test
  void a_refused_recording_says_why_and_its_name_stays_text() {
    String name = "<img src=x onerror=alert(1)>.log";

    page.navigate("/#/recordings");
    drop(name, "no trace of anything".getBytes(StandardCharsets.UTF_8));

    Locator refused = article("Import of " + name);
    assertThat(refused.getByRole(AriaRole.ALERT)).isVisible();
    assertThat(refused).containsText(name);
    assertThat(page.locator("img")).hasCount(0);
    // The browser reports every answer of 400 and above.
    errors.removeIf(it -> it.contains("422") && it.contains("/recordings"));
  }

  @Test
  void what_a_view_copies_for_a_shell_is_one_word_for_each_value() throws Exception {
    page.navigate("/");
    List<String> hostile =
        List.of("plain", "it's", "$(id) `id` \\ \"", "--help", "a\nb\u001b[31m!x", "ä ~ *", "");

    Object command =
        page.evaluate(
            """
            async (values) => {
              const { commandLine } = await import('/console/core/shell.js');
              return commandLine({ words: ['find'], values, options: { from: '-1', all: true } }, 'http://[::1]:9');
            }
            """,
            hostile);

    String expected =
        String.join("\0", "find", "--from=-1", "--all", "--url", "http://[::1]:9", "--")
            + "\0"
            + String.join("\0", hostile)
            + "\0";
    assertThat(wordsOf(String.valueOf(command))).isEqualTo(expected);
  }

  /** What a program gets of a command line, each word with a NUL behind it. */
  private static String wordsOf(String command) throws IOException, InterruptedException {
    assertThat(command).startsWith("./vsmmu ");
    Process bash =
        new ProcessBuilder("bash", "-c", "printf '%s\\0' " + command.substring("./vsmmu ".length()))
            .redirectErrorStream(true)
            .start();
    String words = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return words;
  }

  private void drop(String name, byte[] content) {
    assertThat(page.getByRole(AriaRole.HEADING).first()).isVisible();
    page.evaluate(
        DROP, Map.of("name", name, "content", Base64.getEncoder().encodeToString(content)));
  }

  private Locator article(String name) {
    return page.getByRole(
        AriaRole.ARTICLE, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator.GetByRoleOptions exactly(String name) {
    return new Locator.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Locator.FilterOptions having(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }
}
