package dev.longshore.shared.elastic;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An index template that Longshore owns: it says so in its `_meta`, and one under the same name
/// that doesn't say so is never touched.
///
/// It is put when it is missing, when the one there is older, and when the one there is of the same
/// version but was configured differently. A newer one stays, as during a rolling upgrade.
final class IndexTemplate {
  /// Above Elastic's own: 100 and 101 come with Elasticsearch, and integrations use 200 for the
  /// same patterns, which could not be installed beside one of ours with 200.
  static final int PRIORITY = 500;

  private static final Logger LOG = LoggerFactory.getLogger(IndexTemplate.class);
  static final String OWNER = "longshore";

  private final Elastic elastic;
  private final String name;
  private final long version;
  private final String configured;
  private final Map<String, @Nullable Object> body;

  /// The newest first.
  private final List<NewerFeature> newerFeatures;

  /// @param configured what a person could have configured differently, as a line of text
  /// @param body without `version`, `_meta` and `priority`
  /// @param newerFeatures what the template does without where the server refuses it, the newest
  ///   first
  IndexTemplate(
      Elastic elastic,
      String name,
      long version,
      String configured,
      Map<String, @Nullable Object> body,
      List<NewerFeature> newerFeatures) {
    this.elastic = elastic;
    this.name = name;
    this.version = version;
    this.configured = configured;
    this.body = body;
    this.newerFeatures = newerFeatures;
  }

  /// @return what was found and done
  /// @throws IOException when the server can't be reached or refuses the template
  TemplateOutcome install() throws IOException {
    Elastic.Response there = elastic.request("GET", "/_index_template/" + name, null);
    if (there.status() != 404 && !there.ok()) {
      throw there.refused("GET /_index_template/" + name);
    }
    if (there.ok()) {
      TemplateOutcome outcome = compare(Json.read(there.body()));
      if (outcome != TemplateOutcome.INSTALLED) {
        return outcome;
      }
    }
    put();
    return TemplateOutcome.INSTALLED;
  }

  /// Says [TemplateOutcome#INSTALLED] when ours shall replace it.
  private TemplateOutcome compare(@Nullable Object answer) {
    Object template = null;
    if (Json.at(answer, "index_templates") instanceof List<?> found && !found.isEmpty()) {
      template = Json.at(found.getFirst(), "index_template");
    }
    if (!OWNER.equals(Json.text(template, "_meta", "managed_by"))) {
      LOG.atWarn()
          .addKeyValue("template", name)
          .log(
              "The index template was not written by Longshore and is left as it is; its mappings"
                  + " decide what can be searched. Delete it to get ours at the next start");
      return TemplateOutcome.FOREIGN;
    }
    long found = Json.at(template, "version") instanceof Number number ? number.longValue() : 0;
    boolean same = Objects.equals(Json.text(template, "_meta", "configured"), configured);
    if (found > version || (found == version && same)) {
      return TemplateOutcome.PRESENT;
    }
    return TemplateOutcome.INSTALLED;
  }

  private void put() throws IOException {
    Map<String, @Nullable Object> whole = new LinkedHashMap<>(body);
    whole.put("priority", PRIORITY);
    whole.put("version", version);
    whole.put("_meta", Map.of("managed_by", OWNER, "configured", configured));
    Elastic.Response reply = put(whole);
    List<NewerFeature> left = new ArrayList<>(newerFeatures);
    while (reply.status() == 400 && !left.isEmpty()) {
      NewerFeature feature = refused(new String(reply.body(), StandardCharsets.UTF_8), left);
      left.remove(feature);
      if (feature.removeFrom(whole)) {
        LOG.atInfo()
            .addKeyValue("template", name)
            .addKeyValue("without", feature)
            .log("The server refuses the index template; it is tried without a newer feature");
        reply = put(whole);
      }
    }
    if (!reply.ok()) {
      throw reply.refused("PUT /_index_template/" + name);
    }
    LOG.atInfo()
        .addKeyValue("template", name)
        .addKeyValue("version", version)
        .log("The index template is installed");
  }

  private Elastic.Response put(Map<String, @Nullable Object> whole) throws IOException {
    return elastic.request("PUT", "/_index_template/" + name, Json.write(whole));
  }

  /// The feature that a refusal names; where it names none, the newest.
  private static NewerFeature refused(String refusal, List<NewerFeature> left) {
    for (NewerFeature feature : left) {
      if (feature.namedIn(refusal)) {
        return feature;
      }
    }
    return left.getFirst();
  }

  /// Reads the part of a template that lies beside this class.
  @SuppressWarnings("unchecked")
  static Map<String, @Nullable Object> resource(String file) {
    try (InputStream in = IndexTemplate.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not in the jar");
      }
      if (Json.read(in.readAllBytes()) instanceof Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
      }
      throw new IllegalStateException(file + " is no JSON object");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
