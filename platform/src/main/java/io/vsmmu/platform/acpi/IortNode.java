package io.vsmmu.platform.acpi;

import java.util.List;

/** Node types, with their revisions in a table of revision 5. Source: DEN 0049E.d. */
enum IortNode {
  ITS_GROUP(0, 1),

  /** Without the PASID flags, which revision 4 of the node added. */
  ROOT_COMPLEX(2, 3),

  /** Four bytes longer; iasl 20250404 disassembles these bytes but does not compile them. */
  ROOT_COMPLEX_WITH_PASID(2, 4),
  SMMU_V3(4, 4),
  RESERVED_MEMORY(6, 3);

  static final int HEADER_BYTES = 16;

  /** Flag of a root complex node of revision 4. */
  static final int PASID_SUPPORTED = 1 << 1;

  private final int type;
  private final int revision;

  IortNode(int type, int revision) {
    this.type = type;
    this.revision = revision;
  }

  /** The bytes of a node: its header, data and ID mappings. */
  byte[] bytes(int identifier, byte[] data, List<IdMapping> mappings) {
    int array = HEADER_BYTES + data.length;
    AcpiBytes node =
        new AcpiBytes()
            .u8(type)
            .u16(array + mappings.size() * IdMapping.BYTES)
            .u8(revision)
            .u32(identifier)
            .u32(mappings.size())
            .u32(mappings.isEmpty() ? 0 : array)
            .bytes(data);
    mappings.forEach(m -> m.write(node));
    return node.toBytes();
  }
}
