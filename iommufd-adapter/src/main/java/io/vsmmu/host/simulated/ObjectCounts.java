package io.vsmmu.host.simulated;

/**
 * The number of objects of each kind in all open contexts of a host.
 *
 * @param contexts open contexts
 * @param devices bound devices
 * @param ioas IOASes
 * @param pagingHwpts HWPTs over an IOAS, nesting parents and automatic ones
 * @param nestedHwpts nested HWPTs
 * @param viommus vIOMMUs
 * @param vdevices vDEVICEs
 * @param veventqs vEVENTQs
 * @param tombstones ids that stay reserved for objects that the kernel destroyed itself
 */
public record ObjectCounts(
    int contexts,
    int devices,
    int ioas,
    int pagingHwpts,
    int nestedHwpts,
    int viommus,
    int vdevices,
    int veventqs,
    int tombstones) {

  public static final ObjectCounts NONE = new ObjectCounts(0, 0, 0, 0, 0, 0, 0, 0, 0);

  ObjectCounts plus(ObjectTable table) {
    return new ObjectCounts(
        contexts + 1,
        devices + table.all(KernelObject.Device.class).size(),
        ioas + table.all(KernelObject.Ioas.class).size(),
        pagingHwpts + table.all(KernelObject.PagingHwpt.class).size(),
        nestedHwpts + table.all(KernelObject.NestedHwpt.class).size(),
        viommus + table.all(KernelObject.Viommu.class).size(),
        vdevices + table.all(KernelObject.Vdevice.class).size(),
        veventqs + table.all(KernelObject.Veventq.class).size(),
        tombstones + table.tombstones());
  }
}
