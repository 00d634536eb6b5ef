package dev.longshore.agent.enrich;

import dev.longshore.shared.units.DataSize;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The annotations by which pods control their logs, made into rules for one container.
///
/// `longshore.dev/<name>` holds for the pod, `longshore.dev/<name>.<container>` for one container
/// and goes before it. Those of Fluent Bit and Filebeat are honoured where ours say nothing:
/// `fluentbit.io/exclude` and `fluentbit.io/parser`, each `[_stdout|_stderr][-<container>]` with
/// the most specific first, and `co.elastic.logs[.<container>]/enabled`. An annotation that is not
/// understood changes nothing, and neither does one that the operator's [PodPolicy] does not
/// permit.
final class Annotations {
  private static final Set<String> MULTILINE =
      Set.of("auto", "none", "java", "python", "go", "nodejs", "dotnet", "ruby", "php");
  // Names of Fluent Bit's parsers that are joined by ours of the same name.
  private static final Set<String> JOINING_PARSERS = Set.of("java", "python", "go", "ruby");
  // The runtime's own formats: they are recognised anyway.
  private static final Set<String> RUNTIME_PARSERS = Set.of("docker", "cri");
  // A pod may always have more redacted; having less is another matter.
  private static final String REDACT = ControlAnnotations.LONGSHORE + "redact";
  private static final int MAX_NUMBERS = 50;
  private static final int MAX_DATASET_CHARACTERS = 100;

  private final Map<String, String> control;
  private final String container;
  private final PodPolicy policy;
  private final Set<String> redactions;
  private final Consumer<String> problem;
  private final List<Refusal> refusals = new ArrayList<>();

  private Annotations(
      Map<String, String> control,
      String container,
      PodPolicy policy,
      Set<String> redactions,
      Consumer<String> problem) {
    this.redactions = redactions;
    this.control = new TreeMap<>(control);
    this.container = container;
    this.policy = policy;
    this.problem = problem;
  }

  /// The rules for one container.
  ///
  /// @param control the pod's, as [PodMetadata#control] has them
  /// @param policy what the operator permits; what it refuses is in [PodRules#refusals]
  /// @param redactions names of patterns that `longshore.dev/redact` may have
  /// @param problem is told each annotation that is not understood, and what would be
  static PodRules rules(
      Map<String, String> control,
      String container,
      PodPolicy policy,
      Set<String> redactions,
      Consumer<String> problem) {
    if (control.isEmpty()) {
      return PodRules.NONE;
    }
    return new Annotations(control, container, policy, redactions, problem).rules();
  }

  private PodRules rules() {
    reportNames();
    refuseAnnotations();
    @Nullable String stdoutParser = parser("stdout");
    @Nullable String stderrParser = parser("stderr");
    boolean excludeStdout = mayExclude(excluded("stdout"));
    boolean excludeStderr = mayExclude(excluded("stderr"));
    String dataset = dataset();
    OverLimit overLimit = overLimit();
    List<String> redact = redact();
    return new PodRules(
        excludeStdout,
        excludeStderr,
        multiline(stdoutParser),
        multiline(stderrParser),
        dataset,
        parseJson(stdoutParser, stderrParser),
        numbers(),
        maxBytesPerSecond(),
        overLimit,
        redact,
        refusals);
  }

  private void refuseAnnotations() {
    Set<String> refused = new TreeSet<>();
    for (String key : List.copyOf(control.keySet())) {
      String name = ControlAnnotations.withoutContainer(key);
      if (!policy.permitsAnnotation(name) && !name.equals(REDACT)) {
        control.remove(key);
        refused.add(key);
      }
    }
    String dataset = ControlAnnotations.LONGSHORE + "dataset";
    for (String key : refused) {
      boolean ofDataset = key.equals(dataset) || key.equals(dataset + "." + container);
      refuse(
          ofDataset ? Refusal.Reason.DATASET : Refusal.Reason.ANNOTATION,
          brief(key) + ": policy.annotations does not permit it");
    }
  }

  private boolean mayExclude(boolean excluded) {
    if (excluded && !policy.allowExclude()) {
      refuse(Refusal.Reason.EXCLUDE, "exclude: policy.allowExclude is false");
      return false;
    }
    return excluded;
  }

  private void refuse(Refusal.Reason reason, String text) {
    Refusal refusal = new Refusal(reason, text);
    if (!refusals.contains(refusal)) {
      refusals.add(refusal);
    }
  }

