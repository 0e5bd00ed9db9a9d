package io.vsmmu.host.simulated;

import io.vsmmu.host.IommuCall;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Optional;

/**
 * One operation that was requested of a simulated host.
 *
 * @param index position among all operations of the host, from 0
 * @param context number of the context, from 1 in the order of opening; 0 for a refused open
 * @param operation the operation
 * @param arguments its arguments in the order of {@link IommuCall#arguments}
 * @param errno the refusal; empty for a success
 * @param value its numeric result: an id, a number of bytes or entry_num; 0 when it has none
 */
public record IssuedCall(
    long index,
    int context,
    IommuCall operation,
    List<Object> arguments,
    Optional<Errno> errno,
    long value) {

  public IssuedCall {
    arguments = List.copyOf(arguments);
  }

  /** One line: {@code attach(dev_id=1, pt_id=5) -> 5}. */
  public String text() {
    StringBuilder line = new StringBuilder(operation.text()).append('(');
    for (int i = 0; i < arguments.size(); i++) {
      line.append(i == 0 ? "" : ", ").append(operation.arguments().get(i)).append('=');
      line.append(
          arguments.get(i) instanceof Long number
              ? "0x" + Long.toHexString(number)
              : arguments.get(i));
    }
    line.append(") -> ");
    errno.ifPresent(refusal -> line.append(refusal).append(' '));
    return line.append(value).toString();
  }
}
