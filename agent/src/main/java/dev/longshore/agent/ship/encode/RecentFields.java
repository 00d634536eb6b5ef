package dev.longshore.agent.ship.encode;

import dev.longshore.agent.event.Snapshot;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.redact.RedactConfig;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// The [SharedFields] of snapshots that were met lately: where many containers log, each next block
/// is another one's. When they occupy too much, all are let go of, and made again where they are
/// needed.
final class RecentFields {
  /// What they may occupy in the heap, about: those of two hundred containers.
  private static final int MAX_BYTES = 512 << 10;

  /// Objects, the file's path and names, beside the members.
  private static final int FIXED_BYTES = 512;

  private final RedactConfig redact;
  private final Filters filters;

  // By the very snapshot: one that is merely equal is read again.
  private final IdentityHashMap<Snapshot, SharedFields> fields = new IdentityHashMap<>();
  private int bytes;

  // Of the block at hand: asked for with each record.
  private @Nullable SharedFields last;

  RecentFields(RedactConfig redact, Filters filters) {
    this.redact = redact;
    this.filters = filters;
  }

  SharedFields of(Snapshot snapshot) {
    SharedFields known = last;
    if (known == null || !known.isOf(snapshot)) {
      known = fields.get(snapshot);
      if (known == null) {
        known = add(snapshot);
      }
      last = known;
    }
    return known;
  }

  private SharedFields add(Snapshot snapshot) {
    int its = 2 * snapshot.fieldsJson().length + FIXED_BYTES;
    if (bytes + its > MAX_BYTES) {
      fields.clear();
      bytes = 0;
    }
    SharedFields made = new SharedFields(snapshot, redact, filters);
    fields.put(snapshot, made);
    bytes += its;
    return made;
  }
}
