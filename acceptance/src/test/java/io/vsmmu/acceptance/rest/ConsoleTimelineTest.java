package io.vsmmu.acceptance.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import io.vsmmu.scripted.guest.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The timeline of the console, its cursor and its keys. */
class ConsoleTimelineTest extends BrowserTest {

  private static final String STREAM = "0x900";

  /** The events of the bundled recording are the first ones of the log of its service. */
  private JsonNode configured() {
    return walk("/vsmmus/accelerated/streams/" + STREAM + "/history", 100).stream()
        .filter(it -> it.path("configuration").asString().equals("TRANSLATE"))
        .findFirst()
        .orElseThrow();
  }

  private long end(String fraction) {
    return get("/vsmmus/accelerated/events?limit=1&fraction=" + fraction)
        .expect(200)
        .json()
        .at("/items/0/position")
        .asLong();
  }

  private Locator cursor(Page on) {
    return on.getByRole(AriaRole.SLIDER, new Page.GetByRoleOptions().setName("Cursor"));
  }

  private Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  @Test
  void a_cursor_is_scrubbed_to_where_a_stream_begins_to_translate_and_the_link_shows_the_same() {
    accelerated();
    long position = configured().path("position").asLong();
    page.navigate("/#/vsmmus/accelerated");
    button("Select StreamID " + STREAM).click();
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*RecordingFinished"));

    scrubTo(position - 3);
    page.keyboard().press("]");

    assertThat(cursor(page)).hasAttribute("aria-valuenow", String.valueOf(position));
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*StreamConfigured"));
    assertThat(page)
        .hasURL(Pattern.compile(".*#/vsmmus/accelerated\\?sid=0x900&at=" + position + "$"));

    BoundingBox box = cursor(page).boundingBox();
    page.mouse().move(box.x + box.width / 2, box.y + box.height / 2);
    page.mouse().wheel(0, -600);
    page.keyboard().press("+");
    page.keyboard().press("+");

    assertThat(page.locator("vs-timeline #window"))
        .hasAttribute("style", Pattern.compile(".*width: 1?\\d\\d(\\.\\d+)?px.*"));
    assertThat(page).hasURL(Pattern.compile(".*&from=\\d+&to=\\d+$"));
    Page colleague = fresh();
    colleague.navigate(page.url());
    assertThat(cursor(colleague)).hasAttribute("aria-valuenow", String.valueOf(position));
    BoundingBox window = page.locator("vs-timeline #window").boundingBox();
    assertThat(cursor(colleague)).isInViewport();
    Locator other = colleague.locator("vs-timeline #window");
    // It shows the whole log until it knows where the log ends.
    assertThat(
            Await.within(
                Duration.ofSeconds(20),
                PAUSE,
                () -> Math.abs(other.boundingBox().x - window.x) < 2))
        .as("the window begins at %s", window.x)
        .isTrue();

    page.keyboard().press("0");
    assertThat(page).hasURL(Pattern.compile(".*&at=" + position + "$"));
    page.goBack();
    assertThat(cursor(page)).not().hasAttribute("aria-valuenow", String.valueOf(position));
  }

  /** Drags the cursor, which is at the newest event, to a position. */
  private void scrubTo(long position) {
    BoundingBox from = cursor(page).boundingBox();
    double right = from.x + from.width / 2;
    double left = page.locator("vs-timeline #window").boundingBox().x;
    double x = left + (right - left) * (position - end("0")) / (end("1") - end("0"));
    page.mouse().move(right, from.y + 4);
    page.mouse().down();
    page.mouse().move((x + right) / 2, from.y + 4);
    page.mouse().move(x, from.y + 4);
    page.mouse().up();
    assertThat(page).hasURL(Pattern.compile(".*&at=\\d+.*"));
  }

