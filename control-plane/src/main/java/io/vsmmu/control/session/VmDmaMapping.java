package io.vsmmu.control.session;

import io.vsmmu.host.Advice;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.posix.Errno;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import io.vsmmu.vfiouser.memory.Region;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Maps the memory that a VMM shares into the IOAS of its VM. */
final class VmDmaMapping implements DeviceDmaMapping {

  private static final System.Logger LOGGER = System.getLogger(VmDmaMapping.class.getName());

  private final String vsmmu;
  private final VmSpace space;

  VmDmaMapping(String vsmmu, VmSpace space) {
    this.vsmmu = vsmmu;
    this.space = space;
  }

  @Override
  public int share(Region region, Bytes bytes) {
    List<RamSource> ways = new ArrayList<>();
    // The pages of a file outlive this process, so they are tried first.
    bytes.descriptor().ifPresent(fd -> ways.add(new RamSource.MemfdRange(fd, bytes.offset())));
    ways.add(new RamSource.Anonymous(bytes.userAddress()));
    Optional<Errno> refused =
        space.share(this, region.address(), region.size(), access(region), ways);
    refused.ifPresent(errno -> warn(region, errno));
    return refused.map(Errno::number).orElse(0);
  }

  private static MapAccess access(Region region) {
    if (!region.writable()) {
      return MapAccess.READ;
    }
    return region.readable() ? MapAccess.READ_WRITE : MapAccess.WRITE;
  }

  private void warn(Region region, Errno errno) {
    LOGGER.log(
        Level.WARNING,
        "vSMMU %s: the host's devices cannot reach guest RAM 0x%x to 0x%x: %s%s"
            .formatted(vsmmu, region.address(), region.last(), errno, remedy(errno)));
  }

  private static String remedy(Errno errno) {
    return errno == Errno.ENOMEM ? "; " + Advice.RAISE_MEMLOCK_OR_CAPABILITY.with().text() : "";
  }

  @Override
  public void unshare(Region region) {
    space
        .unshare(this, region.address())
        .ifPresent(
            errno ->
                LOGGER.log(
                    Level.ERROR,
                    "vSMMU %s: guest RAM at 0x%x stays mapped for devices: %s"
                        .formatted(vsmmu, region.address(), errno)));
  }
}
