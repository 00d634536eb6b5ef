package dev.longshore.alerting.alert;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The alerts of one route that share the labels it groups by, as they are at one moment: what
/// becomes one notification.
///
/// @param id identifies the group over restarts. It is the key, but for routes after the first with
///   the same matchers, which have a number in it
/// @param key the route's matchers and the group's labels, as Alertmanager writes them:
///   `{}/{severity="page"}:{alertname="PodDown"}`. Routes with the same matchers share it
/// @param receiver the receiver's name
/// @param labels the labels grouped by
/// @param members sorted by when they started, then by labels; never empty but when the last one
///   has gone
/// @param repeatInterval after which it is told again
/// @param acknowledgement that somebody sees to it; null while nobody does
public record AlertGroup(
    String id,
    String key,
    String receiver,
    Labels labels,
    List<Member> members,
    Duration repeatInterval,
    @Nullable Acknowledgement acknowledgement) {
  private static final int HASH_BYTES = 8;

  public AlertGroup {
    members = List.copyOf(members);
  }

  /// A group that nobody has acknowledged.
  public AlertGroup(
      String id,
      String key,
      String receiver,
      Labels labels,
      List<Member> members,
      Duration repeatInterval) {
    this(id, key, receiver, labels, members, repeatInterval, null);
  }

  /// The same group with another acknowledgement.
  public AlertGroup acknowledged(@Nullable Acknowledgement by) {
    return new AlertGroup(id, key, receiver, labels, members, repeatInterval, by);
  }

  /// The same group, told to another receiver.
  public AlertGroup to(String other) {
    return new AlertGroup(id, key, other, labels, members, repeatInterval, acknowledgement);
  }

  /// The same group, which is told again even if it was told a moment ago.
  public AlertGroup repeatedAtOnce() {
    return new AlertGroup(id, key, receiver, labels, members, Duration.ZERO, acknowledgement);
  }

  /// Names the group where its id would be too long, in addresses for example: 16 hexadecimal
  /// digits, the same over restarts.
  public String hash() {
    return hash(id);
  }

  /// The hash of a group's id.
  public static String hash(String id) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// An alert of a group.
  public record Member(Alert alert, Suppression suppression) {}
}
