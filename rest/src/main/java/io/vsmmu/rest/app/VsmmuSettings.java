package io.vsmmu.rest.app;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the service.
 *
 * @param dataDir where the embedded database, uploads and sockets live
 * @param host which host stands behind the vSMMUs: {@code simulated} or {@code iommufd}
 * @param recordingBytes most bytes of one uploaded recording
 * @param vmmUids users whose VMMs may connect to a vSMMU's socket, besides root and our own
 * @param romDriver path of the UEFI driver in the option ROMs, such as a signed one; null for the
 *     one that is built in
 */
@ConfigurationProperties("vsmmu")
public record VsmmuSettings(
    @DefaultValue(".vsmmu/data") Path dataDir,
    @DefaultValue("simulated") String host,
    @DefaultValue("17179869184") long recordingBytes,
    @DefaultValue Set<Integer> vmmUids,
    @Nullable Path romDriver) {}
