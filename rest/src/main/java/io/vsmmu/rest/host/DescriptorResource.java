package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;

/** The outcome of taking a descriptor. */
@Schema(name = "HostDeviceDescriptor")
record DescriptorResource(
    @Schema(description = "PCI address", example = "0000:01:00.0") String hostDevice,
    @Schema(
            description =
                "true: it was spent on asking what the device can do, because the service may not"
                    + " open the device's file; one that was opened anew is needed")
        boolean again) {}
