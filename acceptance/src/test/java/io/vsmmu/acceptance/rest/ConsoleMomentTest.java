package io.vsmmu.acceptance.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The moment at the cursor: the list of events, the state, what led to it, and the search. */
class ConsoleMomentTest extends BrowserTest {

  private static final String TRANSLATES = "streams[\"0x900\"].configuration == \"TRANSLATE\"";
  private static final String MARKUP = "<img src=x onerror=alert(1)>";

  /** The position of the event after which 0x900 translates. */
  private long translates(String vsmmu) {
    return post(
            "/vsmmus/" + vsmmu + "/find",
            "{\"expression\":\"%s\"}".formatted(TRANSLATES.replace("\"", "\\\"")))
        .expect(200)
        .json()
        .at("/hits/0/position")
        .asLong();
  }

  private void open(String vsmmu, String query) {
    page.navigate("/#/vsmmus/" + vsmmu + query);
  }

  private Locator named(AriaRole role, String name) {
    return page.getByRole(role, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private Locator selectedEvent() {
    return named(AriaRole.LISTBOX, "Events")
        .getByRole(AriaRole.OPTION, new Locator.GetByRoleOptions().setSelected(true));
  }

  private void showPart(String title) {
    page.getByLabel("Parts of the state").getByText(title).click();
  }

  private static Pattern at(long position) {
    return Pattern.compile(".*[?&]at=" + position + "(&.*)?$");
  }

  private void nothingSeriousForAxe(ColorScheme scheme) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    List<Rule> serious =
        new AxeBuilder(page)
            .analyze().getViolations().stream()
                .filter(it -> Set.of("serious", "critical").contains(it.getImpact()))
                .toList();
    assertThat(serious)
        .as("%s", serious.stream().map(it -> it.getId() + " " + it.getNodes()).toList())
        .isEmpty();
  }

  @Test
  void a_condition_typed_on_the_keyboard_leads_to_the_decoded_ste_and_to_its_cause_and_back() {
    accelerated();
    long translates = translates("accelerated");
    open("accelerated", "");
    assertThat(selectedEvent()).isVisible();

    page.keyboard().press("/");
    page.keyboard().type("streams[\"0x900\"].conf");
    Locator names = named(AriaRole.LISTBOX, "Names");
    assertThat(names.getByRole(AriaRole.OPTION)).containsText("configuration");
    page.keyboard().press("Tab");
    page.keyboard().type(" == \"TRANS");
    assertThat(names.getByRole(AriaRole.OPTION)).containsText("TRANSLATE");
    page.keyboard().press("Tab");
    assertThat(named(AriaRole.COMBOBOX, "Condition")).hasValue(TRANSLATES);
    page.keyboard().press("Enter");

    assertThat(page).hasURL(at(translates));
    assertThat(named(AriaRole.BUTTON, "1 hit")).isVisible();
    assertThat(named(AriaRole.REGION, "Hits")).containsText("BYPASS → TRANSLATE");
    assertThat(selectedEvent()).containsText("StreamID 0x900: TRANSLATE, because of CFGI_STE");
    Locator fields = named(AriaRole.TABLE, "Fields of the STE of StreamID 0x900");
    assertThat(
            fields.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("Config")))
        .containsText("stage 1 translates, stage 2 is bypassed");
    nothingSeriousForAxe(ColorScheme.DARK);

    page.getByText("caused by").locator("..").getByRole(AriaRole.LINK).first().click();
    assertThat(page).hasURL(at(translates - 1));
    assertThat(selectedEvent()).containsText("CFGI_STE StreamID=0x900, CMD_SYNC");
    page.goBack();
    assertThat(page).hasURL(at(translates));

    named(AriaRole.TAB, "Why").click();
    Locator asked = page.locator("[aria-current=step]");
    assertThat(asked.first()).containsText("CFGI_STE StreamID=0x900");
    assertThat(asked.last()).containsText("BYPASS -> TRANSLATE, on a new HWPT");
    nothingSeriousForAxe(ColorScheme.LIGHT);

    named(AriaRole.TAB, "Event").click();
    assertThat(named(AriaRole.TABLE, "Data of the event")).containsText("TRANSLATE");
  }

