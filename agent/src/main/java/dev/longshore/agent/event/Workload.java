package dev.longshore.agent.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;

/// What people call the program that logs: its namespace, and `service.name` of its documents, by
/// which they find it in Kibana.
///
/// @param namespace Kubernetes namespace, or empty
/// @param service as the documents have it, or empty
public record Workload(String namespace, String service) {
  private static final JsonFactory JSON = new JsonFactory();

  /// The workload of a block's documents.
  public static Workload of(Snapshot snapshot) {
    return new Workload(snapshot.container().namespace(), service(snapshot.fieldsJson()));
  }

  private static String service(byte[] members) {
    byte[] object = new byte[members.length + 2];
    object[0] = '{';
    System.arraycopy(members, 0, object, 1, members.length);
    object[object.length - 1] = '}';
    try (JsonParser in = JSON.createParser(object)) {
      if (in.nextToken() == JsonToken.START_OBJECT && enter(in, "service") && enter(in, "name")) {
        return in.getValueAsString("");
      }
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException("the fields of a snapshot are not JSON", e);
    }
  }

  /// Goes on to the value of a member of the object at hand.
  private static boolean enter(JsonParser in, String member) throws IOException {
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken value = in.nextToken();
      if (name.equals(member)) {
        return !member.equals("service") || value == JsonToken.START_OBJECT;
      }
      in.skipChildren();
    }
    return false;
  }
}
