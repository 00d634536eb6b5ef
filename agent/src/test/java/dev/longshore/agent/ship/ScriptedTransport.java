package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.ItemFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An Elasticsearch that answers as the test says: by a rule, or when it is told to.
final class ScriptedTransport implements BulkTransport {
  private final List<Request> requests = new ArrayList<>();
  private Function<Request, @Nullable BulkReply> rule = ScriptedTransport::allIndexed;

  /// A request as it was sent.
  record Request(
      String dataStream,
      List<String> items,
      int bytes,
      boolean withIndexNames,
      CompletableFuture<BulkReply> answer) {

    /// The documents' bodies, without action lines.
    List<String> documents() {
      return items.stream().map(item -> item.substring(item.indexOf('\n') + 1)).toList();
    }
  }

  @Override
  public CompletableFuture<BulkReply> bulk(
      String dataStream, byte[] body, int length, int items, boolean withIndexNames) {
    String[] lines = new String(body, 0, length, StandardCharsets.UTF_8).split("\n", -1);
    List<String> parsed = new ArrayList<>();
    for (int line = 0; line + 1 < lines.length; line += 2) {
      parsed.add(lines[line] + "\n" + lines[line + 1]);
    }
    if (parsed.size() != items) {
      throw new AssertionError("the body holds " + parsed.size() + " items, said were " + items);
    }
    Request request =
        new Request(dataStream, parsed, length, withIndexNames, new CompletableFuture<>());
    synchronized (this) {
      requests.add(request);
    }
    BulkReply reply = rule.apply(request);
    if (reply != null) {
      request.answer().complete(reply);
    }
    return request.answer();
  }

  /// From now on each request is answered by `newRule` at once; null leaves it unanswered.
  void answer(Function<Request, @Nullable BulkReply> newRule) {
    rule = newRule;
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  synchronized Request last() {
    return requests.getLast();
  }

  /// The requests since the last call.
  synchronized List<Request> take() {
    List<Request> taken = List.copyOf(requests);
    requests.clear();
    return taken;
  }

  static BulkReply allIndexed(Request request) {
    return each(request, item -> "201");
  }

  /// Answers each item by `status` or `status type: reason`.
  static BulkReply each(Request request, UnaryOperator<String> outcome) {
    short[] statuses = new short[request.items().size()];
    List<ItemFailure> failures = new ArrayList<>();
    for (int i = 0; i < statuses.length; i++) {
      String said = outcome.apply(request.items().get(i));
      statuses[i] = Short.parseShort(said.substring(0, 3));
      if (said.length() > 4) {
        String[] words = said.substring(4).split(": ", 2);
        failures.add(
            new ItemFailure(i, statuses[i], words[0], words.length > 1 ? words[1] : "", false));
      }
    }
    return new BulkReply.Answered(statuses, failures, null);
  }

  /// Answers the items of a request in their order.
  static BulkReply items(String... outcomes) {
    short[] statuses = new short[outcomes.length];
    List<ItemFailure> failures = new ArrayList<>();
    for (int i = 0; i < outcomes.length; i++) {
      statuses[i] = Short.parseShort(outcomes[i].substring(0, 3));
      if (outcomes[i].length() > 4) {
        failures.add(new ItemFailure(i, statuses[i], outcomes[i].substring(4), "because", false));
      }
    }
    return new BulkReply.Answered(statuses, failures, null);
  }
}
