package io.vsmmu.rest.access;

import com.github.benmanes.caffeine.cache.Ticker;
import io.vsmmu.db.EventDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;

/** Spring Security, and who is accepted. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({AccessSettings.class, SocketSettings.class})
class AccessWiring {

  /** Before anything is started. */
  @Bean
  static BeanFactoryPostProcessor listenRule(Environment environment) {
    return beans -> ListenRule.check(environment);
  }

  @Bean
  LocalToken localToken(
      AccessSettings settings, @Value("${vsmmu.data-dir:.vsmmu/data}") Path dataDir)
      throws IOException {
    Path file = settings.tokenFile();
    return LocalToken.in(file == null ? dataDir.resolve("token") : file);
  }

  @Bean
  NamedTokens namedTokens(EventDatabase database, Clock clock) {
    return new NamedTokens(database.pool(), clock);
  }

  @Bean
  OneTimeCodes oneTimeCodes() {
    return new OneTimeCodes(Ticker.systemTicker());
  }

  @Bean
  Sessions sessions() {
    return new Sessions(Ticker.systemTicker());
  }

  /** A resolver, so that Spring Boot makes no user with a password of its own. */
  @Bean
  BearerCallers bearerCallers(
      AccessSettings settings,
      LocalToken local,
      NamedTokens named,
      OneTimeCodes codes,
      Clock clock) {
    AccessSettings.Oidc oidc = settings.oidc();
    return new BearerCallers(
        local, named, codes, oidc == null ? null : new OidcCallers(oidc, clock));
  }

  @Bean
  HttpFirewall passingFirewall() {
    return new PassingFirewall();
  }

  @Bean
  SecurityFilterChain securityFilterChain(
      HttpSecurity http,
      AccessSettings settings,
      BearerCallers bearers,
      Sessions sessions,
      SocketSettings socket,
      Refusals refusals,
      Clock clock)
      throws Exception {
    http.csrf(AbstractHttpConfigurer::disable)
        // PageHeadersFilter sets them, on refusals of Tomcat too.
        .headers(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .exceptionHandling(
            it -> it.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
        .oauth2ResourceServer(
            it ->
                it.authenticationManagerResolver(bearers)
                    .authenticationEntryPoint(refusals)
                    .accessDeniedHandler(refusals))
        .addFilterBefore(
            new SessionFilter(sessions, refusals), BearerTokenAuthenticationFilter.class)
        .addFilterBefore(
            new PeerFilter(new PeerCallers(socket)), BearerTokenAuthenticationFilter.class)
        .authorizeHttpRequests(it -> it.anyRequest().access(new RuleAuthorization()));
    if (!settings.certificates().isEmpty()) {
      http.x509(
          it ->
              it.authenticationUserDetailsService(
                  new CertificateCallers(settings.certificates(), clock)));
    }
    return http.build();
  }
}
