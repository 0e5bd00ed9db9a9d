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

/** Reads the index of blocks of events: which of them may hold what is asked for. */
final class BlockIndex {

  private final Tables tables;

  BlockIndex(Tables tables) {
    this.tables = tables;
  }

  /** How many segments of a vSMMU are in the index, from its first sequence on. */
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
   * The blocks of a span of segments that have, for each demand, an event with one of its keys: the
   * sequences of neighbouring blocks as one span, ascending.
   */
  List<Span> blocks(int vsmmu, List<Collection<IndexKey>> demands, Span segments) {
    TreeMap<Long, Long> bits = null;
    for (Collection<IndexKey> demand : demands) {
      TreeMap<Long, Long> found = bits(vsmmu, demand, segments);
      if (bits == null) {
        bits = found;
      } else {
        bits.keySet().retainAll(found.keySet());
        bits.replaceAll((segment, blocks) -> blocks & found.getOrDefault(segment, 0L));
      }
    }
    return bits == null ? List.of() : spans(bits);
  }

  private TreeMap<Long, Long> bits(int vsmmu, Collection<IndexKey> demand, Span segments) {
    Map<Integer, List<Long>> cells = new TreeMap<>();
    demand.forEach(
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
