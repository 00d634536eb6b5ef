package dev.longshore.alerting.reload;

import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.config.OnCallFile;
import dev.longshore.alerting.notify.DefaultTemplates;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.rule.PathPattern;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The Alertmanager file, the files of its `templates`, and the on-call file, which names receivers
/// of it. Reading blocks on the disk.
public final class RoutingFiles {

  /// What they say.
  ///
  /// @param onCall what the on-call file says
  /// @param library with the templates of the files, over the default ones
  /// @param unmatched patterns of `templates` that match no file, as in Alertmanager no problem
  public record Routing(
      AlertmanagerFile file, OnCall onCall, TemplateLibrary library, List<String> unmatched) {
    public Routing {
      unmatched = List.copyOf(unmatched);
    }
  }

  private static final long MAX_TEMPLATE_BYTES = 4 << 20;

  private final @Nullable Path path;
  private final @Nullable Path onCallPath;
  private final Clock clock;

  /// What was read last, for [#watched].
  private volatile List<String> templates = List.of();

  /// @param path of the Alertmanager file; null when there is none: alerts are seen by the API
  ///   alone
  /// @param onCallPath of the on-call file; null when there is none
  public RoutingFiles(@Nullable Path path, @Nullable Path onCallPath, Clock clock) {
    this.path = path;
    this.onCallPath = onCallPath;
    this.clock = clock;
  }

  /// What problems call the file; empty when there is none.
  public String name() {
    return path == null ? "" : path.toString();
  }

  /// What problems call the on-call file; empty when there is none.
  public String onCallName() {
    return onCallPath == null ? "" : onCallPath.toString();
  }

  /// Reads them.
  ///
  /// @throws BrokenException with everything that is wrong
  public Routing read() throws BrokenException {
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(clock));
    DefaultTemplates.addTo(library);
    if (path == null) {
      AlertmanagerFile none = AlertmanagerFile.none();
      return new Routing(none, onCall(none), library, List.of());
    }
    AlertmanagerFile file;
    try {
      file = AlertmanagerFile.load(path);
    } catch (ConfigException e) {
      throw new BrokenException(String.valueOf(e.getMessage()));
    }
    templates = file.templates();
    List<String> problems = new ArrayList<>();
    List<String> unmatched = new ArrayList<>();
    for (String pattern : file.templates()) {
      Set<Path> found = matches(pattern, problems);
      if (found.isEmpty()) {
        unmatched.add(pattern);
      }
      for (Path template : found) {
        try {
          library.add(template.toString(), text(template));
        } catch (TemplateException e) {
          problems.add(String.valueOf(e.getMessage()));
        } catch (IOException e) {
          problems.add(template + " can't be read: " + FailureText.ofFile(template, e));
        }
      }
    }
    OnCall onCall = OnCall.NONE;
    try {
      onCall = onCall(file);
    } catch (BrokenException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (!problems.isEmpty()) {
      throw new BrokenException(String.join("\n", problems));
    }
    return new Routing(file, onCall, library, unmatched);
  }

  private OnCall onCall(AlertmanagerFile file) throws BrokenException {
    if (onCallPath == null) {
      return OnCall.NONE;
    }
    try {
      return OnCallFile.load(
          onCallPath, file.receivers().stream().map(Receiver::name).collect(Collectors.toSet()));
    } catch (ConfigException e) {
      throw new BrokenException(String.valueOf(e.getMessage()));
    }
  }

  private static Set<Path> matches(String pattern, List<String> problems) {
    TreeSet<Path> found = new TreeSet<>();
    try {
      // The pattern is absolute: it was resolved against the file's folder.
      PathPattern.find(Path.of("/"), pattern, found);
    } catch (IOException | PatternSyntaxException | InvalidPathException e) {
      problems.add("templates: " + pattern + " can't be listed: " + FailureText.of(e));
    }
    return found;
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > MAX_TEMPLATE_BYTES) {
      throw new IOException(
          "it has " + Files.size(file) + " bytes; at most " + MAX_TEMPLATE_BYTES + " are read");
    }
    return Files.readString(file);
  }

  /// The files that are looked at for changes.
  Set<Path> watched() {
    Set<Path> files = new TreeSet<>();
    if (path != null) {
      files.add(path);
      List<String> ignored = new ArrayList<>();
      templates.forEach(pattern -> files.addAll(matches(pattern, ignored)));
    }
    if (onCallPath != null) {
      files.add(onCallPath);
    }
    return files;
  }
}