  /// Says once, for all of them, which names mean nothing.
  private void reportNames() {
    Set<String> unknown = new TreeSet<>();
    for (String key : control.keySet()) {
      if (key.startsWith(ControlAnnotations.LONGSHORE)) {
        String rest = key.substring(ControlAnnotations.LONGSHORE.length());
        int dot = rest.indexOf('.');
        if (!ControlAnnotations.NAMES.contains(dot < 0 ? rest : rest.substring(0, dot))
            || rest.endsWith(".")) {
          unknown.add(key);
        }
      } else if (key.startsWith(ControlAnnotations.FLUENT_BIT_EXCLUDE)) {
        addIfMalformed(key, ControlAnnotations.FLUENT_BIT_EXCLUDE, unknown);
      } else if (key.startsWith(ControlAnnotations.FLUENT_BIT_PARSER)) {
        addIfMalformed(key, ControlAnnotations.FLUENT_BIT_PARSER, unknown);
      } else {
        String middle =
            key.substring(
                ControlAnnotations.ELASTIC.length(),
                key.length() - ControlAnnotations.ELASTIC_ENABLED.length());
        if (!middle.isEmpty() && !(middle.startsWith(".") && middle.length() > 1)) {
          unknown.add(key);
        }
      }
    }
    if (!unknown.isEmpty()) {
      problem.accept(
          "no such annotation: "
              + String.join(", ", unknown)
              + "; known are longshore.dev/{"
              + String.join(",", new TreeSet<>(ControlAnnotations.NAMES))
              + "}[.<container>], fluentbit.io/{exclude,parser}[_stdout|_stderr][-<container>]"
              + " and co.elastic.logs[.<container>]/enabled");
    }
  }

  private static void addIfMalformed(String key, String prefix, Set<String> unknown) {
    String rest = key.substring(prefix.length());
    if (rest.startsWith("_stdout") || rest.startsWith("_stderr")) {
      rest = rest.substring("_stdout".length());
    }
    if (!rest.isEmpty() && !(rest.startsWith("-") && rest.length() > 1)) {
      unknown.add(key);
    }
  }

  private @Nullable String longshore(String name) {
    String value = control.get(ControlAnnotations.LONGSHORE + name + "." + container);
    if (value == null) {
      value = control.get(ControlAnnotations.LONGSHORE + name);
    }
    return value == null ? null : value.strip();
  }

  /// Fluent Bit's value for a stream that is understood, the most specific name first.
  private @Nullable String fluentBit(
      String prefix, String stream, Predicate<String> understood, String accepted) {
    List<String> keys =
        List.of(
            prefix + "_" + stream + "-" + container,
            prefix + "-" + container,
            prefix + "_" + stream,
            prefix);
    for (String key : keys) {
      String value = control.get(key);
      if (value == null) {
        continue;
      }
      String word = value.strip().toLowerCase(Locale.ROOT);
      if (understood.test(word)) {
        return word;
      }
      problem.accept(
          "%s is '%s'; accepted are %s; the lines go as they are"
              .formatted(key, brief(value), accepted));
    }
    return null;
  }

  private boolean excluded(String stream) {
    String ours = longshore("exclude");
    if (ours != null) {
      switch (ours) {
        case "stdout", "stderr" -> {
          return ours.equals(stream);
        }
        default -> {
          Boolean excluded = bool(ours);
          if (excluded != null) {
            return excluded;
          }
          invalid("exclude", ours, "true, false, stdout and stderr");
        }
      }
    }
    String fluentBit =
        fluentBit(
            ControlAnnotations.FLUENT_BIT_EXCLUDE,
            stream,
            word -> bool(word) != null,
            "true and false");
    if (fluentBit != null) {
      return Boolean.TRUE.equals(bool(fluentBit));
    }
    String elastic =
        control.get(
            ControlAnnotations.ELASTIC + "." + container + ControlAnnotations.ELASTIC_ENABLED);
    if (elastic == null) {
      elastic = control.get(ControlAnnotations.ELASTIC + ControlAnnotations.ELASTIC_ENABLED);
    }
    return elastic != null && Boolean.FALSE.equals(bool(elastic.strip()));
  }

