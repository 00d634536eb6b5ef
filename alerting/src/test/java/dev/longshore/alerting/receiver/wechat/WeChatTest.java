package dev.longshore.alerting.receiver.wechat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: WeChat Work gets a message with a token of its own, and its errors within answers of
/// status 200 are errors.
final class WeChatTest {
  private static final String FILE =
      """
      global: {wechat_api_url: URL/cgi-bin/, wechat_api_secret: SECRET, wechat_api_corp_id: corp}
      receivers:
        - name: team
          wechat_configs: [{to_user: '@all', agent_id: '7', send_resolved: true}]
      """;

  @TempDir Path folder;

  @Test
  void aMessageIsSentWithAToken() throws Exception {
    List<String> answers =
        new ArrayList<>(
            List.of(
                "{\"access_token\":\"T\"}",
                "{\"errcode\":0}",
                "{\"errcode\":42001}",
                "{\"access_token\":\"T2\"}",
                "{\"errcode\":42001}",
                "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}"));
    try (ReceiverRig rig =
        ReceiverRig.open(folder, FILE, request -> new Reply(200, answers.removeFirst()))) {
      var alert = ReceiverRig.alert("alertname", "Slow");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.requests.stream().map(it -> it.method() + " " + it.path()))
          .containsExactly(
              "GET /cgi-bin/gettoken?corpid=corp&corpsecret=SECRET",
              "POST /cgi-bin/message/send?access_token=T");
      assertThat(rig.field("/touser")).isEqualTo("@all");
      assertThat(rig.field("/text/content")).contains("[FIRING:1] Slow");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Retry.class);
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Misconfigured.class);
    }
  }

  @Test
  void aTokenServesUntilItIsRefused() throws Exception {
    List<String> answers =
        new ArrayList<>(
            List.of(
                "{\"access_token\":\"T\"}",
                "{\"errcode\":0}",
                "{\"errcode\":0}",
                "{\"errcode\":40014}",
                "{\"access_token\":\"T2\"}",
                "{\"errcode\":0}",
                "{\"errcode\":0}"));
    try (ReceiverRig rig =
        ReceiverRig.open(folder, FILE, request -> new Reply(200, answers.removeFirst()))) {
      var alert = ReceiverRig.alert("alertname", "Slow");

      for (int message = 1; message <= 4; message++) {
        assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      }

      assertThat(rig.requests.stream().map(it -> it.path().replaceAll("corpid.*", "")))
          .containsExactly(
              "/cgi-bin/gettoken?",
              "/cgi-bin/message/send?access_token=T",
              "/cgi-bin/message/send?access_token=T",
              "/cgi-bin/message/send?access_token=T",
              "/cgi-bin/gettoken?",
              "/cgi-bin/message/send?access_token=T2",
              "/cgi-bin/message/send?access_token=T2");
    }
  }
}
