package dev.longshore.agent.deadletter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Which letters are meant; what is empty does not matter.
///
/// @param namespace the Kubernetes namespace
/// @param pod the pod's name, or how it begins
/// @param reason a text that occurs in the error's type or reason, in upper or lower case
/// @param since became a dead letter then or later
public record DeadLetterFilter(String namespace, String pod, String reason, Instant since) {

  /// All letters.
  public static final DeadLetterFilter ALL = new DeadLetterFilter("", "", "", Instant.EPOCH);

  boolean matches(DeadLetter letter) {
    return (namespace.isEmpty() || letter.container().namespace().equals(namespace))
        && letter.container().pod().startsWith(pod)
        && letter.epochMillis() >= since.toEpochMilli()
        && (contains(letter.type()) || contains(letter.reason()));
  }

  private boolean contains(String text) {
    return text.toLowerCase(Locale.ROOT).contains(reason.toLowerCase(Locale.ROOT));
  }

  /// What Elasticsearch can tell beforehand, in Lucene's query syntax.
  String query() {
    List<String> parts = new ArrayList<>();
    if (!namespace.isEmpty()) {
      parts.add("kubernetes.namespace:" + escaped(namespace));
    }
    if (!pod.isEmpty()) {
      parts.add("kubernetes.pod.name:" + escaped(pod) + "*");
    }
    if (since.isAfter(Instant.EPOCH)) {
      parts.add("@timestamp:[\"" + since + "\" TO *]");
    }
    return parts.isEmpty() ? "*" : String.join(" AND ", parts);
  }

  private static String escaped(String word) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      // What a name in Kubernetes can't hold is a character of its own, whatever it means there.
      if (!Character.isLetterOrDigit(c)) {
        text.append('\\');
      }
      text.append(c);
    }
    return text.toString();
  }
}
