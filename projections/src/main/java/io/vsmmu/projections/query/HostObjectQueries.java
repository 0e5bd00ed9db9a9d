package io.vsmmu.projections.query;

import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.HostObject.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Queries for the lifetimes of a vSMMU's HWPTs, vDEVICEs and other host objects. Thread-safe. */
public final class HostObjectQueries {

  private static final String SELECT =
      "SELECT handle, kind, from_position, to_position, kernel_id, sid, word0, word1"
          + " FROM host_object WHERE vsmmu = ?";

  private final Tables tables;

  public HostObjectQueries(DataSource dataSource) {
    this.tables = new Tables(dataSource);
  }

  /**
   * The HWPTs to which streams could be attached at a point of the log, with their complete
   * lifetimes.
   */
  public List<HostObjectItem> hwptsAt(StateAtEvent moment) {
    List<HostObject> there =
        moment.state().objects().values().stream().filter(StateView::isHwpt).toList();
    Long[] handles = there.stream().map(HostObject::handle).toArray(Long[]::new);
    Map<Long, HostObjectItem> lives = new HashMap<>();
    for (HostObjectItem life :
        tables.query(
            SELECT + " AND handle = ANY (?)", HostObjectQueries::item, moment.vsmmu(), handles)) {
      lives.put(life.handle(), life);
    }
    List<HostObjectItem> items = new ArrayList<>();
    for (HostObject object : there) {
      HostObjectItem life = lives.get(object.handle());
      if (life != null) {
        items.add(life);
      }
    }
    return items;
  }

  /**
   * A page of all host objects that the vSMMU has ever had, in the order of their handles.
   *
   * @param afterHandle handle of the last item of the previous page, which {@link Page#next} gave;
   *     empty for the first page
   * @param limit as in {@link Keyset}
   */
  public Page<HostObjectItem> lives(int vsmmu, OptionalLong afterHandle, int limit) {
    List<HostObjectItem> items =
        tables.query(
            SELECT + " AND handle > ? ORDER BY handle LIMIT ?",
            HostObjectQueries::item,
            vsmmu,
            afterHandle.orElse(0),
            Keyset.oldestFirst(limit).limit());
    return items.size() < limit ? Page.end(items) : Page.upTo(items.getLast().handle(), items);
  }

  private static HostObjectItem item(ResultSet row) throws SQLException {
    Kind kind = Kind.valueOf(row.getString(2));
    @Nullable Integer sid = Tables.nullableInt(row, 6);
    return new HostObjectItem(
        row.getLong(1),
        kind,
        row.getLong(3),
        Tables.nullableLong(row, 4),
        Tables.nullableInt(row, 5),
        sid == null ? null : Hex.of(sid),
        StateView.isHwpt(kind) ? Hex.words(row.getLong(7), row.getLong(8)) : List.of());
  }
}
