package dev.longshore.deploy;

import dev.longshore.deploy.RunningAgent.Settings;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The alerts on metadata fire while the API server is away, and end when it is back.
class AgentMetadataAlertsIT {
  private static final String CONNECTED = "longshore_agent_metadata_connected";
  private static final String WAITING = "longshore_agent_metadata_waiting_pods";

  @TempDir Path folder;
  private PodServer server;
  private TcpRelay relay;
  private RunningAgent agent;

  @BeforeEach
  void make() throws IOException {
    server = new PodServer();
    relay = TcpRelay.start(server.url());
    Path kubeconfig = folder.resolve("kubeconfig");
    PodServer.writeKubeconfig(kubeconfig, relay.url());
    agent = new RunningAgent(folder);
    agent.start(new Settings("1MiB", "", "{kubeconfig: \"%s\"}".formatted(kubeconfig)));
  }

  @AfterEach
  void close() {
    agent.close();
    relay.close();
    server.close();
  }

  @Test
  void withoutApiServerWhileItIsAway() throws Exception {
    agent.healthy();

    relay.away(true);
    agent.phase(CONNECTED, "0.0");
    relay.away(false);
    agent.phase(CONNECTED, "1.0");

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentWithoutApiServer");
  }

  @Test
  void metadataWaitingWhileNothingIsKnownOfANewPod() throws Exception {
    agent.untilHealthy();
    agent.phaseInTime();

    relay.away(true);
    agent.until(CONNECTED, "0.0");
    agent.useLog("cart-51c2");
    agent.line("paid");
    agent.until(WAITING, "1.0");
    agent.phaseInTime();
    relay.away(false);
    agent.until(WAITING, "0.0");
    agent.phaseInTime();

    agent.assertFiresInTheSecondPhaseAlone("LongshoreAgentMetadataWaiting");
  }
}
