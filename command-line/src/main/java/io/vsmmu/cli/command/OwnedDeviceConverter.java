package io.vsmmu.cli.command;

import io.vsmmu.platform.vmm.OwnedDevice;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an {@link OwnedDevice} from an argument. */
final class OwnedDeviceConverter implements ITypeConverter<OwnedDevice> {

  @Override
  public OwnedDevice convert(String text) {
    return OwnedDevice.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is no ADDRESS=SID[@VSMMU][,PROPERTY=VALUE...], as in 0000:01:00.0=0x10"
                        .formatted(text)));
  }
}
