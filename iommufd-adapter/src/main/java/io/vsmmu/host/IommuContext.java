package io.vsmmu.host;

import io.vsmmu.host.HostResult.Done;
import java.util.List;
import java.util.Map;

/**
 * One open {@code /dev/iommu}: the objects user space allocated on it, identified by the kernel's
 * ids. Ids start at 1, and the kernel gives out the lowest free one, so that the id of a destroyed
 * object is used again. Closing the descriptor frees all objects.
 *
 * <p>No operation throws for what the host refuses. Unless said otherwise an id that names nothing,
 * or an object of another kind than the operation needs, gives ENOENT
 * (drivers/iommu/iommufd/main.c, iommufd_get_object), every allocation may give ENOMEM, and every
 * operation on a closed context gives EBADF. Implementations are safe for use by several threads.
 */
public interface IommuContext extends AutoCloseable {

  /** {@code IOMMU_VIOMMU_TYPE_ARM_SMMUV3}. */
  int VIOMMU_TYPE_ARM_SMMUV3 = 1;

  /** {@code IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV}. */
  int VIOMMU_TYPE_TEGRA241_CMDQV = 2;

  /** {@code IOMMU_VEVENTQ_TYPE_ARM_SMMUV3}. */
  int VEVENTQ_TYPE_ARM_SMMUV3 = 1;

  /**
   * Whether a VMM owns the iommufd. The VMM then binds the devices and maps the guest's RAM, and
   * the iommufd holds its objects as well as those of this service ({@link
   * io.vsmmu.host.vmm.VmmContext}).
   */
  default boolean ownedByVmm() {
    return false;
  }

  /**
   * Opens the device's character device and binds it: {@code VFIO_DEVICE_BIND_IOMMUFD}.
   *
   * <p>Errors: ENOENT no such device or not bound to vfio-pci; EINVAL the device is open or bound
   * already, by this or another process; EPERM another iommufd holds a device of the same iommu
   * group (drivers/vfio/device_cdev.c, vfio_df_ioctl_bind_iommufd; drivers/iommu/iommufd/device.c,
   * iommufd_device_bind).
   *
   * @param deviceAddress PCI address, {@code 0000:01:00.0}
   * @return dev_id
   */
  HostResult<Integer> bind(String deviceAddress);

  /**
   * Closes the device's character device, which detaches and unbinds it. A vDEVICE that still
   * exists for it is destroyed by the kernel, and its id stays reserved until the context is closed
   * (drivers/iommu/iommufd/device.c, iommufd_device_pre_destroy).
   */
  HostResult<Done> unbind(int devId);

  /** The devices that are bound through this context: PCI address to dev_id. */
  Map<String, Integer> devices();

  /** {@code IOMMU_GET_HW_INFO} (drivers/iommu/iommufd/device.c, iommufd_get_hw_info). */
  HostResult<HwInfo> hwInfo(int devId);

  /**
   * {@code IOMMU_IOAS_ALLOC} (drivers/iommu/iommufd/ioas.c).
   *
   * @return the IOAS's id
   */
  HostResult<Integer> allocIoas();

  /**
   * Maps guest RAM at a fixed IOVA: {@code IOMMU_IOAS_MAP_FILE} for a memfd, {@code IOMMU_IOAS_MAP}
   * for anonymous memory.
   *
   * <p>Errors: EINVAL for length 0, or for an iova, length or source that is not page aligned once
   * a page table maps the IOAS; EOVERFLOW when the range ends beyond 2^64; EEXIST when it overlaps
   * a mapping; EFAULT, EBADF for a bad source (drivers/iommu/iommufd/ioas.c, io_pagetable.c).
   *
   * @param iova guest-physical address in bytes
   * @param length in bytes
   */
  HostResult<Done> map(int ioasId, long iova, long length, MapAccess access, RamSource source);

  /**
   * {@code IOMMU_IOAS_UNMAP}: removes whole mappings within the range. ENOENT when there is none,
   * or when one reaches beyond the range (drivers/iommu/iommufd/io_pagetable.c,
   * iopt_unmap_iova_range).
   *
   * @return bytes unmapped
   */
  HostResult<Long> unmap(int ioasId, long iova, long length);