  @Test
  void each_value_leads_to_the_event_that_set_it_and_a_register_shows_its_bits() {
    accelerated();
    long translates = translates("accelerated");
    open("accelerated", "?sid=0x900&at=" + (translates + 40));

    named(AriaRole.BUTTON, "What set streams[\"0x900\"].ste[0]").click();
    assertThat(page).hasURL(at(translates));
    page.goBack();
    assertThat(page).hasURL(at(translates + 40));

    showPart("Registers");
    named(AriaRole.BUTTON, "CR0 0xd").click();
    Locator bits = named(AriaRole.DIALOG, "Bits of CR0");
    assertThat(bits.getByRole(AriaRole.IMG))
        .hasAttribute("aria-label", "Bits that are set: 3, 2, 0");
    assertThat(
            bits.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("SMMUEN")))
        .containsText("enabled");
    nothingSeriousForAxe(ColorScheme.LIGHT);
    page.keyboard().press("Escape");
    assertThat(bits).isHidden();

    showPart("Queues");
    assertThat(named(AriaRole.TABLE, "Command queue")).containsText("CERROR_NONE");
    showPart("Host");
    assertThat(named(AriaRole.TABLE, "Host objects")).containsText("NESTED_HWPT");
  }

  @Test
  void the_list_is_scrolled_by_fractions_of_the_log_and_walked_by_keys() {
    long events = accelerated().at("/vsmmus/0/events").asLong();
    open("accelerated", "");
    assertThat(selectedEvent()).hasAttribute("aria-posinset", String.valueOf(events));

    Locator bar = named(AriaRole.SCROLLBAR, "Place in the log");
    bar.click();

    assertThat(bar).hasAttribute("aria-valuenow", Pattern.compile("4[5-9]|5[0-5]"));
    Locator middle = page.locator("[role=option][aria-posinset='%d']".formatted(events / 2));
    assertThat(middle).isInViewport();
    middle.click();
    assertThat(selectedEvent()).hasAttribute("aria-posinset", String.valueOf(events / 2));
    Locator list = named(AriaRole.LISTBOX, "Events");
    list.press("ArrowDown");
    assertThat(selectedEvent()).hasAttribute("aria-posinset", String.valueOf(events / 2 + 1));
    list.press("Home");
    assertThat(selectedEvent()).hasAttribute("aria-posinset", "1");

    page.getByLabel("Type", new Page.GetByLabelOptions().setExact(true))
        .selectOption("StreamConfigured");
    assertThat(page).hasURL(Pattern.compile(".*ev\\.type=StreamConfigured.*"));
    assertThat(
            named(AriaRole.LISTBOX, "Events")
                .getByText("read", new Locator.GetByTextOptions().setExact(true)))
        .hasCount(0);
  }

  @Test
  void texts_of_a_recording_and_of_an_address_stay_texts() {
    String trace =
        new String(sample(ACCELERATED), StandardCharsets.UTF_8)
            .replace("Successfully attached device", MARKUP + " attached device");
    String name = freshName("hostile");
    upload("/recordings?format=qemu-trace&name=" + name, trace.getBytes(StandardCharsets.UTF_8))
        .expect(201);
    long translates = translates(name);

    open(
        name,
        "?panel=why&at=%d&find=x%%20%%3D%%3D%%20'%%3Cimg%%20src%%3Dx%%20onerror%%3Dalert(1)%%3E'"
            .formatted(translates));

    assertThat(page.getByText(MARKUP + " attached device").first()).isVisible();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("x");
    assertThat(page.locator("mark")).hasText("x");
    assertThat(page.locator("img")).hasCount(0);
    // The browser reports the refusal of the condition, which is no fault of the page.
    errors.removeIf(error -> error.contains("status of 400") && error.contains("/find"));
  }

  /** The browser itself reports each request that has no good answer; scripts may not fail. */
  private void onlyRefusedRequestsAreReported() {
    assertThat(errors).allMatch(it -> it.startsWith("error: Failed to load resource"));
    errors.clear();
  }

  @Test
  void a_part_of_the_page_that_is_not_reached_is_asked_for_once_in_three_seconds() {
    accelerated();
    AtomicInteger asked = new AtomicInteger();
    page.clock().install();
    page.route(
        "**/panel/why-panel.js",
        route -> {
          asked.incrementAndGet();
          route.abort();
        });
    open("accelerated", "?panel=why");

    Locator alert = page.getByRole(AriaRole.ALERT);
    assertThat(alert).containsText("A part of the page could not be loaded");
    assertThat(asked).hasValue(1);

    page.unroute("**/panel/why-panel.js");
    page.clock().runFor(3000);
    assertThat(page.getByLabel("What set", new Page.GetByLabelOptions().setExact(true)))
        .isVisible();
    assertThat(alert).isHidden();
    onlyRefusedRequestsAreReported();
  }

  @Test
  void an_address_whose_position_is_no_event_of_the_vsmmu_says_where_the_cursor_is() {
    accelerated();
    open("accelerated", "?at=abc");
    assertThat(page.getByText("at=abc is no position; the newest event is shown.")).isVisible();

    open("accelerated", "?at=99999999");
    assertThat(page.getByText("The log does not reach there").first()).isVisible();
    page.getByText("Newest event").and(page.getByRole(AriaRole.LINK)).click();
    assertThat(selectedEvent()).isVisible();

    page.getByText("Boots").and(page.getByRole(AriaRole.LINK)).click();
    assertThat(named(AriaRole.REGION, "Hits")).containsText("boots 0 → 1");
    onlyRefusedRequestsAreReported();
  }

  @Test
  void what_did_not_reach_the_service_is_asked_again_when_it_answers() {
    accelerated();
    long translates = translates("accelerated");
    page.clock().install();
    open("accelerated", "?at=" + translates);
    assertThat(selectedEvent()).isVisible();

    page.context().setOffline(true);
    open("accelerated", "?at=" + (translates - 1));
    Locator unreached = page.getByText("the page goes on when it is there");
    assertThat(unreached.first()).isVisible();
    page.clock().runFor(3000);
    assertThat(unreached.first()).isVisible();

    page.context().setOffline(false);
    page.clock().runFor(3000);
    assertThat(named(AriaRole.TAB, "State")).isVisible();
    assertThat(page.locator("#position")).hasValue(String.valueOf(translates - 1));
    assertThat(unreached).hasCount(0);
    onlyRefusedRequestsAreReported();
  }

  @Test
  void a_state_is_not_marked_with_what_another_event_changed() {
    accelerated();
    long translates = translates("accelerated");
    open("accelerated", "?at=" + translates);
    Locator changed = page.locator("state-panel .changed");
    assertThat(changed.first()).isVisible();

    List<Route> held = new CopyOnWriteArrayList<>();
    page.route("**/diff?*", held::add);
    named(AriaRole.BUTTON, "Previous event").click();

    assertThat(page).hasURL(at(translates - 1));
    assertThat(changed).hasCount(0);
    page.waitForCondition(() -> !held.isEmpty());
    held.forEach(Route::resume);
  }

  @Test
  void nothing_is_before_the_event_with_which_a_part_of_a_log_begins(@TempDir Path folder)
      throws IOException {
    accelerated();
    Path file = folder.resolve("part.vsmmulog");
    String from = String.valueOf(translates("accelerated"));
    CommandRun.at(
        port, CommandRun.COLUMNS, "export", "accelerated", file.toString(), "--from", from);
    String part = freshName("part");
    upload("/recordings?format=vsmmu&name=" + part, Files.readAllBytes(file)).expect(201);

    open(part, "");
    assertThat(selectedEvent()).isVisible();
    named(AriaRole.BUTTON, "First event").click();

    assertThat(selectedEvent()).containsText("the log begins here");
    showPart("Registers");
    assertThat(page.locator("register-table")).containsText("CR0");
    page.waitForLoadState(LoadState.NETWORKIDLE);
  }
}
