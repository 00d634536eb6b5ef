package dev.longshore.shared.elastic;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a user of Elasticsearch must be allowed to do, so that the server can be asked what is
/// missing. A user may always ask this about itself.
///
/// @param cluster cluster privileges
/// @param indices index privileges, by the name of an index or data stream
public record Privileges(List<String> cluster, Map<String, List<String>> indices) {
  private static final String CALL = "/_security/user/_has_privileges";

  public Privileges {
    cluster = List.copyOf(cluster);
    indices = Collections.unmodifiableMap(new LinkedHashMap<>(indices));
  }

  /// Those that the user lacks, each as `read on logs-shop-default` or `monitor on the cluster`;
  /// empty when the server runs without security.
  ///
  /// @throws IOException when no server answers, or one refuses to say
  public Optional<List<String>> missing(Elastic elastic) throws IOException {
    List<Map<String, Object>> index = new ArrayList<>();
    indices.forEach(
        (name, privileges) ->
            index.add(Map.of("names", List.of(name), "privileges", List.copyOf(privileges))));
    Elastic.Response answer =
        elastic.request("POST", CALL, Json.write(Map.of("cluster", cluster, "index", index)));
    if (answer.status() == 400 || answer.status() == 404 || answer.status() == 405) {
      return Optional.empty();
    }
    if (!answer.ok()) {
      throw answer.refused("POST " + CALL);
    }
    Object privileges = Json.read(answer.body());
    if (!(Json.at(privileges, "cluster") instanceof Map<?, ?>)) {
      throw new IOException("POST " + CALL + " was not answered as Elasticsearch does");
    }
    List<String> missing = new ArrayList<>();
    collect(Json.at(privileges, "cluster"), "the cluster", missing);
    if (Json.at(privileges, "index") instanceof Map<?, ?> names) {
      names.forEach((name, has) -> collect(has, String.valueOf(name), missing));
    }
    return Optional.of(missing);
  }

  private static void collect(@Nullable Object has, String on, List<String> missing) {
    if (has instanceof Map<?, ?> privileges) {
      privileges.forEach(
          (privilege, granted) -> {
            if (!Boolean.TRUE.equals(granted)) {
              missing.add(privilege + " on " + on);
            }
          });
    }
  }
}
