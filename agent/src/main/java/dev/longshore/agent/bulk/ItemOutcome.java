package dev.longshore.agent.bulk;

import dev.longshore.shared.elastic.ItemFailure;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What Elasticsearch's answer about one item means for its record.
///
/// The error's type decides before its status does: a closed index answers 400 and a full disk 429,
/// and neither is the document's fault. An error that nobody here knows is the document's fault
/// only when something else got through at the same time; otherwise the destination pauses, because
/// dead-lettering everything for a wrong target would be worse than waiting.
public sealed interface ItemOutcome {

  /// It is in the data stream.
  record Indexed() implements ItemOutcome {}

  /// It was there already.
  record Duplicate() implements ItemOutcome {}

  /// An ingest pipeline took it and dropped it: a document that is created has status 201, and only
  /// one of which nothing became has 200.
  record Dropped() implements ItemOutcome {}

  /// Elasticsearch put it into the data stream's failure store.
  record InFailureStore(Refusal refusal) implements ItemOutcome {}

  /// The server could not do it now; this item is sent again after a while.
  record Retry(Refusal refusal) implements ItemOutcome {}

  /// The document can't be indexed as it is.
  record Refused(Refusal refusal) implements ItemOutcome {}

  /// The data stream accepts no documents at the moment.
  record Pause(Refusal refusal) implements ItemOutcome {}

  ItemOutcome INDEXED = new Indexed();
  ItemOutcome DUPLICATE = new Duplicate();
  ItemOutcome DROPPED = new Dropped();

  /// A document that makes the server fail with 500 this often is refused, if others get through.
  int MOST_SERVER_ERRORS = 12;

  /// Errors of the target.
  Set<String> TARGET_ERRORS =
      Set.of(
          "cluster_block_exception",
          "index_not_found_exception",
          "index_closed_exception",
          "invalid_index_name_exception",
          "invalid_alias_name_exception",
          "security_exception",
          "no_shard_available_action_exception",
          "process_cluster_event_timeout_exception");

  /// Errors of the document.
  Set<String> DOCUMENT_ERRORS =
      Set.of(
          "document_parsing_exception",
          "mapper_parsing_exception",
          "mapper_exception",
          "strict_dynamic_mapping_exception",
          "max_bytes_length_exceeded_exception",
          "x_content_parse_exception",
          "x_content_e_o_f_exception",
          "json_parse_exception",
          "parsing_exception",
          "date_time_parse_exception",
          "number_format_exception",
          "input_coercion_exception");

  /// Errors of an ingest pipeline whose reason is what the pipeline's author wrote, or the
  /// document.
  Set<String> PIPELINE_ERRORS =
      Set.of(
          "dissect_exception",
          "fail_processor_exception",
          "ingest_pipeline_exception",
          "ingest_processor_exception",
          "script_exception");

  /// How an error with status 400 begins that is about the target, whatever its type. Nothing that
  /// a document says stands at the begin of these.
  List<String> TARGET_REASONS =
      List.of(
          "pipeline with id [",
          "Pipeline processor configured for non-existent pipeline [",
          "no write index is defined for alias [",
          "Validation Failed: 1: this action would add [");

  /// What an `illegal_argument_exception` says when it is about the document.
  List<String> DOCUMENT_LIMITS =
      List.of(
          "immense term",
          "Limit of total fields",
          "Limit of mapping depth",
          "Limit of nested",
          "nested documents has exceeded",
          "field limit",
          "cannot be changed from type",
          "can't merge",
          "object mapping",
          "field name",
          "too large",
          "too long",
          "max length",
          "document timestamp",
          "failed to parse");

