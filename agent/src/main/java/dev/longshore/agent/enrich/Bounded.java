package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Labels and annotations made fit for a `flattened` field and for a limit in bytes. What has no
/// room is left out, and counted: the largest annotations first, then the largest labels, those by
/// which applications are named (`app…`) last.
///
/// @param labelsJson a JSON object, or empty when nothing is left
/// @param annotationsJson a JSON object, or empty when nothing is left
/// @param truncated how many were left out or cut
record Bounded(byte[] labelsJson, byte[] annotationsJson, int truncated) {

  /// Lucene's limit for a term; a keyed term of a `flattened` field is the key, a NUL and the
  /// value.
  static final int MAX_TERM_BYTES = 32_766;

  static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  private static final byte[] NOTHING = {};

  // "key":"value", around key and value
  private static final int PUNCTUATION_BYTES = 6;
  // two objects
  private static final int BRACES_BYTES = 4;

  private record Candidate(String key, String value, boolean annotation, boolean cut, long bytes) {

    int priority() {
      if (annotation) {
        return 2;
      }
      return key.equals("app") || key.startsWith("app.kubernetes.io/") ? 0 : 1;
    }
  }

  /// Chooses what fits in `maxBytes`.
  static Bounded of(Map<String, String> labels, Map<String, String> annotations, long maxBytes) {
    List<Candidate> candidates = new ArrayList<>(labels.size() + annotations.size());
    int truncated = collect(labels, false, candidates) + collect(annotations, true, candidates);
    candidates.sort(
        Comparator.comparingInt(Candidate::priority)
            .thenComparingLong(Candidate::bytes)
            .thenComparing(Candidate::key));
    SortedMap<String, String> keptLabels = new TreeMap<>();
    SortedMap<String, String> keptAnnotations = new TreeMap<>();
    long used = BRACES_BYTES;
    for (Candidate candidate : candidates) {
      if (used + candidate.bytes > maxBytes) {
        truncated++;
        continue;
      }
      used += candidate.bytes;
      truncated += candidate.cut ? 1 : 0;
      (candidate.annotation ? keptAnnotations : keptLabels).put(candidate.key, candidate.value);
    }
    return new Bounded(object(keptLabels), object(keptAnnotations), truncated);
  }

  private static int collect(
      Map<String, String> entries, boolean annotation, List<Candidate> target) {
    int dropped = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      String key = entry.getKey();
      long keyBytes = utf8Bytes(key);
      // A NUL divides key and value in the index, and a key alone must leave room for something.
      if (key.indexOf('\0') >= 0 || keyBytes > MAX_TERM_BYTES / 2) {
        dropped++;
        continue;
      }
      int room = (int) (MAX_TERM_BYTES - keyBytes - 1);
      String value = wellFormed(entry.getValue());
      boolean cut = utf8Bytes(value) > room;
      if (cut) {
        value = cut(value, room);
      }
      long bytes = keyBytes + escapes(key) + utf8Bytes(value) + escapes(value) + PUNCTUATION_BYTES;
      target.add(new Candidate(wellFormed(key), value, annotation, cut, bytes));
    }
    return dropped;
  }

  /// The beginning of `value`, and how much is missing.
  private static String cut(String value, int maxBytes) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    String mark = "… (cut, %d bytes in all)".formatted(bytes.length);
    int end = maxBytes - mark.getBytes(StandardCharsets.UTF_8).length;
    while (end > 0 && (bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8) + mark;
  }

  /// The text with what is half a character replaced, as UTF-8 cannot say it.
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        byte[] utf16 = text.getBytes(StandardCharsets.UTF_16BE);
        return new String(utf16, StandardCharsets.UTF_16BE);
      }
    }
    return text;
  }

  private static long utf8Bytes(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // A pair of surrogates is four bytes: two for each.
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }

  /// How many bytes JSON's escapes add.
  private static long escapes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        bytes++;
      } else if (c < 0x20) {
        bytes += 5;
      }
    }
    return bytes;
  }

  private static byte[] object(SortedMap<String, String> entries) {
    if (entries.isEmpty()) {
      return NOTHING;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }
}
