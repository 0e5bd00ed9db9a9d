# Builds from the sources; the result holds a JRE, the jar and its libraries.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN ./mvnw -B -ntp -Dmaven.test.skip=true -DskipFormat -pl command-line -am package

FROM eclipse-temurin:25-jre
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/vsmmu vsmmu
COPY --from=build /src/command-line/target/lib /opt/vsmmu/lib
COPY --from=build /src/command-line/target/vsmmu.jar /opt/vsmmu/vsmmu.jar
USER vsmmu
VOLUME /var/lib/vsmmu
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=12 \
    CMD curl -fsS http://127.0.0.1:8080/actuator/health/readiness || exit 1
# Without TLS it does not start so (docs/service.md, Access): docker-compose.yml publishes the port on loopback and says so.
# Inside a container the port is reached from outside only when it listens on all addresses.
ENTRYPOINT ["java", "-Xlog:disable", "-Xlog:all=error:stderr", "-jar", "/opt/vsmmu/vsmmu.jar"]
CMD ["serve", "--listen", "0.0.0.0", "--port", "8080", "--data-dir", "/var/lib/vsmmu"]
