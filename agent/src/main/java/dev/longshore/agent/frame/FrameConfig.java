package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.shared.units.DataSize;
import java.time.Duration;

/// How lines become records: the `frame` section of the configuration.
///
/// @param maxRecord raw bytes of a record, the runtime's prefixes and line feeds included; a longer
///   one becomes several marked fragments; [#MIN_MAX_RECORD] to [#MAX_MAX_RECORD]
/// @param multiline which stack traces are joined where a pod doesn't say: `auto`, `none`, or the
///   name of one preset
/// @param groupTimeout a stack trace ends where the runtime's timestamps are further apart than
///   this, and is waited for as long
/// @param partialTimeout the same for the parts of one line
public record FrameConfig(
    DataSize maxRecord, String multiline, Duration groupTimeout, Duration partialTimeout) {

  /// Documents of a megabyte are still searchable; larger ones hurt Elasticsearch's highlighter.
  public static final DataSize DEFAULT_MAX_RECORD = DataSize.ofMiB(1);

  /// The lines themselves tell which runtime wrote them.
  public static final String DEFAULT_MULTILINE = "auto";

  /// A trace is written at once; a second covers a container that is throttled in the middle.
  public static final Duration DEFAULT_GROUP_TIMEOUT = Duration.ofSeconds(1);

  /// Parts follow each other at once too, unless the application itself pauses inside its line.
  public static final Duration DEFAULT_PARTIAL_TIMEOUT = Duration.ofSeconds(3);

  /// What the first part of a line must hold so that its kind can be told.
  public static final DataSize MIN_MAX_RECORD = DataSize.ofKiB(4);

  /// What a block of the buffer takes.
  public static final DataSize MAX_MAX_RECORD = DataSize.ofBytes(Block.MAX_RECORD_BYTES);

  public FrameConfig {
    if (maxRecord.bytes() < MIN_MAX_RECORD.bytes() || maxRecord.bytes() > MAX_MAX_RECORD.bytes()) {
      throw new IllegalArgumentException(
          "frame.maxRecord is "
              + maxRecord
              + "; accepted is "
              + MIN_MAX_RECORD
              + " to "
              + MAX_MAX_RECORD);
    }
    if (!FrameRules.MULTILINE_NAMES.contains(multiline)) {
      throw new IllegalArgumentException(
          "frame.multiline is '" + multiline + "'; accepted are " + FrameRules.MULTILINE_NAMES);
    }
    requirePositive("frame.groupTimeout", groupTimeout);
    requirePositive("frame.partialTimeout", partialTimeout);
  }

  private static void requirePositive(String path, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          path + " is " + value + "; accepted is more than zero and at most an hour");
    }
  }

  public static FrameConfig defaults() {
    return new FrameConfig(
        DEFAULT_MAX_RECORD, DEFAULT_MULTILINE, DEFAULT_GROUP_TIMEOUT, DEFAULT_PARTIAL_TIMEOUT);
  }
}
