package dev.longshore.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DefaultTemplates;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.gotemplate.Functions;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ProjectFolder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Promise: each key of each receiver that Alertmanager knows is taken, and its templates compile.
final class EveryReceiverKeyTest {

  @Test
  void isTaken() throws Exception {
    AlertmanagerFile file =
        AlertmanagerFile.load(ProjectFolder.find().resolve("docs/receivers/every-key.yml"));

    assertThat(file.unsupported()).isEmpty();
    List<Integration> integrations = file.receivers().getFirst().integrations();
    assertThat(integrations.stream().map(Integration::kind).distinct()).hasSize(18);
  }

  @Test
  void isATemplateWhereItIsOne() throws Exception {
    AlertmanagerFile file =
        AlertmanagerFile.load(ProjectFolder.find().resolve("docs/receivers/every-key.yml"));
    TemplateLibrary library = new TemplateLibrary(Functions.alertmanager(Clock.system()));
    DefaultTemplates.addTo(library);
    for (Integration integration : file.receivers().getFirst().integrations()) {
      try (var client = integration.open("all", integration.kind() + "[0]", library, "")) {
        assertThat(client.account()).isNotBlank();
      }
    }
  }
}
