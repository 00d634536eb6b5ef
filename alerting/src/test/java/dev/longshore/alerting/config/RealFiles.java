package dev.longshore.alerting.config;

/// Alertmanager files as they are found: by charts, by the operator, by years of editing.
final class RealFiles {

  /// The default of the chart kube-prometheus-stack.
  static final String KUBE_PROMETHEUS_STACK =
      """
      global:
        resolve_timeout: 5m
      inhibit_rules:
      - equal:
        - namespace
        - alertname
        source_matchers:
        - severity = critical
        target_matchers:
        - severity =~ warning|info
      - equal:
        - namespace
        - alertname
        source_matchers:
        - severity = warning
        target_matchers:
        - severity = info
      - equal:
        - namespace
        source_matchers:
        - alertname = InfoInhibitor
        target_matchers:
        - severity = info
      - target_matchers:
        - alertname = InfoInhibitor
      receivers:
      - name: "null"
      route:
        group_by:
        - namespace
        group_interval: 5m
        group_wait: 30s
        receiver: "null"
        repeat_interval: 12h
        routes:
        - matchers:
          - alertname = "Watchdog"
          receiver: "null"
      templates:
      - /etc/alertmanager/config/*.tmpl
      """;

  /// What the operator makes of an AlertmanagerConfig object.
  static final String OPERATOR_OUTPUT =
      """
      global:
        resolve_timeout: 5m
        http_config:
          follow_redirects: true
          enable_http2: true
      route:
        receiver: "null"
        group_by:
        - job
        continue: false
        routes:
        - receiver: shop/pager/team
          group_by:
          - alertname
          matchers:
          - namespace="shop"
          - severity=~"warning|critical"
          continue: true
          mute_time_intervals:
          - shop/pager/night
          group_wait: 30s
      inhibit_rules:
      - target_matchers:
        - namespace="shop"
        - severity="info"
        source_matchers:
        - namespace="shop"
        - severity="critical"
        equal:
        - node
      receivers:
      - name: "null"
      - name: shop/pager/team
        slack_configs:
        - send_resolved: true
          api_url: https://hooks.slack.com/services/T0/B0/x
          channel: '#shop'
          short_fields: false
          link_names: false
        webhook_configs:
        - url: http://hook.shop.svc:8080/
          max_alerts: 0
      mute_time_intervals:
      - name: shop/pager/night
        time_intervals:
        - times:
          - start_time: "22:00"
            end_time: "24:00"
          weekdays: ['monday:friday']
          days_of_month: ['1:5', '-3:-1']
          months: ['january:march', '12']
          years: ['2020:2030']
          location: America/New_York
      templates: []
      """;

  /// Receivers of many kinds, the old names of keys, YAML 1.1, matchers of every syntax.
  static final String OLD_AND_WIDE =
      """
      global:
        smtp_smarthost: 'mail.example:587'
        smtp_from: 'alerts@example.com'
        smtp_auth_username: alerts
        smtp_auth_password: "pw"
        smtp_require_tls: yes
        pagerduty_url: https://events.pagerduty.com/v2/enqueue
        opsgenie_api_url: https://api.opsgenie.com/
        wechat_api_url: https://qyapi.weixin.qq.com/cgi-bin/
        victorops_api_url: https://alert.victorops.com/integrations/generic/20131114/alert/
        telegram_api_url: https://api.telegram.org
        webex_api_url: https://webexapis.com/v1/messages
      route:
        receiver: 'null'
        routes:
        - match_re:
            service: ^(foo1|files|baz)$
          receiver: team-pager
        - match: {severity: page, env: prod}
          receiver: team-pager
        - matchers: ['{team="bücher", severity=~"page|ticket"}']
          receiver: team-pager
        - matchers:
          - severity != info
          - '"k8s.io/name" =~ "shop.*"'
          receiver: team-pager
      time_intervals:
      - name: offhours
        time_intervals:
        - times: [{start_time: '00:00', end_time: '24:00'}]
          location: Local
      receivers:
      - name: 'null'
      - name: team-pager
        email_configs:
        - to: 'team@example.com'
          html: '{{ template "email.default.html" . }}'
          headers: {subject: 'x'}
        pagerduty_configs:
        - service_key: abc
          send_resolved: yes
        webhook_configs:
        - send_resolved: yes
          url: http://prometheus_alert:8080/prometheusalert?type=fs
        msteamsv2_configs:
        - webhook_url: https://example.com/x
      """;

  /// What `GET /api/v2/status` shows, with `<secret>` where secrets stand.
  static final String STATUS_PAGE =
      """
      global:
        resolve_timeout: 5m
        http_config:
          follow_redirects: true
          enable_http2: true
        smtp_hello: localhost
        smtp_require_tls: true
        slack_api_url: <secret>
        pagerduty_url: https://events.pagerduty.com/v2/enqueue
        opsgenie_api_url: https://api.opsgenie.com/
        wechat_api_url: https://qyapi.weixin.qq.com/cgi-bin/
        victorops_api_url: https://alert.victorops.com/integrations/generic/20131114/alert/
        telegram_api_url: https://api.telegram.org
        webex_api_url: https://webexapis.com/v1/messages
      route:
        receiver: team
        group_by:
        - alertname
        continue: false
        group_wait: 30s
        group_interval: 5m
        repeat_interval: 4h
      receivers:
      - name: team
        slack_configs:
        - send_resolved: false
          http_config:
            follow_redirects: true
            enable_http2: true
          api_url: <secret>
          channel: '#alerts'
          username: '{{ template "slack.default.username" . }}'
          color: '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}'
          title: '{{ template "slack.default.title" . }}'
          title_link: '{{ template "slack.default.titlelink" . }}'
          pretext: '{{ template "slack.default.pretext" . }}'
          text: '{{ template "slack.default.text" . }}'
          short_fields: false
          footer: '{{ template "slack.default.footer" . }}'
          fallback: '{{ template "slack.default.fallback" . }}'
          callback_id: '{{ template "slack.default.callbackid" . }}'
          icon_emoji: '{{ template "slack.default.iconemoji" . }}'
          icon_url: '{{ template "slack.default.iconurl" . }}'
          link_names: false
        webhook_configs:
        - send_resolved: true
          http_config:
            follow_redirects: true
            enable_http2: true
          url: <secret>
          url_file: ""
          max_alerts: 0
          timeout: 0s
      templates: []
      """;

  static final String SLACK_WITH_EVERYTHING =
      """
      route: {receiver: team}
      receivers:
      - name: team
        slack_configs:
        - api_url: https://hooks.slack.com/services/T0/B0/x
          channel: '{{ .CommonLabels.channel }}'
          send_resolved: true
          username: bot
          color: '#ff0000'
          title: t
          title_link: http://x
          pretext: p
          text: x
          message_text: m
          fields:
          - {title: a, value: b, short: true}
          - {title: a, value: b}
          short_fields: true
          footer: f
          fallback: g
          callback_id: c
          icon_emoji: ':x:'
          icon_url: http://x/i.png
          image_url: http://x/i.png
          thumb_url: http://x/t.png
          link_names: true
          mrkdwn_in: [text, pretext, fields]
          update_message: true
          timeout: 5s
          actions:
          - {type: button, text: A, url: 'http://x', style: primary}
          - type: button
            text: B
            name: ack
            value: '1'
            confirm: {text: sure?, title: t, ok_text: o, dismiss_text: d}
      """;

  private RealFiles() {}
}
