package dev.longshore.alerting.api;

import dev.longshore.alerting.eval.RuleGroupView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A page of rule groups, as `group_limit` and `group_next_token` of Prometheus' API ask for it.
///
/// @param limit most groups on it; 0 for all
/// @param from the token of its first group; null for the first page
record GroupPage(int limit, @Nullable String from) {
  private static final String LIMIT = "group_limit";
  private static final String TOKEN = "group_next_token";

  static GroupPage of(Query query) throws ApiException {
    String limit = query.text(LIMIT);
    String from = query.text(TOKEN);
    if (limit == null) {
      if (from != null) {
        throw invalid(
            TOKEN, "group_limit needs to be present in order to paginate over the groups");
      }
      return new GroupPage(0, null);
    }
    int most;
    try {
      most = Integer.parseInt(limit);
    } catch (NumberFormatException e) {
      throw invalid(LIMIT, "group_limit needs to be a valid number: '" + limit + "' is none");
    }
    if (most <= 0) {
      throw invalid(LIMIT, "group_limit needs to be greater than 0");
    }
    return new GroupPage(most, from);
  }

  /// The groups from the first of this page on.
  List<RuleGroupView> onwards(List<RuleGroupView> groups) throws ApiException {
    if (from == null) {
      return groups;
    }
    for (int i = 0; i < groups.size(); i++) {
      if (token(groups.get(i)).equals(from)) {
        return groups.subList(i, groups.size());
      }
    }
    throw invalid(TOKEN, "invalid group_next_token '" + from + "'. were rule groups changed?");
  }

  /// What the next page begins with, where there is one.
  @Nullable String next(List<RuleGroupView> shown) {
    return limit > 0 && shown.size() > limit ? token(shown.get(limit)) : null;
  }

  private static String token(RuleGroupView group) {
    try {
      byte[] name = (group.file() + ";" + group.name()).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(name));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }

  private static ApiException invalid(String parameter, String problem) {
    return new ApiException(400, "invalid parameter \"" + parameter + "\": " + problem);
  }
}
