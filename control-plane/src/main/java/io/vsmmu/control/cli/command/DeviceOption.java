package io.vsmmu.control.cli.command;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A host device and where the guest has it: {@code ADDRESS=SID[@VSMMU][,PROPERTY=VALUE...]}.
 *
 * @param text as it was given
 * @param address PCI address on the host
 * @param streamId what the guest uses for it, at least 0
 * @param vsmmu the vSMMU that it goes behind; empty for the VM's only one
 * @param properties of QEMU's device
 */
record DeviceOption(
    String text, String address, int streamId, String vsmmu, List<String> properties) {

  private static final Pattern FORM =
      Pattern.compile(
          "(\\p{XDigit}{4,8}:\\p{XDigit}{2}:[01]\\p{XDigit}\\.[0-7])="
              + "(0[xX]\\p{XDigit}{1,7}|\\d{1,9})(?:@([^,]+))?((?:,[^,=]+=[^,]*)*)");

  /** Reads it from an argument. */
  static final class Converter implements ITypeConverter<DeviceOption> {
    @Override
    public DeviceOption convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException(
            "'%s' is no ADDRESS=SID[@VSMMU][,PROPERTY=VALUE...], as in 0000:01:00.0=0x10"
                .formatted(text));
      }
      String vsmmu = form.group(3) == null ? "" : form.group(3);
      List<String> properties =
          Arrays.stream(form.group(4).split(",")).filter(part -> !part.isEmpty()).toList();
      return new DeviceOption(
          text, form.group(1), Integer.decode(form.group(2)), vsmmu, properties);
    }
  }
}
