package io.vsmmu.rest.app;

import io.vsmmu.db.seal.SealLimits;
import io.vsmmu.db.seal.SealSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the log is sealed.
 *
 * @param keyFile the private key of the checkpoints, made at the first start; null for {@code
 *     sealing/key} in the data folder
 * @param checkpointFile to which checkpoints are appended; null for {@code sealing/checkpoints} in
 *     the data folder
 * @param origin name of the log, with which the key is made; empty for one from the host's name
 * @param events positions with which a segment is sealed at once
 * @param interval how long an event waits at most until it is sealed
 */
@ConfigurationProperties("vsmmu.sealing")
public record SealingSettings(
    @Nullable Path keyFile,
    @Nullable Path checkpointFile,
    @DefaultValue("") String origin,
    @DefaultValue("" + SealLimits.SEGMENT_EVENTS) int events,
    @DefaultValue("10s") Duration interval) {

  SealSettings in(Path dataDir) {
    SealSettings defaults = SealSettings.in(dataDir.resolve("sealing"));
    return new SealSettings(
        keyFile == null ? defaults.keyFile() : keyFile,
        checkpointFile == null ? defaults.checkpointFile() : checkpointFile,
        origin,
        events,
        interval);
  }
}
