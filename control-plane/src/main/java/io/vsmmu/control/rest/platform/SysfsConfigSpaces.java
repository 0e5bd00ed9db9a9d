package io.vsmmu.control.rest.platform;

import io.vsmmu.platform.pci.ConfigLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Configuration spaces as sysfs has them. Root sees all of one, others the first 64 bytes
 * (drivers/pci/pci-sysfs.c, pci_read_config).
 */
record SysfsConfigSpaces(Path devices) implements ConfigSpaces {

  @Override
  public Optional<byte[]> read(String address) {
    try (InputStream file = Files.newInputStream(devices.resolve(address).resolve("config"))) {
      return Optional.of(file.readNBytes(ConfigLimits.BYTES));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
