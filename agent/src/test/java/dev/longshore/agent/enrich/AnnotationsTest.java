package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.redact.RedactConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A pod's annotations rule its own logs, the most specific first, and one that is not understood
/// changes nothing and is named.
class AnnotationsTest {
  private static final Set<String> REDACTIONS = RedactConfig.defaults().names();

  private final List<String> problems = new ArrayList<>();
  private PodPolicy policy = PodPolicy.DEFAULT;

  private PodRules rules(String container, String... keysAndValues) {
    Map<String, String> control = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      control.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return Annotations.rules(control, container, policy, REDACTIONS, problems::add);
  }

  @Test
  void aPodWithoutAnnotationsHasNoRules() {
    assertThat(rules("checkout")).isEqualTo(PodRules.NONE);
    assertThat(problems).isEmpty();
  }

  @Test
  void fluentBitsMostSpecificExcludeWins() {
    String[] annotations = {
      "fluentbit.io/exclude", "true",
      "fluentbit.io/exclude_stderr-c2", "false",
      "fluentbit.io/exclude_stdout-c3", "false",
      "fluentbit.io/exclude-c4", "false"
    };

    assertThat(rules("c1", annotations).excluded()).isTrue();
    PodRules c2 = rules("c2", annotations);
    assertThat(c2.excludeStdout()).isTrue();
    assertThat(c2.excludeStderr()).isFalse();
    PodRules c3 = rules("c3", annotations);
    assertThat(c3.excludeStdout()).isFalse();
    assertThat(c3.excludeStderr()).isTrue();
    PodRules c4 = rules("c4", annotations);
    assertThat(c4.excludeStdout()).isFalse();
    assertThat(c4.excludeStderr()).isFalse();
    assertThat(problems).isEmpty();
  }