  /**
   * {@code IOMMU_HWPT_ALLOC} with {@code IOMMU_HWPT_ALLOC_NEST_PARENT}: the stage 2 of a guest on
   * the device's physical SMMU.
   *
   * <p>Errors: EINVAL when {@code ioasId} names nothing or no IOAS; EADDRINUSE when it has mappings
   * that are not page aligned; EOPNOTSUPP when the physical SMMU cannot nest
   * (drivers/iommu/iommufd/hw_pagetable.c; arm-smmu-v3.c, arm_smmu_domain_alloc_paging_flags).
   *
   * @return the HWPT's id
   */
  HostResult<Integer> allocNestingParent(int devId, int ioasId);

  /**
   * {@code IOMMU_GET_HW_INFO} of type TEGRA241_CMDQV: the number of command queues that the
   * device's SMMU has for guests. EOPNOTSUPP when it has none, or when the kernel does not know the
   * type.
   *
   * @return the number of queues for all guests together
   */
  HostResult<Integer> hardwareQueues(int devId);

  /**
   * {@code IOMMU_VIOMMU_ALLOC}.
   *
   * <p>Errors: EOPNOTSUPP when the physical SMMU cannot nest or is not coherent (neither S2FWB nor
   * CANWBS), or has no such type; EINVAL when the HWPT is no nesting parent or belongs to another
   * physical SMMU (drivers/iommu/iommufd/viommu.c; arm-smmu-v3-iommufd.c, arm_vsmmu_init).
   *
   * @param type {@link #VIOMMU_TYPE_ARM_SMMUV3} or {@link #VIOMMU_TYPE_TEGRA241_CMDQV}
   * @return the vIOMMU's id
   */
  HostResult<Integer> allocViommu(int devId, int s2HwptId, int type);

  /**
   * {@code IOMMU_HW_QUEUE_ALLOC} of type TEGRA241_CMDQV: the SMMU reads the guest's queue directly.
   * The kernel pins the queue's memory. Queues must be destroyed in descending order of their
   * indexes, otherwise the destroy gives EBUSY.
   *
   * <p>Errors: EOPNOTSUPP the vIOMMU is not of type TEGRA241_CMDQV; EINVAL an index beyond the
   * vIOMMU's queues, a length that is no power of two, less than 32 bytes or more than IDR1.CMDQS
   * allows, or an address that is no multiple of it; EEXIST the index has a queue; EIO the index
   * before it has none; ENOENT nothing is mapped at the address; EFAULT the memory is not
   * physically contiguous (drivers/iommu/iommufd/viommu.c;
   * drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c).
   *
   * @param index from 0
   * @param iova guest-physical address
   * @param length in bytes
   * @return the queue's id
   */
  HostResult<Integer> allocHwQueue(int viommuId, int index, long iova, long length);

