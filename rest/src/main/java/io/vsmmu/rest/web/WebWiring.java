package io.vsmmu.rest.web;

import io.vsmmu.db.embedded.PrivateFolder;
import io.vsmmu.rest.access.RuledHandlers;
import io.vsmmu.rest.intake.BodyPace;
import io.vsmmu.rest.intake.KnownParameters;
import io.vsmmu.rest.intake.RequestLimits;
import io.vsmmu.rest.value.ParameterConverters;
import io.vsmmu.rest.value.PlainText;
import io.vsmmu.rest.vsmmu.NamedVmInterceptor;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.catalina.core.StandardHost;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.bind.ServletRequestDataBinder;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.annotation.InitBinderDataBinderFactory;
import org.springframework.web.method.support.InvocableHandlerMethod;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ServletRequestDataBinderFactory;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/** The configuration of Spring MVC, Jackson and Tomcat. */
@Configuration(proxyBeanMethods = false)
class WebWiring implements WebMvcConfigurer {

  private final KnownParameters knownParameters;
  private final RuledHandlers ruledHandlers;
  private final NamedVmInterceptor namedVm;

  WebWiring(
      KnownParameters knownParameters, RuledHandlers ruledHandlers, NamedVmInterceptor namedVm) {
    this.knownParameters = knownParameters;
    this.ruledHandlers = ruledHandlers;
    this.namedVm = namedVm;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(ruledHandlers);
    registry.addInterceptor(knownParameters);
    registry.addInterceptor(namedVm);
  }

  @Override
  public void addFormatters(FormatterRegistry registry) {
    ParameterConverters.addTo(registry);
  }

  @Bean
  static WebMvcRegistrations strictBinding() {
    return new WebMvcRegistrations() {
      @Override
      public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
        return new StrictHandlerAdapter();
      }
    };
  }

  /** Lets {@link QueryBinder} bind the parameters of controllers. */
  private static final class StrictHandlerAdapter extends RequestMappingHandlerAdapter {

    @Override
    protected InitBinderDataBinderFactory createDataBinderFactory(
        List<InvocableHandlerMethod> initializers) {
      return new ServletRequestDataBinderFactory(initializers, getWebBindingInitializer()) {
        @Override
        protected ServletRequestDataBinder createBinderInstance(
            @Nullable Object target, String name, NativeWebRequest request) {
          return new QueryBinder(target, name);
        }
      };
    }
  }

  /**
   * JSON is read strictly: unknown and repeated names are refused, and so is a number where a
   * string is required.
   */
  @Bean
  JsonMapperBuilderCustomizer strictJson() {
    return builder ->
        builder
            .addModule(
                new SimpleModule("plain text").addDeserializer(String.class, new PlainText()))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                config -> {
                  config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                  config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                  config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                });
  }

  /**
   * Tomcat requires a folder to serve files from, and would create one in the system's temporary
   * directory. This service serves no files: the folder is empty.
   *
   * @param base folder for all of Tomcat's files; without one it makes a temporary one
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> noFolderElsewhere(
      @Value("${server.tomcat.basedir:}") String base) {
    return factory -> {
      if (!base.isEmpty()) {
        factory.setDocumentRoot(emptyFolder(Path.of(base, "docbase")));
      }
    };
  }

  private static File emptyFolder(Path folder) {
    try {
      return PrivateFolder.make(folder).toFile();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * Requests that Tomcat refuses before Spring sees them are answered with a problem detail too.
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> refusalsAreProblems() {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(RefusalValve.class.getName());
              }
            });
  }

  /**
   * Limits the time for which a thread waits for a client: for the headers and for the body of a
   * request; and the connections of one client.
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> clientsAreNotWaitedForForEver(
      BodyPace.PaceLimits pace,
      RequestLimits limits,
      @Value("${vsmmu.web.header-time:20s}") Duration headerTime) {
    return factory -> {
      factory.setProtocol(BoundedHttpProtocol.class.getName());
      factory.addConnectorCustomizers(
          connector -> {
            if (connector.getProtocolHandler() instanceof BoundedHttpProtocol protocol) {
              protocol.setHeaderTime(headerTime);
              protocol.setClientConnections(limits.connections());
            }
          });
      // Outside of the valve that reports errors, so that the report is sent first.
      factory.addEngineValves(new BodyEndValve(pace), new ClientConnectionValve());
    };
  }

  /**
   * Tomcat reads no parameters from a body: a recording may have any media type, that of a form
   * included.
   */
  @Bean
  TomcatConnectorCustomizer bodiesAreBodies() {
    return connector -> connector.setParseBodyMethods("");
  }
}
