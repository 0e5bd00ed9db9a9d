package io.vsmmu.recordings.qemu;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A boot followed by invalidations that wrap around the queue without end, generated on reading.
 */
final class EndlessTrace extends InputStream {

  private static final int QUEUE = 1 << 18;

  private long left;
  private byte[] piece;
  private int position;
  private int next = 640;
  private int read;

  EndlessTrace(long bytes) {
    left = bytes;
    String accel = Collected.accel();
    piece =
        accel
            .substring(0, accel.lastIndexOf("smmuv3_write_mmio addr: 0x20"))
            .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    if (position == piece.length) {
      if (left <= 0) {
        return -1;
      }
      piece = accesses(500);
      position = 0;
    }
    int count = Math.min(length, piece.length - position);
    System.arraycopy(piece, position, to, offset, count);
    position += count;
    left -= count;
    return count;
  }

  private byte[] accesses(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int prod = next + 2;
      consume(text, prod, next).append("smmuv3_cmdq_opcode <--- SMMU_CMD_TLBI_NH_VA\n");
      text.append("smmuv3_range_inval vmid=-1 asid=2 addr=0x");
      text.append(Long.toHexString(0x100000L + ((long) (read++) << 12)));
      text.append(" tg=1 num_pages=0x1 ttl=3 leaf=1 stage=1\n");
      text.append("iommufd_backend_invalidate_cache  iommufd=16 id=4 data_type=1 entry_len=16");
      text.append(" entry_num=1 done_num=1 data_ptr=0xffffae888b88 (0)\n");
      consume(text, prod, next + 1).append("smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC\n");
      text.append("smmuv3_cmdq_consume_out prod:").append(index(prod));
      text.append(", cons:").append(index(prod)).append(", prod_wrap:").append(wrap(prod));
      text.append(", cons_wrap:")
          .append(wrap(prod))
          .append(" \nsmmuv3_write_mmio addr: 0x98 val:0x");
      text.append(Integer.toHexString(prod & (2 * QUEUE - 1))).append(" size: 0x4(0)\n");
      next = prod;
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static StringBuilder consume(StringBuilder text, int prod, int cons) {
    return text.append("smmuv3_cmdq_consume prod=")
        .append(index(prod))
        .append(" cons=")
        .append(index(cons))
        .append(" prod.wrap=")
        .append(wrap(prod))
        .append(" cons.wrap=")
        .append(wrap(cons))
        .append('\n');
  }

  private static int index(int position) {
    return position & (QUEUE - 1);
  }

  private static int wrap(int position) {
    return (position & QUEUE) == 0 ? 0 : 1;
  }
}
