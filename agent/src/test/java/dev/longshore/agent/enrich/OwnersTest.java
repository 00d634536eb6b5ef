package dev.longshore.agent.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/// The workload is found by names alone, and digits that are no time are part of a name.
class OwnersTest {
  private static final String CREATED = "2026-11-23T06:00:02Z";
  // 2026-11-23T06:00:00Z
  private static final long SCHEDULED_SECONDS = 1_795_413_600L;

  @Test
  void aReplicaSetIsItsDeployments() {
    assertThat(Owners.of("ReplicaSet", "checkout-7d9f8b6c5", "7d9f8b6c5", CREATED))
        .isEqualTo(Map.of("deployment", "checkout"));
  }

  @Test
  void aDeploymentMayHaveDashes() {
    assertThat(Owners.of("ReplicaSet", "check-out-v2-7d9f8b6c5", "7d9f8b6c5", CREATED))
        .isEqualTo(Map.of("deployment", "check-out-v2"));
  }

  @Test
  void aReplicaSetOfItsOwnStaysOne() {
    assertThat(Owners.of("ReplicaSet", "frontend", "", CREATED))
        .isEqualTo(Map.of("replicaset", "frontend"));
  }

  @Test
  void aJobOfACronJobIsBoth() {
    String minutes = "backup-" + SCHEDULED_SECONDS / 60;
    String seconds = "backup-" + SCHEDULED_SECONDS;

    assertThat(Owners.of("Job", minutes, "", CREATED))
        .isEqualTo(Map.of("job", minutes, "cronjob", "backup"));
    assertThat(Owners.of("Job", seconds, "", CREATED))
        .isEqualTo(Map.of("job", seconds, "cronjob", "backup"));
  }

  @Test
  void digitsThatAreNoTimeBelongToTheJob() {
    for (String name : new String[] {"migrate-2", "export-20261123", "load-99999999", "plain"}) {
      assertThat(Owners.of("Job", name, "", CREATED)).isEqualTo(Map.of("job", name));
    }
  }

  @Test
  void otherKindsAreNamedOrLeftOut() {
    assertThat(Owners.of("StatefulSet", "kafka", "", CREATED))
        .isEqualTo(Map.of("statefulset", "kafka"));
    assertThat(Owners.of("DaemonSet", "proxy", "", CREATED))
        .isEqualTo(Map.of("daemonset", "proxy"));
    assertThat(Owners.of("Node", "worker-3", "", CREATED)).isEmpty();
    assertThat(Owners.of("", "", "", CREATED)).isEmpty();
  }
}
