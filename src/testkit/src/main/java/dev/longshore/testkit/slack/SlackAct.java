package dev.longshore.testkit.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that a person did in Slack, and what came of it: a button, a submitted modal, a
/// command. Safe for use by any thread.
public final class SlackAct {
  final SlackUser user;
  final String triggerId;
  final String responseUrl;
  final String envelopeId;
  final Instant sentAt;

  /// The blocks by which an answer may name errors; empty but for a modal.
  final List<String> blockIds;

  /// The modal that was submitted; null for anything else. Guarded by the workspace.
  @Nullable SlackModal modal;

  // Guarded by this.
  private boolean acknowledged;
  private @Nullable Duration tookToAcknowledge;
  private @Nullable JsonNode payload;
  private final List<JsonNode> responses = new ArrayList<>();

  SlackAct(
      SlackUser user,
      String triggerId,
      String responseUrl,
      String envelopeId,
      Instant sentAt,
      List<String> blockIds) {
    this.user = user;
    this.triggerId = triggerId;
    this.responseUrl = responseUrl;
    this.envelopeId = envelopeId;
    this.sentAt = sentAt;
    this.blockIds = List.copyOf(blockIds);
  }

  synchronized void acknowledged(Duration took, @Nullable JsonNode answer) {
    acknowledged = true;
    tookToAcknowledge = took;
    payload = answer;
  }

  synchronized void response(JsonNode response) {
    responses.add(response);
  }

  /// How many times its `response_url` was used; Slack takes five.
  synchronized int uses() {
    return responses.size();
  }

  /// Whether the app acknowledged it within 3 s; else the person saw that the app does not respond.
  public synchronized boolean isAcknowledged() {
    return acknowledged
        && tookToAcknowledge != null
        && tookToAcknowledge.compareTo(SlackActs.ACKNOWLEDGE_WITHIN) <= 0;
  }

  /// What came with the acknowledgement; null for nothing.
  public synchronized @Nullable JsonNode payload() {
    return payload;
  }

  /// What was posted to its `response_url`, in order.
  public synchronized List<JsonNode> responses() {
    return List.copyOf(responses);
  }

  /// The envelope it went in.
  public String envelopeId() {
    return envelopeId;
  }

  public String triggerId() {
    return triggerId;
  }
}
