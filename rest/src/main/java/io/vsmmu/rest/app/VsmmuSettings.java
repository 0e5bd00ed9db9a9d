package io.vsmmu.rest.app;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the service.
 *
 * @param dataDir the folder of the embedded database, of uploads and of sockets
 * @param journalDir the folder of the journal; null for {@code journal} in the data folder
 * @param acceptJournalLoss whether to start although acknowledged events are missing from the
 *     journal
 * @param host the host of the vSMMUs: {@code simulated} or {@code iommufd}
 * @param recordingBytes the greatest length of an uploaded recording in bytes
 * @param vmmUids users whose VMMs may connect to a vSMMU's socket, besides root and the service's
 *     own
 * @param romDriver path of the UEFI driver in the option ROMs, such as a signed one; null for the
 *     one that is built in
 */
@ConfigurationProperties("vsmmu")
public record VsmmuSettings(
    @DefaultValue(".vsmmu/data") Path dataDir,
    @Nullable Path journalDir,
    @DefaultValue("false") boolean acceptJournalLoss,
    @DefaultValue("simulated") String host,
    @DefaultValue("17179869184") long recordingBytes,
    @DefaultValue Set<Integer> vmmUids,
    @Nullable Path romDriver) {

  Path journal() {
    return journalDir == null ? dataDir.resolve("journal") : journalDir;
  }
}
