package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Dropped.Condition;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Vector's source `kubernetes_logs`: which containers it reads. Of a single source, what it leaves
/// out is dropped; of several, each may read what another leaves out.
final class VectorSource {
  /// What our agent does by itself, or does not need.
  private static final String SOURCE =
      "(self_node_name|data_dir|auto_partial_merge|glob_minimum_cooldown_ms|max_.*|fingerprint_.*|read_from"
          + "|ingestion_timestamp_field|delay_deletion_ms|use_apiserver_cache|insert_namespace_fields|timezone"
          + "|pod_annotation_fields.*|namespace_annotation_fields.*|node_annotation_fields.*|kube_config_file"
          + "|rotate_wait_secs|ignore_older_secs|oldest_first)";

  /// One folder's name of the kubelet's: namespace, pod and uid.
  private static final Pattern OF_NAMESPACE =
      Pattern.compile(
          "(?:\\*\\*/|/var/log/pods/)([a-z0-9*-]+)_\\*(?:_\\*)?(?:/\\*+|/\\*\\*/\\*(?:\\.log)?)");

  private static final Pattern NAMESPACE = Pattern.compile("metadata\\.namespace==?([a-z0-9-]+)");
  private static final Pattern NOT_NAMESPACE =
      Pattern.compile("metadata\\.namespace!=([a-z0-9-]+)");
  private static final Pattern NOT_LABEL = Pattern.compile("([\\w./-]+)!=([\\w.-]+)");

  private final Migration migration;
  private final boolean alone;
  private boolean begun;

  /// @param sources how many of its kind there are
  VectorSource(Migration migration, long sources) {
    this.migration = migration;
    alone = sources == 1;
  }

  void convert(Settings settings, String at, Setting type) {
    settings.takeAll(Pattern.quote(at) + "\\." + SOURCE);
    if (!begun) {
      // Pods with this label are left out by Vector without being told.
      add(type, new Condition("labels.vector.dev/exclude", Dropped.Kind.EQUALS, "true"));
      begun = true;
    }
    selector(settings.take(at + ".extra_label_selector"), NOT_LABEL);
    selector(settings.take(at + ".extra_namespace_label_selector"), null);
    Setting fields = settings.take(at + ".extra_field_selector");
    Matcher namespace = NAMESPACE.matcher(fields == null ? "" : fields.value().strip());
    List<Setting> included =
        settings.takeAll(Pattern.quote(at) + "\\.include_paths_glob_patterns(\\[\\d+])?");
    if (namespace.matches()) {
      migration.followNamespace(namespace.group(1));
      included.forEach(this::notChosen);
    } else {
      selector(fields, NOT_NAMESPACE);
      included(included);
    }
    settings
        .takeAll(Pattern.quote(at) + "\\.exclude_paths_glob_patterns(\\[\\d+])?")
        .forEach(this::excluded);
  }

  private void included(List<Setting> globs) {
    boolean all = globs.isEmpty();
    for (Setting glob : globs) {
      Matcher namespace = OF_NAMESPACE.matcher(glob.value());
      if (namespace.matches()) {
        migration.followNamespace(namespace.group(1));
      } else {
        all = true;
        if (!glob.value().matches("\\*\\*/\\*(\\.log)?|/var/log/pods/[*/]+(\\.log)?")) {
          notChosen(glob);
        }
      }
    }
    if (all) {
      migration.followContainers();
    }
  }

  private void notChosen(Setting glob) {
    migration.note(glob, "files are not chosen by path (" + glob.value() + "); see tail.paths");
  }

  private void excluded(Setting glob) {
    Matcher namespace = OF_NAMESPACE.matcher(glob.value());
    boolean converted =
        alone
            && namespace.matches()
            && add(glob, new Condition("namespaces", Dropped.Kind.EQUALS, namespace.group(1)));
    // Rotated files of a log are read once, whatever their name.
    if (!converted && !glob.value().matches("\\*\\*/\\*\\.(gz|tmp|log\\.\\*)")) {
      migration.note(
          glob,
          "files are not excluded by path ("
              + glob.value()
              + "); annotate the pods: longshore.dev/exclude: \"true\", or see filters");
    }
  }

  /// A selector leaves out what does not meet it: where it only says what is not wanted, that is
  /// dropped.
  ///
  /// @param unwanted one requirement of the kind that becomes a filter
  private void selector(@Nullable Setting selector, @Nullable Pattern unwanted) {
    if (selector == null) {
      return;
    }
    List<Condition> dropped = new ArrayList<>();
    for (String requirement : Migration.listed(selector.value())) {
      Matcher matcher =
          unwanted == null ? null : unwanted.matcher(requirement.replaceAll("\\s", ""));
      if (!alone || matcher == null || !matcher.matches()) {
        migration.note(
            selector,
            selector.path().replaceFirst(".*\\.", "")
                + " has no counterpart: all pods are shipped; exclude by longshore.dev/exclude, or"
                + " see filters");
        return;
      }
      dropped.add(
          matcher.groupCount() == 1
              ? new Condition("namespaces", Dropped.Kind.EQUALS, matcher.group(1))
              : new Condition("labels." + matcher.group(1), Dropped.Kind.EQUALS, matcher.group(2)));
    }
    dropped.forEach(it -> add(selector, it));
  }

  private boolean add(Setting at, Condition condition) {
    return migration.dropped().add(at, List.of(condition));
  }
}