  @Test
  void marks_and_steps_are_reached_by_keyboard_alone() {
    accelerated();
    long position = configured().path("position").asLong();
    post(
            "/vsmmus/accelerated/notes",
            "{\"position\":%d,\"text\":\"<b>begins</b> to translate\"}".formatted(position))
        .expect(201);
    page.navigate("/#/vsmmus/accelerated?from=" + (position - 20) + "&to=" + (position + 20));

    Locator pin = page.getByLabel(Pattern.compile("(note|marks) at .*<b>begins</b>.*"));
    pin.focus();
    page.keyboard().press("Enter");

    assertThat(page).hasURL(Pattern.compile(".*at=" + position + "&panel=notes"));
    page.keyboard().press("ArrowLeft");
    assertThat(page).hasURL(Pattern.compile(".*at=" + (position - 1) + "&.*"));
    page.keyboard().press("f");
    assertThat(page.getByText("There is no next fault.")).isVisible();
    page.keyboard().press("g");
    page.keyboard().type("@nowhere");
    page.keyboard().press("Enter");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("nowhere");
    // The browser reports every answer of 400 and above.
    errors.removeIf(it -> it.contains("404") && it.contains("around=%40nowhere"));
    cursor(page).focus();
    page.keyboard().press("?");
    Locator keys = page.getByRole(AriaRole.DIALOG);
    assertThat(keys).containsText("Next doorbell");
    page.keyboard().press("Escape");
    assertThat(keys).isHidden();
    assertThat(serious()).isEmpty();
  }

  @Test
  void keys_that_are_pressed_before_the_ends_of_the_log_are_known_are_not_lost() {
    accelerated();
    List<Long> firstThree = new ArrayList<>();
    get("/vsmmus/accelerated/events?limit=3")
        .expect(200)
        .json()
        .path("items")
        .forEach(event -> firstThree.add(event.path("position").asLong()));
    // given a service that does not answer yet where the log begins and ends
    List<Route> asked = new ArrayList<>();
    page.route(Pattern.compile(".*/events\\?fraction=.*"), asked::add);
    page.navigate("/#/vsmmus/accelerated");
    page.locator("vs-cursor-bar button").first().waitFor();
    // when
    page.keyboard().press("Home");
    page.keyboard().press("ArrowRight");
    page.keyboard().press("ArrowRight");
    page.unroute(Pattern.compile(".*/events\\?fraction=.*"));
    asked.forEach(Route::resume);
    // then
    assertThat(page).hasURL(Pattern.compile(".*at=" + firstThree.getLast() + "$"));
    assertThat(cursor(page)).hasAttribute("aria-valuenow", String.valueOf(firstThree.getLast()));
  }

  /** What axe-core finds that keeps a person from using the page. */
  private List<String> serious() {
    return new AxeBuilder(page)
        .analyze().getViolations().stream()
            .filter(it -> List.of("serious", "critical").contains(it.getImpact()))
            .map(it -> it.getId() + ": " + it.getNodes())
            .toList();
  }

  @Test
  void a_running_guest_is_followed_until_the_cursor_is_moved_away() {
    String name = created("followed");
    page.navigate("/#/vsmmus/" + name);
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*VsmmuCreated"));
    page.keyboard().press("l");
    assertThat(button("Live")).hasAttribute("aria-pressed", "true");

    post("/vsmmus/" + name + ":pause").expect(200);
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*VsmmuPaused"));
    post("/vsmmus/" + name + ":resume").expect(200);
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*VsmmuResumed"));
    page.keyboard().press("ArrowLeft");

    assertThat(button("Live")).hasAttribute("aria-pressed", "false");
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*VsmmuPaused"));
    String left = cursor(page).getAttribute("aria-valuenow");
    post("/vsmmus/" + name + ":pause").expect(200);
    page.keyboard().press("End");
    assertThat(cursor(page)).not().hasAttribute("aria-valuenow", left);
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*VsmmuPaused"));
    page.keyboard().press("ArrowLeft");
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*VsmmuResumed"));
    page.keyboard().press("ArrowLeft");
    assertThat(cursor(page)).hasAttribute("aria-valuenow", left);
  }

  @Test
  void a_followed_vsmmu_that_is_deleted_is_said_to_be_gone() {
    String name = created("followed");
    page.navigate("/#/vsmmus/" + name + "?live=1");
    assertThat(cursor(page)).hasAttribute("aria-valuetext", Pattern.compile(".*VsmmuCreated"));

    String tag = get("/vsmmus/" + name).expect(200).header("ETag");
    delete("/vsmmus/" + name, "If-Match", tag).expect(204);

    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name)))
        .hasCount(0);
    assertThat(page.getByRole(AriaRole.ALERT)).containsText(name);
    // The browser reports every answer of 400 and above; what was asked for before may still come.
    page.close();
    errors.removeIf(it -> it.contains("404") && it.contains(name));
  }
}
