package dev.longshore.shared.elastic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the body of a bulk request's HTTP 200, strictly: a reply with another number of items than
/// were sent, without `errors`, with an item that has no status, or with anything behind its end is
/// an error, because the alternative is to take an unknown outcome for success.
///
/// Unknown members are passed over, so that newer servers may add some.
final class BulkReplyReader {
  private static final short CREATED = 201;

  private final short[] statuses;
  private final @Nullable String @Nullable [] indexNames;
  private final List<ItemFailure> failures = new ArrayList<>(0);
  private int count;

  private BulkReplyReader(int items, boolean withIndexNames) {
    statuses = new short[items];
    indexNames = withIndexNames ? new @Nullable String[items] : null;
  }

  /// @throws IOException when the bytes are not the reply to a request of `items` items
  static BulkReply.Answered read(byte[] body, int items, boolean withIndexNames)
      throws IOException {
    BulkReplyReader reader = new BulkReplyReader(items, withIndexNames);
    if (!withIndexNames && AllCreated.matches(body, items)) {
      Arrays.fill(reader.statuses, CREATED);
      return new BulkReply.Answered(reader.statuses, reader.failures, null);
    }
    try (JsonParser in = Json.FACTORY.createParser(body)) {
      reader.reply(in);
    }
    return new BulkReply.Answered(reader.statuses, reader.failures, reader.indexNames);
  }

  private void reply(JsonParser in) throws IOException {
    expect(in, in.nextToken(), JsonToken.START_OBJECT, "the reply");
    boolean sawErrors = false;
    boolean sawItems = false;
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken token = in.nextToken();
      switch (name) {
        case "errors" -> {
          if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw broken(in, "errors is not a boolean");
          }
          sawErrors = true;
        }
        case "items" -> {
          if (sawItems) {
            throw broken(in, "items occurs twice");
          }
          expect(in, token, JsonToken.START_ARRAY, "items");
          items(in);
          sawItems = true;
        }
        default -> in.skipChildren();
      }
    }
    expect(in, in.currentToken(), JsonToken.END_OBJECT, "the end of the reply");
    if (!sawErrors || !sawItems) {
      throw broken(in, "errors or items is missing");
    }
    if (count != statuses.length) {
      throw broken(in, count + " outcomes for " + statuses.length + " items");
    }
    if (in.nextToken() != null) {
      throw broken(in, "there is more behind the reply");
    }
  }

  private void items(JsonParser in) throws IOException {
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      if (count == statuses.length) {
        throw broken(in, "more outcomes than the " + statuses.length + " items");
      }
      expect(in, token, JsonToken.START_OBJECT, "an item");
      if (in.nextFieldName() == null) {
        throw broken(in, "an item names no operation");
      }
      expect(in, in.nextToken(), JsonToken.START_OBJECT, "an operation");
      operation(in);
      expect(in, in.nextToken(), JsonToken.END_OBJECT, "the end of an item");
      count++;
    }
  }

  private void operation(JsonParser in) throws IOException {
    int status = 0;
    boolean failed = false;
    boolean failureStore = false;
    String type = "";
    String reason = "";
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken token = in.nextToken();
      switch (name) {
        case "status" -> status = status(in, token);
        case "_index" -> {
          if (indexNames != null && token == JsonToken.VALUE_STRING) {
            indexNames[count] = in.getText();
          } else {
            in.skipChildren();
          }
        }
        case "failure_store" -> {
          failureStore = token == JsonToken.VALUE_STRING && in.getText().equals("used");
          in.skipChildren();
        }
        case "error" -> {
          failed = true;
          if (token == JsonToken.VALUE_STRING) {
            reason = in.getText();
          } else {
            expect(in, token, JsonToken.START_OBJECT, "error");
            for (String part = in.nextFieldName(); part != null; part = in.nextFieldName()) {
              JsonToken value = in.nextToken();
              if (value == JsonToken.VALUE_STRING && part.equals("type")) {
                type = in.getText();
              } else if (value == JsonToken.VALUE_STRING && part.equals("reason")) {
                reason = in.getText();
              } else {
                in.skipChildren();
              }
            }
          }
        }
        default -> in.skipChildren();
      }
    }
    expect(in, in.currentToken(), JsonToken.END_OBJECT, "the end of an operation");
    if (status == 0) {
      throw broken(in, "an item has no status");
    }
    boolean success = status >= 200 && status < 300;
    if (success && failed && !failureStore) {
      throw broken(in, "an item has status " + status + " and an error");
    }
    statuses[count] = (short) status;
    if (!success || failureStore) {
      failures.add(new ItemFailure(count, status, type, reason, failureStore));
    }
  }

  private static int status(JsonParser in, JsonToken token) throws IOException {
    expect(in, token, JsonToken.VALUE_NUMBER_INT, "status");
    int status = in.getIntValue();
    if (status < 200 || status > 599) {
      throw broken(in, "an item's status is " + status);
    }
    return status;
  }

  private static void expect(
      JsonParser in, @Nullable JsonToken token, JsonToken expected, String what)
      throws IOException {
    if (token != expected) {
      throw broken(in, what + " is " + token + " where " + expected + " belongs");
    }
  }

  private static IOException broken(JsonParser in, String what) {
    return new IOException(what + " (byte " + in.currentLocation().getByteOffset() + ")");
  }
}