  // Null is "neither": three answers, read where they are needed.
  private static @Nullable Boolean bool(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> Boolean.TRUE;
      case "false", "no", "off" -> Boolean.FALSE;
      default -> null;
    };
  }

  private @Nullable String parser(String stream) {
    return fluentBit(
        ControlAnnotations.FLUENT_BIT_PARSER,
        stream,
        word ->
            JOINING_PARSERS.contains(word)
                || RUNTIME_PARSERS.contains(word)
                || word.equals("json")
                || word.equals("none"),
        "java, python, go, ruby, json, docker, cri and none");
  }

  private String multiline(@Nullable String parser) {
    String ours = longshore("multiline");
    if (ours != null) {
      if (MULTILINE.contains(ours)) {
        return ours;
      }
      invalid("multiline", ours, String.join(", ", new TreeSet<>(MULTILINE)));
    }
    if (parser == null) {
      return "";
    }
    return JOINING_PARSERS.contains(parser) || parser.equals("none") ? parser : "";
  }

  private boolean parseJson(@Nullable String stdoutParser, @Nullable String stderrParser) {
    String ours = longshore("format");
    if (ours != null) {
      switch (ours) {
        case "json", "auto" -> {
          return true;
        }
        case "text", "none" -> {
          return false;
        }
        default -> invalid("format", ours, "auto, json, text and none");
      }
    }
    // The streams share one rule: a body that is not JSON is never harmed by trying.
    return !("none".equals(stdoutParser) && "none".equals(stderrParser));
  }

  private @Nullable String dataset() {
    String ours = longshore("dataset");
    if (ours == null) {
      return null;
    }
    if (!isDataset(ours)) {
      invalid("dataset", ours, "up to 100 of a-z, 0-9, '_' and '.', such as nginx.access");
      return null;
    }
    if (PodPolicy.isReserved(ours)) {
      refuse(
          Refusal.Reason.RESERVED_DATASET,
          "longshore.dev/dataset '%s': it is the agent's own".formatted(ours));
      return null;
    }
    if (!policy.permitsDataset(ours)) {
      refuse(
          Refusal.Reason.DATASET,
          "longshore.dev/dataset '%s': policy.datasets permits %s"
              .formatted(
                  ours,
                  policy.datasets().isEmpty() ? "none" : String.join(", ", policy.datasets())));
      return null;
    }
    return ours;
  }

  /// Whether it can be the middle of a data stream's name.
  static boolean isDataset(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_DATASET_CHARACTERS
        && text.charAt(0) != '.'
        && text.chars()
            .allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.');
  }

  private List<String> numbers() {
    String ours = longshore("numbers");
    if (ours == null) {
      return List.of();
    }
    Set<String> names = new TreeSet<>();
    for (String part : ours.split(",", -1)) {
      if (!part.isBlank()) {
        names.add(part.strip());
      }
    }
    if (names.size() > MAX_NUMBERS) {
      invalid("numbers", ours, "up to 50 names of leaves, divided by commas");
      return List.copyOf(new ArrayList<>(names).subList(0, MAX_NUMBERS));
    }
    return List.copyOf(names);
  }

  private @Nullable Long maxBytesPerSecond() {
    String ours = longshore("max-bytes-per-second");
    if (ours == null) {
      return null;
    }
    try {
      long bytes = DataSize.parse(ours).bytes();
      if (bytes > 0) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Said below, with what would be accepted.
    }
    invalid("max-bytes-per-second", ours, "sizes above 0 such as 512KiB or 1MiB");
    return null;
  }

  private OverLimit overLimit() {
    String ours = longshore("over-limit");
    if (ours != null) {
      switch (ours) {
        case "delay" -> {
          return OverLimit.DELAY;
        }
        case "drop" -> {
          if (policy.allowDrop()) {
            return OverLimit.DROP;
          }
          refuse(Refusal.Reason.DROP, "longshore.dev/over-limit 'drop': policy.allowDrop is false");
        }
        default -> invalid("over-limit", ours, "delay and drop");
      }
    }
    return OverLimit.DELAY;
  }

  private List<String> redact() {
    String ours = longshore("redact");
    if (ours == null) {
      return List.of();
    }
    Set<String> words = new LinkedHashSet<>();
    boolean mayHaveLess = policy.allowUnredacted() && policy.permitsAnnotation(REDACT);
    for (String part : ours.split(",", -1)) {
      String word = part.strip();
      boolean less = word.startsWith("-");
      if (word.isEmpty()) {
        continue;
      }
      if (!redactions.contains(less ? word.substring(1) : word)) {
        invalid(
            "redact", word, String.join(", ", new TreeSet<>(redactions)) + ", each also with -");
      } else if (less && !mayHaveLess) {
        refuse(
            Refusal.Reason.REDACT,
            "longshore.dev/redact '%s': policy.allowUnredacted is false".formatted(word));
      } else {
        words.add(word);
      }
    }
    return List.copyOf(words);
  }

  private void invalid(String name, String value, String accepted) {
    problem.accept(
        "longshore.dev/%s for container %s is '%s'; accepted are %s"
            .formatted(name, container, brief(value), accepted));
  }

  private static String brief(String value) {
    return value.length() <= 64 ? value : value.substring(0, 64) + "…";
  }
}