  /**
   * {@code IOMMU_VDEVICE_ALLOC}.
   *
   * <p>Errors: EINVAL when device and vIOMMU are on different physical SMMUs; EEXIST when the
   * device has a vDEVICE or the vIOMMU has this virt_id; EOPNOTSUPP when the device has not exactly
   * one StreamID (drivers/iommu/iommufd/viommu.c).
   *
   * @param virtId the vSID, unsigned
   * @return the vDEVICE's id
   */
  HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId);

  /**
   * {@code IOMMU_HWPT_ALLOC} on a vIOMMU with {@code struct iommu_hwpt_arm_smmuv3}.
   *
   * <p>Errors: EINVAL when {@code viommuId} names nothing or no vIOMMU; EOPNOTSUPP for any flag;
   * EIO for STE bits the kernel does not let a guest set (arm-smmu-v3-iommufd.c,
   * arm_smmu_validate_vste).
   *
   * @param flags must be 0
   * @param ste0 bits 63:0 of the vSTE
   * @param ste1 bits 127:64 of the vSTE
   * @return the nested HWPT's id
   */
  HostResult<Integer> allocNestedHwpt(int devId, int viommuId, int flags, long ste0, long ste1);

  /**
   * {@code VFIO_DEVICE_ATTACH_IOMMUFD_PT}: attaches, or replaces what is attached without a gap. On
   * a refusal the attachment is what it was.
   *
   * <p>The first device of an iommu group decides for the group; a further one must attach the same
   * HWPT; replacing moves all attached devices of the group. An IOAS id attaches an automatic HWPT.
   *
   * <p>Errors: ENOENT no object {@code ptId}, or a translating HWPT before the device has a
   * vDEVICE; EINVAL {@code ptId} is no HWPT and no IOAS, is of another physical SMMU, or differs
   * from the HWPT of the group; EBUSY SSIDs of the device are in use
   * (drivers/iommu/iommufd/device.c, iommufd_device_change_pt; arm-smmu-v3-iommufd.c,
   * arm_smmu_attach_dev_nested).
   *
   * @param ptId an HWPT's or IOAS's id
   * @return id of the HWPT attached
   */
  HostResult<Integer> attach(int devId, int ptId);

  /**
   * {@code VFIO_DEVICE_DETACH_IOMMUFD_PT}: the device's DMA is blocked from here. Without an
   * attachment it does nothing (drivers/vfio/iommufd.c, vfio_iommufd_physical_detach_ioas).
   */
  HostResult<Done> detach(int devId);

  /**
   * {@code IOMMU_DESTROY}. EBUSY while another object, an attachment or an open vEVENTQ descriptor
   * uses it, and for a bound device (drivers/iommu/iommufd/main.c, iommufd_object_remove).
   */
  HostResult<Done> destroy(int objectId);

  /**
   * {@code IOMMU_HWPT_INVALIDATE} on a vIOMMU with {@code IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3}.
   * CMD_SYNC is implied. Read {@link InvalidationReport} before using its {@code entryNum}.
   *
   * <p>Errors: EIO a command the kernel does not let a guest issue; ENOENT, EINVAL no such vIOMMU
   * (entryNum 0); EINVAL for an empty batch (0 commands are taken after Linux 7.3); ENOMEM with
   * entryNum at the batch size (arm-smmu-v3-iommufd.c, arm_vsmmu_cache_invalidate).
   */
  InvalidationReport invalidate(int viommuId, InvalidationBatch batch);

  /**
   * {@code IOMMU_VEVENTQ_ALLOC}, flags 0; the implementation keeps the descriptor.
   *
   * <p>Errors: EOPNOTSUPP type 0 (another type is taken, and nothing is ever reported for one that
   * the driver does not know); EINVAL depth 0; EEXIST the vIOMMU has one of this type
   * (drivers/iommu/iommufd/eventq.c, iommufd_veventq_alloc).
   *
   * @param type {@link #VEVENTQ_TYPE_ARM_SMMUV3}
   * @param depth most events kept unread, at least 1
   * @return the vEVENTQ's id
   */
  HostResult<Integer> allocVeventq(int viommuId, int type, int depth);

  /**
   * poll(2) on the vEVENTQ's descriptor.
   *
   * @param timeoutMillis longest wait in milliseconds; 0 does not wait
   * @return whether an event can be read
   */
  HostResult<Boolean> pollVevents(int veventqId, int timeoutMillis);

  /**
   * read(2) of the vEVENTQ's descriptor: up to {@code max} records in order, and an empty list when
   * the queue is empty (drivers/iommu/iommufd/eventq.c, iommufd_veventq_fops_read).
   *
   * @param max at least 1
   */
  HostResult<List<Vevent>> readVevents(int veventqId, int max);

  /** close(2) of the vEVENTQ's descriptor, after which the vEVENTQ may be destroyed. */
  HostResult<Done> closeVeventq(int veventqId);

  /**
   * Ends a VM's use of the iommufd: as {@link #close}, but copies of a VMM's descriptors stay open,
   * so that the iommufd can be used again.
   */
  default void freeObjects() {
    close();
  }

  /**
   * Closes the descriptors of the devices, of the vEVENTQs and of /dev/iommu, after which the
   * kernel frees all objects. A second call does nothing.
   */
  @Override
  void close();
}
