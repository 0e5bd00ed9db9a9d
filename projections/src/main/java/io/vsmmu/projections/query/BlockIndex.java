package io.vsmmu.projections.query;

import io.vsmmu.projections.model.IndexKey;
import io.vsmmu.projections.model.IndexSegment;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the index of events, the table {@code sieve}: which blocks of 32 events contain an event
 * with certain keys. See {@link IndexSegment} for its rows.
 */
final class BlockIndex {

  private final Tables tables;

  BlockIndex(Tables tables) {
    this.tables = tables;
  }

  /** Number of a vSMMU's segments in the index, from its first event on. */
  long segments(int vsmmu) {
    return tables
        .query(
            "SELECT segment FROM sieve WHERE vsmmu = ? AND scope = ? AND cell = 0"
                + " ORDER BY segment DESC LIMIT 1",
            row -> row.getLong(1) + 1,
            vsmmu,
            IndexKey.EVERY_BLOCK)
        .stream()
        .findFirst()
        .orElse(0L);
  }

  /**
   * The blocks within a range of segments that contain, for each condition, an event with one of
   * its keys. The result holds the sequences of the blocks, ascending, with adjacent blocks as one
   * range.
   */
  List<Span> blocks(int vsmmu, List<Collection<IndexKey>> conditions, Span segments) {
    TreeMap<Long, Long> bits = null;
    for (Collection<IndexKey> condition : conditions) {
      TreeMap<Long, Long> found = bits(vsmmu, condition, segments);
      if (bits == null) {
        bits = found;
      } else {
        bits.keySet().retainAll(found.keySet());
        bits.replaceAll((segment, blocks) -> blocks & found.getOrDefault(segment, 0L));
      }
    }
    return bits == null ? List.of() : spans(bits);
  }

  private TreeMap<Long, Long> bits(int vsmmu, Collection<IndexKey> condition, Span segments) {
    Map<Integer, List<Long>> cells = new TreeMap<>();
    condition.forEach(
        key -> cells.computeIfAbsent(key.scope(), scope -> new ArrayList<>()).add(key.cell()));
    TreeMap<Long, Long> bits = new TreeMap<>();
    List<String> parts = new ArrayList<>();
    List<Object> arguments = new ArrayList<>();
    cells.forEach(
        (scope, names) -> {
          parts.add(
              "SELECT segment, blocks FROM sieve WHERE vsmmu = ? AND scope = ?"
                  + " AND cell = ANY (?) AND segment BETWEEN ? AND ?");
          arguments.add(vsmmu);
          arguments.add(scope);
          arguments.add(names.toArray(Long[]::new));
          arguments.add((int) segments.first());
          arguments.add((int) segments.last());
        });
    tables.query(
        String.join(" UNION ALL ", parts),
        row -> bits.merge(row.getLong(1), row.getLong(2), (a, b) -> a | b),
        arguments.toArray());
    return bits;
  }

  private static List<Span> spans(TreeMap<Long, Long> bits) {
    List<Span> spans = new ArrayList<>();
    bits.forEach(
        (segment, blocks) -> {
          for (int block = 0; block < IndexSegment.BLOCKS; block++) {
            if ((blocks >>> block & 1) != 0) {
              long first = segment * IndexSegment.EVENTS + (long) block * IndexSegment.BLOCK_EVENTS;
              add(spans, new Span(first, first + IndexSegment.BLOCK_EVENTS - 1));
            }
          }
        });
    return spans;
  }

  private static void add(List<Span> spans, Span span) {
    if (!spans.isEmpty() && spans.getLast().last() + 1 == span.first()) {
      spans.set(spans.size() - 1, new Span(spans.getLast().first(), span.last()));
    } else {
      spans.add(span);
    }
  }
}
