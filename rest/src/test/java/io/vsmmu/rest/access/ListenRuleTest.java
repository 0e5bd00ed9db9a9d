package io.vsmmu.rest.access;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class ListenRuleTest {

  private static MockEnvironment listeningAt(String address) {
    return new MockEnvironment().withProperty("server.address", address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.3.2.1", "::1", "0:0:0:0:0:0:0:1"})
  void loopback_needs_no_tls(String address) {
    assertThatCode(() -> ListenRule.check(listeningAt(address))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7", "2001:db8::7", "", "no such address"})
  void beyond_loopback_nothing_starts_without_tls_and_the_message_names_what_is_allowed(
      String address) {
    assertThatThrownBy(() -> ListenRule.check(listeningAt(address)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--listen '" + address + "'")
        .hasMessageContaining("server.ssl.bundle")
        .hasMessageContaining("127.0.0.1")
        .hasMessageContaining("vsmmu.access.plain-text=true");
  }

  @Test
  void an_address_that_is_not_set_means_all_and_is_refused() {
    assertThatThrownBy(() -> ListenRule.check(new MockEnvironment()))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server.ssl.bundle", "server.ssl.key-store", "server.ssl.certificate"})
  void with_tls_every_address_is_allowed(String setting) {
    MockEnvironment environment = listeningAt("0.0.0.0").withProperty(setting, "web");

    assertThatCode(() -> ListenRule.check(environment)).doesNotThrowAnyException();
  }

  @Test
  void tls_that_is_configured_and_switched_off_does_not_count() {
    MockEnvironment environment =
        listeningAt("0.0.0.0")
            .withProperty("server.ssl.bundle", "web")
            .withProperty("server.ssl.enabled", "false");

    assertThatThrownBy(() -> ListenRule.check(environment))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("server.ssl.enabled");
  }

  @Test
  void plain_text_is_allowed_only_if_the_operator_says_so() {
    MockEnvironment refused =
        listeningAt("0.0.0.0").withProperty("vsmmu.access.plain-text", "false");
    MockEnvironment allowed =
        listeningAt("0.0.0.0").withProperty("vsmmu.access.plain-text", "true");

    assertThatThrownBy(() -> ListenRule.check(refused)).isInstanceOf(IllegalStateException.class);
    assertThatCode(() -> ListenRule.check(allowed)).doesNotThrowAnyException();
  }
}
