package io.vsmmu.acceptance.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The console's views around the timeline, as a person with a browser uses them. */
@Execution(ExecutionMode.SAME_THREAD)
class ConsolePagesTest extends BrowserTest {

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
  void a_note_at_the_cursor_is_listed_and_its_link_shows_a_colleague_the_moment() {
    String name = accelerated().path("vsmmus").path(0).path("name").asString();
    long position = translates(name);
    String text = "<b>the NIC</b> begins to translate";

    page.navigate("/#/vsmmus/%s?panel=notes&at=%d".formatted(name, position));
    note(page, position).fill(text);
    page.getByLabel("Bookmark").fill(freshName("nic"));
    button("Write the note").click();
    Locator row = page.getByRole(AriaRole.ROW).filter(having(text));
    assertThat(row).isVisible();
    String link = row.getByRole(AriaRole.LINK).getAttribute("href");
    Page colleague = fresh();
    colleague.navigate("/" + link);

    assertThat(note(colleague, position)).isVisible();
    assertThat(colleague.locator("b")).hasCount(0);
    row.getByRole(AriaRole.BUTTON).click();
    assertThat(question()).containsText("cannot be restored");
    page.keyboard().press("Escape");
    assertThat(row.getByRole(AriaRole.BUTTON)).isFocused();
    page.keyboard().press("Enter");
    dialog("Delete the note at " + position + "?")
        .getByRole(AriaRole.BUTTON, exactly("Delete"))
        .click();
    assertThat(row).hasCount(0);
  }

