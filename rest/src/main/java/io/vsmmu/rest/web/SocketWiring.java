package io.vsmmu.rest.web;

import io.vsmmu.rest.access.SocketSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The interface on a Unix socket, with all limits that it has on TCP. */
@Configuration(proxyBeanMethods = false)
class SocketWiring {

  private static final Logger LOGGER = System.getLogger(SocketWiring.class.getName());

  /** After all others, whose settings are those of this connector, too. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> unixSocket(
      SocketSettings settings, @Value("${vsmmu.data-dir:.vsmmu/data}") Path dataDir) {
    return factory -> {
      Path path =
          (settings.path() == null ? dataDir.resolve("api.sock") : settings.path())
              .toAbsolutePath();
      if (SocketFile.fits(path)) {
        SocketFile.free(path);
        factory.addAdditionalConnectors(connector(factory, path, settings));
      } else if (settings.path() == null) {
        LOGGER.log(
            Level.WARNING,
            "The path {0} is too long for a socket: the interface has none. Give another one with"
                + " vsmmu.socket.path",
            path);
      } else {
        throw new IllegalStateException(
            "vsmmu.socket.path '%s' is longer than the %d bytes of a socket's path"
                .formatted(path, SocketFile.PATH_BYTES));
      }
    };
  }

  private static Connector connector(
      TomcatServletWebServerFactory factory, Path path, SocketSettings settings) {
    Connector connector = new Connector(BoundedHttpProtocol.class.getName());
    factory.getConnectorCustomizers().forEach(it -> it.customize(connector));
    if (connector.getProtocolHandler() instanceof BoundedHttpProtocol protocol) {
      factory.getProtocolHandlerCustomizers().forEach(it -> customize(it, protocol));
    }
    connector.setProperty("unixDomainSocketPath", path.toString());
    connector.setProperty("unixDomainSocketPathPermissions", settings.mode());
    connector.setThrowOnFailure(true);
    String group = settings.group();
    if (group != null) {
      connector.addLifecycleListener(
          event -> {
            if (event.getType().equals(Lifecycle.AFTER_START_EVENT)) {
              SocketFile.chgrp(path, group);
            }
          });
    }
    return connector;
  }

  @SuppressWarnings("unchecked")
  private static void customize(
      org.springframework.boot.tomcat.TomcatProtocolHandlerCustomizer<?> customizer,
      BoundedHttpProtocol protocol) {
    ((org.springframework.boot.tomcat.TomcatProtocolHandlerCustomizer<BoundedHttpProtocol>)
            customizer)
        .customize(protocol);
  }
}
