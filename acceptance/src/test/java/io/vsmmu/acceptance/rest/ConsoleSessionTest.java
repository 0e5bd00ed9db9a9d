package io.vsmmu.acceptance.rest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A person opens the console from a terminal, with a token, or from a colleague's link. */
class ConsoleSessionTest extends BrowserTest {

  @Override
  Map<String, String> headers() {
    return Map.of();
  }

  /** A browser reports each refused request as an error, whatever the page makes of it. */
  @AfterEach
  void refusals_for_want_of_a_session_are_expected() {
    errors.removeIf(it -> it.contains("401"));
  }

  private Locator heading(String text) {
    return page.getByRole(
        AriaRole.HEADING, new Page.GetByRoleOptions().setName(text).setExact(true));
  }

  private Locator button(String text) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(text).setExact(true));
  }

  private String code() {
    return post("/session/codes").expect(201).json().path("code").asString();
  }

  private String token(String name, String role) {
    return post("/tokens", "{\"name\":\"%s\",\"role\":\"%s\"}".formatted(name, role))
        .expect(201)
        .json()
        .path("secret")
        .asString();
  }

  private void signIn(String token) {
    page.getByLabel("Token").fill(token);
    page.keyboard().press("Enter");
  }

  @Test
  void an_address_from_the_terminal_begins_a_session_once_and_shows_its_view() {
    String address = "/#code=" + code() + "/recordings?from=here";

    page.navigate(address);

    assertThat(heading("Recordings")).isVisible();
    assertThat(page).hasURL(Pattern.compile(".*/#/recordings\\?from=here$"));
    page.goBack();
    assertThat(page).not().hasURL(Pattern.compile(".*code=.*"));
    page.navigate("/");
    page.reload();
    assertThat(heading("vSMMUs")).isVisible();
    button("Sign out").click();
    assertThat(heading("Sign in")).isVisible();
    assertThat(page.getByText("was used before")).isHidden();
    page.navigate("about:blank");
    page.navigate(address);
    assertThat(heading("Sign in")).isVisible();
    assertThat(page.getByText("was used before")).isVisible();
  }

  @Test
  void a_page_without_a_session_says_what_to_run_takes_a_token_and_shows_its_view() {
    String name = created("vm");
    page.navigate("/#/vsmmus/" + name + "?panel=notes");

    assertThat(heading("Sign in")).isVisible();
    assertThat(page.getByText("./vsmmu console --url http://127.0.0.1:" + port, byWholeText()))
        .isVisible();
    assertThat(
            new AxeBuilder(page)
                .analyze().getViolations().stream()
                    .filter(it -> Set.of("serious", "critical").contains(it.getImpact()))
                    .map(it -> it.getId() + " " + it.getNodes()))
        .isEmpty();
    signIn("vsmmu_" + "x".repeat(43));
    assertThat(page.locator("vs-sign-in vs-problem")).containsText("token");
    signIn(TestToken.SECRET);

    assertThat(heading(name)).isVisible();
    assertThat(page).hasURL(Pattern.compile(".*/#/vsmmus/" + name + "\\?panel=notes$"));
  }

  private static Page.GetByTextOptions byWholeText() {
    return new Page.GetByTextOptions().setExact(true);
  }

  @Test
  void a_session_that_ends_meanwhile_leads_to_the_sign_in_and_back() {
    String token = freshName("revoked");
    page.navigate("/");
    signIn(token(token, "viewer"));
    assertThat(heading("vSMMUs")).isVisible();

    delete("/tokens/" + token).expect(204);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Audit")).click();

    assertThat(heading("Sign in")).isVisible();
    signIn(TestToken.SECRET);
    assertThat(heading("Audit")).isVisible();
  }

  @Test
  void what_the_role_does_not_permit_is_disabled_with_the_reason() {
    String viewer = freshName("looks");
    page.navigate("/");
    signIn(token(viewer, "viewer"));

    Locator create = button("Create a vSMMU").first();
    assertThat(create).isDisabled();
    assertThat(create)
        .hasAttribute(
            "title", "This needs the role operator; token:%s is viewer".formatted(viewer));
    page.navigate("/#/recordings");
    assertThat(button("Choose files")).isDisabled();
    assertThat(page.getByText("token:" + viewer + " (viewer)")).isVisible();
  }
}
