package io.vsmmu.acceptance.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The story that docs/console.md tells: why a NIC stopped. {@code -Dconsole.pictures=true} makes
 * the page's pictures anew.
 */
class ConsoleStoryTest extends BrowserTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path RECORDING =
      ROOT.resolve("recordings/src/test/resources/accel-two-vsmmu-unplug.trace.log.gz");
  private static final Path PICTURES = ROOT.resolve("docs/console");

  @Test
  void why_did_this_nic_stop() throws IOException {
    String name = freshName("unplug");

    // The recording is dropped onto the page and leads to its vSMMUs.
    page.navigate("/");
    drop(name + ".trace.log.gz", Files.readAllBytes(RECORDING));
    page.getByRole(AriaRole.LINK, named(name + "-b")).first().click();
    Locator timeline = page.locator("vs-timeline");
    assertThat(timeline).isVisible();
    assertThat(page.getByRole(AriaRole.LISTBOX, named("Events"))).isVisible();

    // The last event after which the NIC's stream translates, and the change that followed.
    page.keyboard().press("/");
    page.keyboard().type("streams[\"0x3100\"].configuration == \"TRANSLATE\"");
    page.keyboard().press("Enter");
    page.getByRole(AriaRole.BUTTON, named("Last hit")).click();
    assertThat(selected()).containsText("CFGI_STE StreamID=0x3100");
    picture("1-last", "The log from its first event to its last, and the cursor at the last hit");
    page.getByRole(AriaRole.LINK, named("StreamID 0x3100, its STE")).first().click();
    assertThat(page).hasURL(Pattern.compile(".*sid=0x3100.*"));
    page.keyboard().press("]");
    assertThat(selected()).containsText("StreamID 0x3100: BYPASS, because of CFGI_STE");
    Locator ste = page.getByRole(AriaRole.TABLE, named("Fields of the STE of StreamID 0x3100"));
    assertThat(ste).containsText("was 5");
    picture("2-change", "What changed with this event: the STE's Config");

    // What made it so: the guest's own CFGI_STE, for a bypass STE that it had written.
    page.getByRole(AriaRole.TAB, named("Why")).click();
    assertThat(page.locator("[aria-current=step]").first())
        .containsText("CFGI_STE StreamID=0x3100");
    picture("3-why", "From the doorbell to what the guest saw");

    // The moment for a colleague: a note, and the address.
    page.getByRole(AriaRole.TAB, named("Notes")).click();
    page.getByLabel(Pattern.compile("^Note at"))
        .fill("The driver lets the NIC go: a bypass STE, then the unplug.");
    page.getByRole(AriaRole.BUTTON, named("Write the note")).click();
    assertThat(page.getByText("The driver lets the NIC go").last()).isVisible();
    Page colleague = fresh();
    colleague.navigate(page.url());
    assertThat(colleague.getByText("The driver lets the NIC go").last()).isVisible();
    assertThat(colleague.getByLabel("Position", new Page.GetByLabelOptions().setExact(true)))
        .hasValue(Pattern.compile("[0-9]+"));
  }

  private Locator selected() {
    return page.getByRole(AriaRole.LISTBOX, named("Events"))
        .getByRole(AriaRole.OPTION, new Locator.GetByRoleOptions().setSelected(true));
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  /** A picture of the page as it is now, if pictures are wanted. */
  private void picture(String file, String what) throws IOException {
    if (Boolean.getBoolean("console.pictures")) {
      Files.createDirectories(PICTURES);
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
      page.mouse().move(0, 0);
      // The timeline draws what arrives after the view has changed.
      page.waitForLoadState(com.microsoft.playwright.options.LoadState.NETWORKIDLE);
      page.waitForTimeout(500);
      page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(file + ".png")));
      System.out.println(file + ": " + what);
    }
  }
}
