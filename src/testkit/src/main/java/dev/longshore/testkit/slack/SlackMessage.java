package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message as Slack has it. Seen from outside it is a snapshot: [SlackServer] hands out copies.
public final class SlackMessage {

  /// What a message shows.
  ///
  /// @param text `text`; what notifications show, and all there is without blocks
  /// @param body the whole request, for what else was asked for
  public record Content(
      String text, @Nullable JsonNode blocks, @Nullable JsonNode attachments, JsonNode body) {}

  final String channelId;
  final String ts;
  final @Nullable String threadTs;
  final boolean broadcast;
  final String author;
  final Instant postedAt;
  final @Nullable JsonNode metadata;
  final List<Content> versions = new ArrayList<>();
  final List<String> pings = new ArrayList<>();
  boolean deleted;

  SlackMessage(
      String channelId,
      String ts,
      @Nullable String threadTs,
      boolean broadcast,
      String author,
      Instant postedAt,
      @Nullable JsonNode metadata,
      Content content) {
    this.channelId = channelId;
    this.ts = ts;
    this.threadTs = threadTs;
    this.broadcast = broadcast;
    this.author = author;
    this.postedAt = postedAt;
    this.metadata = metadata;
    versions.add(content);
  }

  SlackMessage copy() {
    SlackMessage copy =
        new SlackMessage(
            channelId, ts, threadTs, broadcast, author, postedAt, metadata, versions.getFirst());
    copy.versions.clear();
    copy.versions.addAll(versions);
    copy.pings.addAll(pings);
    copy.deleted = deleted;
    return copy;
  }

  public String channelId() {
    return channelId;
  }

  public String ts() {
    return ts;
  }

  /// The message that it replies to; null for one of the channel.
  public @Nullable String threadTs() {
    return threadTs;
  }

  /// Whether a reply is shown in the channel too.
  public boolean broadcast() {
    return broadcast;
  }

  public Instant postedAt() {
    return postedAt;
  }

  /// `metadata`, when it was given.
  public @Nullable JsonNode metadata() {
    return metadata;
  }

  /// What it shows now.
  public Content content() {
    return versions.getLast();
  }

  /// All that it ever showed, the first at first.
  public List<Content> versions() {
    return List.copyOf(versions);
  }

  /// How often it was edited.
  public int edits() {
    return versions.size() - 1;
  }

  /// Who was mentioned when it was posted; edits mention nobody.
  public List<String> pings() {
    return List.copyOf(pings);
  }

  public boolean deleted() {
    return deleted;
  }

  /// All that a person reads in it, one block a line.
  public String visible() {
    return String.join("\n", SlackView.lines(content()));
  }
}