  /// Judges one item.
  ///
  /// @param failure what is said about it, if anything is
  /// @param attempt how often the record was sent before
  /// @param othersGetThrough whether documents of the same destination are taken at this time
  static ItemOutcome ofItem(
      int status, @Nullable ItemFailure failure, int attempt, boolean othersGetThrough) {
    if (failure == null) {
      if (status == 201) {
        return INDEXED;
      }
      if (status == 200) {
        return DROPPED;
      }
      if (status == 409) {
        return DUPLICATE;
      }
    }
    String type = failure == null ? "" : failure.type();
    if (status == 409 && type.equals("version_conflict_engine_exception")) {
      return DUPLICATE;
    }
    Refusal refusal =
        new Refusal(status, type, failure == null ? "no reason was given" : failure.reason());
    if (status == 200 || status == 201) {
      return failure != null && failure.failureStore() ? new InFailureStore(refusal) : INDEXED;
    }
    if (ofTarget(refusal)) {
      return new Pause(refusal);
    }
    if (DOCUMENT_ERRORS.contains(type) && status < 500) {
      return new Refused(refusal);
    }
    if (status == 500 && attempt >= MOST_SERVER_ERRORS && othersGetThrough) {
      return new Refused(refusal);
    }
    if (status < 400 || status >= 500 || status == 429 || status == 408 || status == 409) {
      return new Retry(refusal);
    }
    if (type.equals("illegal_argument_exception") && namesDocumentLimit(refusal.reason())) {
      return new Refused(refusal);
    }
    return othersGetThrough ? new Refused(refusal) : new Pause(refusal);
  }

  /// Whether it certainly is the data stream and not the document that was refused.
  static boolean ofTarget(Refusal refusal) {
    return refusal.status() == 401
        || refusal.status() == 403
        || TARGET_ERRORS.contains(refusal.type())
        || (refusal.status() == 400
            && TARGET_REASONS.stream().anyMatch(begin -> refusal.reason().startsWith(begin)));
  }

  /// Whether it is about the server, the user or the data stream, so that its reason holds nothing
  /// that a document says.
  static boolean isOfServer(Refusal refusal) {
    return refusal.status() == 429 || refusal.status() > 500 || ofTarget(refusal);
  }

  /// Whether a refusal of a whole request speaks of its content: a length, or a mistake that
  /// Elasticsearch itself found. A 400 of something between may be for anybody.
  static boolean ofContent(Refusal refusal) {
    return refusal.status() == 413
        || (refusal.status() == 400 && !refusal.type().isEmpty() && !refusal.type().equals("http"));
  }

  /// Whether something between the agent and Elasticsearch may have refused a whole request for
  /// what it reads in it, as web application firewalls do. Elasticsearch's own words have a type.
  static boolean mayBeOfFirewall(Refusal refusal) {
    return (refusal.status() == 403 || refusal.status() == 406) && refusal.type().equals("http");
  }

  /// Whether the reason of a refusal may hold what the document says.
  static boolean quotesDocument(Refusal refusal) {
    return DOCUMENT_ERRORS.contains(refusal.type())
        || PIPELINE_ERRORS.contains(refusal.type())
        || namesDocumentLimit(refusal.reason())
        || refusal.reason().contains("Preview of field's value")
        || refusal.reason().contains("For input string")
        || refusal.reason().contains("Unexpected character")
        || refusal.reason().contains("Unrecognized token");
  }

  private static boolean namesDocumentLimit(String reason) {
    for (String limit : DOCUMENT_LIMITS) {
      if (reason.contains(limit)) {
        return true;
      }
    }
    return false;
  }

  /// What it means that a request was refused as a whole.
  enum OfRequest {
    /// Later.
    BUSY,
    /// In smaller pieces.
    TOO_LARGE,
    /// An item in it may be the cause: it is looked for by halving.
    MALFORMED,
    /// Credentials, path or proxy: nothing will get through until someone changes something.
    NOT_ALLOWED;

    public static OfRequest of(int status) {
      return switch (status) {
        case 413 -> TOO_LARGE;
        case 400 -> MALFORMED;
        case 408, 425, 429 -> BUSY;
        default -> status >= 500 ? BUSY : NOT_ALLOWED;
      };
    }
  }
}
