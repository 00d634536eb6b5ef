package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.deploy.Playbook.Call;
import dev.longshore.deploy.Playbook.Run;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run that was cut off goes on where it was, one part can be run alone, and what was installed
/// on a machine's own cluster goes again by one command, and from no other cluster.
@Tag("ansible")
class PlatformResumeIT {
  @TempDir Path folder;

  @Test
  void anInstallationThatWasCutOffGoesOnWhereItWas() {
    Run cutOff =
        run("--only", "agent,alerting").where("LONGSHORE_CUT_OFF", "longshore-agent").run();
    assertThat(cutOff.code()).isNotZero();
    assertThat(released(cutOff)).containsExactly("longshore-agent");

    Run next = run("--only", "agent,alerting").run();

    assertThat(next.code()).as(next.output()).isZero();
    assertThat(released(next))
        .containsExactly("longshore-agent", "platform-alerting", "longshore-alerting");
    assertThat(forgotten(next)).hasSize(1);
    assertThat(run("--only", "agent,alerting").run().releases()).isEmpty();
  }

  @Test
  void anUpgradeThatWasCutOffGoesOnWhereItWas() {
    assertThat(run("--only", "agent").run().code()).isZero();
    Run cutOff =
        run("--only", "agent", "-e", "platform_image_tag=2.0.0")
            .where("LONGSHORE_CUT_OFF", "longshore-agent")
            .run();
    assertThat(cutOff.code()).isNotZero();

    Run next = run("--only=agent", "-e", "platform_image_tag=2.0.0").run();

    assertThat(next.code()).as(next.output()).isZero();
    assertThat(released(next)).containsExactly("longshore-agent");
    assertThat(next.releases().getFirst().given()).contains("\"tag\": \"2.0.0\"");
    assertThat(forgotten(next)).hasSize(1);
  }

  @Test
  void saysWhichPartsThereAre() {
    Run unknown = new Playbook(folder, "local").with("--only", "kibana").run();
    Run nothing = new Playbook(folder, "local").with("--only").run();

    assertThat(unknown.code()).isNotZero();
    assertThat(unknown.output())
        .contains("no part 'kibana'; there are: namespaces, secrets, crds, cert_manager");
    assertThat(nothing.output()).contains("option --only requires a part");
    assertThat(unknown.calls()).isEmpty();
  }

  @Test
  void takesAwayWhatItMadeInTheOrderFromBelow() {
    Run down =
        new Playbook(folder, "local").where("LONGSHORE_NAMESPACES", "logging alerting").down();

    assertThat(down.code()).as(down.output()).isZero();
    List<String> uninstalled =
        down.calls().stream()
            .filter(it -> it.arguments().getFirst().equals("uninstall"))
            .map(it -> it.arguments().get(1))
            .toList();
    assertThat(uninstalled)
        .containsSubsequence("longshore-alerting", "longshore-agent", "platform-elastic")
        .containsSubsequence("platform-elastic", "elastic-operator")
        .containsSubsequence("platform-gateway", "envoy-gateway")
        .containsSubsequence("platform-issuers", "trust-manager", "cert-manager");
    assertThat(down.calls().getLast().toString())
        .startsWith("kubectl delete namespaces logging alerting");
  }

  @Test
  void takesNothingAwayFromAClusterThatItDidNotMakeNorFromProduction() {
    Run foreign = new Playbook(folder, "local").down();
    Run production = new Playbook(folder, "production").down();

    assertThat(foreign.code()).isNotZero();
    assertThat(foreign.output()).contains("has nothing that deploy/up local made");
    assertThat(foreign.calls()).noneMatch(it -> it.toString().contains("delete"));
    assertThat(production.code()).isNotZero();
    assertThat(production.output()).contains("production is not taken away by one command");
    assertThat(production.calls()).isEmpty();
  }

  private Playbook run(String... arguments) {
    return new Playbook(folder, "local").with(arguments).withoutPreflight();
  }

  private static List<String> released(Run run) {
    return run.releases().stream().map(Call::release).toList();
  }

  /// The attempts that were forgotten.
  private static List<Call> forgotten(Run run) {
    return run.calls().stream()
        .filter(it -> it.toString().contains("delete secrets --selector=owner=helm"))
        .toList();
  }
}