  @Test
  void findings_lead_to_their_evidence_and_two_moments_of_it_are_compared() {
    String name = accelerated().path("vsmmus").path(0).path("name").asString();
    long position = translates(name);

    page.navigate("/#/vsmmus/%s?panel=findings".formatted(name));
    Locator rule =
        page.getByRole(
            AriaRole.REGION, new Page.GetByRoleOptions().setName("BYPASS_WHILE_ENABLED"));
    assertThat(rule).containsText("StreamID 0x900");
    Locator panel = page.locator("findings-panel");
    panel.getByRole(AriaRole.BUTTON, exactly("Copy")).click();
    assertThat(panel.getByLabel("CLI command", byWholeLabel()))
        .hasText("./vsmmu lint %s --url http://127.0.0.1:%d".formatted(name, port));
    assertThat(panel.getByLabel("curl", byWholeLabel()))
        .hasText(
            "curl -sS -H \"Authorization: Bearer $VSMMU_TOKEN\" http://127.0.0.1:%d/api/v1/vsmmus/%s/findings"
                .formatted(port, name));
    panel.getByRole(AriaRole.BUTTON, exactly("Copy Link")).press("Enter");
    assertThat(panel.getByRole(AriaRole.STATUS)).hasText("Link copied");
    page.keyboard().press("Escape");
    assertThat(panel.getByLabel("curl", byWholeLabel())).hasCount(0);
    rule.getByText("Meaning and remedy").click();
    assertThat(rule).containsText("iommu.passthrough=1");
    rule.getByRole(AriaRole.LINK, exactly("position " + position)).last().click();
    assertThat(page).hasURL(Pattern.compile(".*[?&]at=" + position + "(&.*)?"));
    page.getByText("Compare this moment").click();
    page.getByLabel("Second moment").fill(String.valueOf(position - 1));
    page.keyboard().press("Enter");

    Locator streams =
        page.getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName("Streams"));
    assertThat(streams.getByRole(AriaRole.ROW, exactly("0x900 configuration TRANSLATE BYPASS")))
        .isVisible();
    page.goBack();
    assertThat(page.getByLabel("Second moment")).hasValue("");
  }

  @Test
  void a_vsmmu_is_created_paused_resumed_and_deleted_by_keyboard_with_what_it_means_before() {
    String name = freshName("operated");

    page.navigate("/");
    button("Create a vSMMU").focus();
    page.keyboard().press("Enter");
    page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill(name);
    page.keyboard().press("Enter");
    Locator created = dialog("The vSMMU exists");
    assertThat(question()).containsText("Log: VsmmuCreated at position");
    assertThat(question()).containsText("POST /api/v1/vsmmus by local");
    created.getByRole(AriaRole.BUTTON, exactly("Open it")).press("Enter");
    page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Operate")).press("Enter");

    button("Pause").press("Enter");
    assertThat(question()).containsText("CMDQ_CONS stays where it is");
    page.keyboard().press("Escape");
    assertThat(button("Pause")).isFocused();
    assertThat(get("/vsmmus/" + name).json().path("lifecycle").asString()).isEqualTo("RUNNING");
    done("Pause", name, "VsmmuPaused");
    done("Resume", name, "VsmmuResumed");
    done("Reset", name, "VsmmuReset");
    done("Delete", name, "VsmmuDeleted");
    get("/vsmmus/" + name).expect(404);
    // Timeline and list may have asked for the newest events when the name was free already.
    page.navigate("about:blank");
    errors.removeIf(it -> it.contains("404") && it.contains("/vsmmus/" + name + "/"));
  }

  @Test
  void the_list_of_a_short_log_is_shown_after_that_of_a_long_one() {
    String name = accelerated().path("vsmmus").path(0).path("name").asString();
    Locator list = page.getByRole(AriaRole.LISTBOX, new Page.GetByRoleOptions().setName("Events"));

    page.navigate("/#/vsmmus/" + name);
    assertThat(list).containsText("the recording ends");
    page.navigate("/#/vsmmus/" + created("short"));

    assertThat(list).containsText("the vSMMU is created");
  }

  @Test
  void the_iort_of_a_described_machine_is_shown_node_by_node() {
    String name = created("described");

    page.navigate("/#/vsmmus/%s?panel=platform".formatted(name));
    page.getByLabel("Registers at").fill("0x8000000000");
    page.getByLabel("First bus").fill("8");
    page.getByLabel("Last bus").fill("15");
    page.keyboard().press("Enter");

    Locator rows = page.locator("platform-panel").getByRole(AriaRole.ROW);
    assertThat(rows.filter(having("SMMUv3"))).containsText("base 0x8000000000");
    assertThat(rows.filter(having("Root complex"))).containsText("0x800..0xfff to 0x800..0xfff");
    assertThat(rows.filter(having("RMR"))).containsText("0x8000000, 0x100000 bytes");
  }

  @Test
  void an_act_on_a_vsmmu_that_has_changed_since_is_not_done_but_asked_for_again() {
    String name = created("raced");
    page.navigate("/#/vsmmus/%s?panel=operating".formatted(name));
    button("Reset").click();
    post("/vsmmus/" + name + ":pause").expect(200);

    dialog("Reset: " + name).getByRole(AriaRole.BUTTON, exactly("Reset")).click();

    assertThat(question()).containsText("It has changed since you looked");
    assertThat(question()).containsText("paused");
    assertThat(walk("/vsmmus/" + name + "/events?type=VsmmuReset", 10)).isEmpty();
  }

  @Test
  void no_view_has_a_serious_fault_for_those_who_see_or_point_differently() {
    String name = accelerated().path("vsmmus").path(0).path("name").asString();
    long position = translates(name);
    String vsmmu = "/#/vsmmus/" + name + "?at=" + position + "&panel=";
    Map<String, String> views =
        Map.of(
            "/#/?name=" + name,
            "the recording ends",
            "/#/compare?kind=logs&a=%s&b=%s&to=%d".formatted(name, name, position),
            "Only in B",
            vsmmu + "operating",
            "Replay and compare");

    views.forEach(
        (view, shown) -> {
          page.navigate(view);
          assertThat(page.getByText(shown).first()).isVisible();
          page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
          seriousFaults(new AxeBuilder(page).withTags(List.of("wcag2a", "wcag2aa")), view);
          page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
          seriousFaults(new AxeBuilder(page).withRules(List.of("color-contrast")), view);
        });
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

  private static void seriousFaults(AxeBuilder axe, String view) {
    List<Rule> serious =
        axe.analyze().getViolations().stream()
            .filter(it -> List.of("serious", "critical").contains(it.getImpact()))
            .toList();
    assertThat(serious).as(view).isEmpty();
  }

  /** The position from which StreamID 0x900 translates. */
  private long translates(String name) {
    return walk("/vsmmus/" + name + "/events?type=StreamConfigured&sid=0x900", 100).stream()
        .filter(it -> it.at("/data/configuration").asString().equals("TRANSLATE"))
        .findFirst()
        .orElseThrow()
        .path("position")
        .asLong();
  }

  /** Acts on a vSMMU by keyboard, and reads what it left in the log. */
  private void done(String act, String name, String type) {
    assertThat(button(act)).isEnabled();
    button(act).press("Enter");
    Locator dialog = dialog(act + ": " + name);
    assertThat(question()).containsText("What it does");
    dialog.getByRole(AriaRole.BUTTON, exactly(act)).press("Enter");
    Locator left = page.getByRole(AriaRole.STATUS).filter(having("Log: " + type));
    assertThat(left).containsText("/api/v1/vsmmus/" + name);
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private Locator dialog(String heading) {
    return page.getByRole(
        AriaRole.DIALOG, new Page.GetByRoleOptions().setName(heading).setExact(true));
  }

  /** The dialog that is open, with what stands in it. */
  private Locator question() {
    return page.locator("vs-dialog[open]");
  }

  private static Locator note(Page at, long position) {
    return at.getByLabel("Note at " + position, new Page.GetByLabelOptions().setExact(true));
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

  private Locator article(String name) {
    return page.getByRole(
        AriaRole.ARTICLE, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator.GetByRoleOptions exactly(String name) {
    return new Locator.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Locator.GetByLabelOptions byWholeLabel() {
    return new Locator.GetByLabelOptions().setExact(true);
  }

  private static Locator.FilterOptions having(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }
}
