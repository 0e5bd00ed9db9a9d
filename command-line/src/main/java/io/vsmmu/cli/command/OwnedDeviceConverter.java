package io.vsmmu.cli.command;

import io.vsmmu.platform.vmm.VmmOwnedDevice;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an {@link VmmOwnedDevice} from an argument. */
final class OwnedDeviceConverter implements ITypeConverter<VmmOwnedDevice> {

  @Override
  public VmmOwnedDevice convert(String text) {
    return VmmOwnedDevice.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is no ADDRESS=SID[@VSMMU][,PROPERTY=VALUE...], as in 0000:01:00.0=0x10"
                        .formatted(text)));
  }
}