  @Test
  void fluentBitsMostSpecificParserWins() {
    String[] annotations = {
      "fluentbit.io/parser", "ruby",
      "fluentbit.io/parser-container-1", "java",
      "fluentbit.io/parser_stdout-container-2", "python",
      "fluentbit.io/parser_stderr-container-2", "go",
      "fluentbit.io/parser_stdout-container-3", "none",
      "fluentbit.io/parser_stderr-container-4", "java"
    };

    assertThat(rules("container-1", annotations).multilineStdout()).isEqualTo("java");
    assertThat(rules("container-1", annotations).multilineStderr()).isEqualTo("java");
    assertThat(rules("container-2", annotations).multilineStdout()).isEqualTo("python");
    assertThat(rules("container-2", annotations).multilineStderr()).isEqualTo("go");
    assertThat(rules("container-3", annotations).multilineStdout()).isEqualTo("none");
    assertThat(rules("container-3", annotations).multilineStderr()).isEqualTo("ruby");
    assertThat(rules("container-4", annotations).multilineStdout()).isEqualTo("ruby");
    assertThat(rules("container-4", annotations).multilineStderr()).isEqualTo("java");
    assertThat(rules("container-5", annotations).multilineStdout()).isEqualTo("ruby");
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fluentbit.io/exclude_",
        "fluentbit.io/exclude_invalid",
        "fluentbit.io/exclude_stdout-",
        "fluentbit.io/exclude-",
        "fluentbit.io/exclude+",
        "fluentbit.io/parser_",
        "longshore.dev/exlude",
        "longshore.dev/exclude.",
        "co.elastic.logs./enabled"
      })
  void aMalformedNameIsIgnoredAndNamed(String name) {
    assertThat(rules("checkout", name, "true")).isEqualTo(PodRules.NONE);
    assertThat(problems).singleElement().asString().contains(name);
  }

  @Test
  void allMalformedNamesAreOneWarning() {
    rules("checkout", "fluentbit.io/exclude_", "true", "fluentbit.io/exclude+", "true");

    assertThat(problems)
        .singleElement()
        .asString()
        .contains("fluentbit.io/exclude+, fluentbit.io/exclude_;");
  }

  @Test
  void anUnknownParserLeavesTheLinesAsTheyAre() {
    PodRules rules = rules("checkout", "fluentbit.io/parser", "apache2");

    assertThat(rules).isEqualTo(PodRules.NONE);
    assertThat(problems).allSatisfy(problem -> assertThat(problem).contains("apache2"));
    assertThat(problems).isNotEmpty();
  }

  @Test
  void runtimeParsersChangeNothing() {
    assertThat(rules("checkout", "fluentbit.io/parser", "cri")).isEqualTo(PodRules.NONE);
    assertThat(rules("checkout", "fluentbit.io/parser", "docker")).isEqualTo(PodRules.NONE);
    assertThat(problems).isEmpty();
  }

  @Test
  void filebeatsEnabledExcludes() {
    String[] annotations = {
      "co.elastic.logs/enabled", "false", "co.elastic.logs.checkout/enabled", "true"
    };

    assertThat(rules("sidecar", annotations).excluded()).isTrue();
    assertThat(rules("checkout", annotations).excludeStdout()).isFalse();
  }

  @Test
  void oursGoBeforeTheirs() {
    PodRules rules =
        rules(
            "checkout",
            "longshore.dev/exclude",
            "false",
            "fluentbit.io/exclude",
            "true",
            "longshore.dev/multiline.checkout",
            "java",
            "longshore.dev/multiline",
            "go",
            "fluentbit.io/parser-checkout",
            "ruby");

    assertThat(rules.excludeStdout()).isFalse();
    assertThat(rules.excludeStderr()).isFalse();
    assertThat(rules.multilineStdout()).isEqualTo("java");
  }

  @Test
  void oneStreamCanBeExcluded() {
    PodRules rules = rules("checkout", "longshore.dev/exclude.checkout", "stdout");

    assertThat(rules.excludeStdout()).isTrue();
    assertThat(rules.excludeStderr()).isFalse();
  }

  @Test
  void readsAllOfOurs() {
    PodRules rules =
        rules(
            "checkout",
            "longshore.dev/format",
            "text",
            "longshore.dev/dataset",
            "nginx.access",
            "longshore.dev/numbers",
            "http.duration_ms, bytes,",
            "longshore.dev/max-bytes-per-second",
            "512KiB",
            "longshore.dev/over-limit",
            "drop",
            "longshore.dev/redact",
            "email, ip");

    assertThat(rules)
        .isEqualTo(
            new PodRules(
                false,
                false,
                "",
                "",
                "nginx.access",
                false,
                List.of("bytes", "http.duration_ms"),
                512L << 10,
                OverLimit.DROP,
                List.of("email", "ip"),
                List.of()));
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "longshore.dev/exclude",
        "longshore.dev/multiline",
        "longshore.dev/format",
        "longshore.dev/dataset",
        "longshore.dev/max-bytes-per-second",
        "longshore.dev/over-limit",
        "longshore.dev/redact"
      })
  void aValueThatIsNotUnderstoodChangesNothingAndSaysWhatWouldBe(String name) {
    assertThat(rules("checkout", name, "Zwölf-Uhr")).isEqualTo(PodRules.NONE);
    assertThat(problems)
        .isNotEmpty()
        .allSatisfy(
            problem -> assertThat(problem).contains(name, "Zwölf-Uhr").contains("accepted are"));
  }

  @Test
  void aPodMayAlwaysHaveMoreRedacted() {
    policy = policy(List.of("longshore.dev/multiline"), List.of("longshore.dev/redact"), List.of());

    PodRules rules = rules("checkout", "longshore.dev/redact", "email,card");

    assertThat(rules.redact()).containsExactly("email", "card");
    assertThat(rules.refusals()).isEmpty();
  }

  @Test
  void aPodMayNotHaveLessRedactedUnlessTheOperatorAllows() {
    PodRules refused = rules("checkout", "longshore.dev/redact", "-jwt, email");
    policy = new PodPolicy(List.of("*"), List.of(), List.of("*"), true, true, true);
    PodRules allowed = rules("checkout", "longshore.dev/redact", "-jwt, email");

    assertThat(refused.redact()).containsExactly("email");
    assertThat(refused.refusals())
        .extracting(Refusal::reason)
        .containsExactly(Refusal.Reason.REDACT);
    assertThat(allowed.redact()).containsExactly("-jwt", "email");
    assertThat(allowed.refusals()).isEmpty();
  }

  @Test
  void whoDeniesTheAnnotationKeepsPodsFromHavingLessRedacted() {
    policy =
        new PodPolicy(
            List.of("*"), List.of("longshore.dev/redact"), List.of("*"), true, true, true);

    PodRules rules = rules("checkout", "longshore.dev/redact", "-jwt");

    assertThat(rules.redact()).isEmpty();
    assertThat(rules.refusals()).hasSize(1);
  }

  private static PodPolicy policy(List<String> annotations, List<String> deny, List<String> sets) {
    return new PodPolicy(annotations, deny, sets, true, true);
  }

  @Test
  void annotationsThatThePolicyDoesNotPermitChangeNothingAndAreSaid() {
    policy =
        policy(List.of("longshore.dev/*", "fluentbit.io/*"), List.of("*/exclude"), List.of("*"));

    PodRules rules =
        rules(
            "checkout",
            "longshore.dev/exclude.checkout",
            "true",
            "fluentbit.io/exclude_stdout-checkout",
            "true",
            "co.elastic.logs.checkout/enabled",
            "false",
            "fluentbit.io/parser",
            "java");

    assertThat(rules.excluded()).isFalse();
    assertThat(rules.excludeStdout()).isFalse();
    assertThat(rules.multilineStdout()).isEqualTo("java");
    assertThat(rules.refusals())
        .extracting(Refusal::text)
        .containsExactly(
            "co.elastic.logs.checkout/enabled: policy.annotations does not permit it",
            "fluentbit.io/exclude_stdout-checkout: policy.annotations does not permit it",
            "longshore.dev/exclude.checkout: policy.annotations does not permit it");
  }

  @Test
  void aDatasetOutsideOfThePolicyIsRefused() {
    policy = policy(List.of("*"), List.of(), List.of("payments.*", "web"));

    assertThat(rules("checkout", "longshore.dev/dataset", "payments.card").dataset())
        .isEqualTo("payments.card");
    PodRules refused = rules("checkout", "longshore.dev/dataset", "system.auth");

    assertThat(refused.dataset()).isNull();
    assertThat(refused.datasetRefused()).isTrue();
    assertThat(refused.refusals())
        .containsExactly(
            new Refusal(
                Refusal.Reason.DATASET,
                "longshore.dev/dataset 'system.auth': policy.datasets permits payments.*, web"));
  }

  @Test
  void aDatasetWhoseAnnotationIsRefusedIsARefusedDataset() {
    policy = policy(List.of("*"), List.of("longshore.dev/dataset"), List.of("*"));

    assertThat(rules("checkout", "longshore.dev/dataset", "web").datasetRefused()).isTrue();
    assertThat(rules("checkout", "longshore.dev/dataset.other", "web").datasetRefused()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"longshore", "longshore.dead_letter", "longshore.anything"})
  void theAgentsOwnDatasetsCanNeverBeNamed(String dataset) {
    PodRules rules = rules("checkout", "longshore.dev/dataset", dataset);

    assertThat(rules.dataset()).isNull();
    assertThat(rules.refusals())
        .extracting(Refusal::reason)
        .containsExactly(Refusal.Reason.RESERVED_DATASET);
  }

  @Test
  void wherePodsMayNotExcludeOrDropNothingIsLeftOut() {
    policy = new PodPolicy(List.of("*"), List.of(), List.of("*"), false, false);

    PodRules rules =
        rules("checkout", "longshore.dev/exclude", "true", "longshore.dev/over-limit", "drop");

    assertThat(rules.excludeStdout() || rules.excludeStderr()).isFalse();
    assertThat(rules.overLimit()).isEqualTo(OverLimit.DELAY);
    assertThat(rules.refusals())
        .extracting(Refusal::reason)
        .containsExactly(Refusal.Reason.EXCLUDE, Refusal.Reason.DROP);
    assertThat(rules("checkout", "longshore.dev/exclude", "false").refusals()).isEmpty();
    assertThat(rules("checkout", "co.elastic.logs/enabled", "false").excludeStderr()).isFalse();
  }
}
