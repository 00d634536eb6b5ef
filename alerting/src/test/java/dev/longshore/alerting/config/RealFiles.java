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

  /// Each kind of receiver with the keys that files of Alertmanager have.
  static final String EVERY_RECEIVER =
      """
      global:
        smtp_smarthost: 'mail.example.com:587'
        smtp_from: 'alerts@example.com'
        smtp_hello: longshore
        smtp_auth_username: alerts
        smtp_auth_password: pw
        smtp_auth_identity: ''
        smtp_require_tls: true
        smtp_force_implicit_tls: false
        smtp_tls_config: {insecure_skip_verify: false}
        pagerduty_url: https://events.pagerduty.com/v2/enqueue
        opsgenie_api_url: https://api.opsgenie.com/
        opsgenie_api_key_file: /etc/opsgenie
        wechat_api_url: https://qyapi.weixin.qq.com/cgi-bin/
        wechat_api_secret: s
        wechat_api_corp_id: c
        victorops_api_url: https://alert.victorops.com/integrations/generic/20131114/alert/
        victorops_api_key: k
        telegram_api_url: https://api.telegram.org
        telegram_bot_token: 1:a
        webex_api_url: https://webexapis.com/v1/messages
        jira_api_url: https://example.atlassian.net/rest/api/2/
        rocketchat_api_url: https://open.rocket.chat/
        rocketchat_token: t
        rocketchat_token_id: i
        mattermost_webhook_url: https://mattermost.example.com/hooks/x
      route: {receiver: team}
      receivers:
      - name: team
        pagerduty_configs:
        - send_resolved: true
          http_config: {follow_redirects: true, enable_http2: true}
          routing_key_file: /etc/pagerduty
          url: https://events.eu.pagerduty.com/v2/enqueue
          client: '{{ template "pagerduty.default.client" . }}'
          client_url: '{{ template "pagerduty.default.clientURL" . }}'
          description: '{{ template "pagerduty.default.description" .}}'
          details: {firing: '{{ template "pagerduty.default.instances" .Alerts.Firing }}'}
          source: '{{ template "pagerduty.default.client" . }}'
          severity: critical
          class: c
          component: d
          group: g
          images: [{src: http://x/i.png, alt: a, href: http://x}]
          links: [{href: http://x, text: b}]
          timeout: 5s
        opsgenie_configs:
        - api_key: k
          api_url: https://api.eu.opsgenie.com/
          message: m
          description: d
          source: s
          details: {a: b}
          entity: e
          responders: [{name: ops, type: team}, {id: 1, type: user}]
          actions: a, b
          tags: a, b
          note: n
          priority: P1
          update_alerts: true
        email_configs:
        - to: team@example.com
          from: other@example.com
          smarthost: mail.example.com:465
          hello: me
          auth_username: u
          auth_password_file: /etc/mail
          auth_secret: s
          auth_identity: i
          headers: {subject: x, X-Team: shop}
          html: '{{ template "email.default.html" . }}'
          text: t
          require_tls: false
          tls_config: {insecure_skip_verify: true}
          threading: {enabled: true, thread_by_date: daily}
          send_resolved: true
        msteams_configs: [{webhook_url: https://x.example/1, title: t, summary: s, text: x}]
        msteamsv2_configs: [{webhook_url_file: /etc/teams, title: t, text: x}]
        discord_configs:
        - {webhook_url: https://discord.com/api/webhooks/1/x, title: t, message: m, content: c, username: u, avatar_url: http://x}
        telegram_configs:
        - {bot_token_file: /etc/telegram, chat_id: -100, message_thread_id: 3, message: m, disable_notifications: true, parse_mode: MarkdownV2, api_url: http://x}
        webex_configs:
        - {room_id: r, message: m, api_url: http://x, http_config: {authorization: {type: Bearer, credentials: c}}}
        victorops_configs:
        - {routing_key: r, api_key: k, api_url: http://x, message_type: CRITICAL, state_message: s, entity_display_name: e, monitoring_tool: m, custom_fields: {a: b}}
        incidentio_configs: [{url: http://x, alert_source_token_file: /etc/io, max_alerts: 5, timeout: 3s}]
        jira_configs:
        - api_url: https://jira.example.com/rest/api/3/
          api_type: cloud
          project: OPS
          issue_type: Bug
          summary: s
          description: d
          labels: [alertmanager, '{{ .CommonLabels.team }}']
          priority: High
          reopen_transition: Reopen
          resolve_transition: Done
          wont_fix_resolution: "Won't Do"
          reopen_duration: 1h
          fields: {customfield_1: a}
        pushover_configs:
        - {user_key: u, token: t, title: t, message: m, url: http://x, url_title: t, device: d, sound: s, priority: '1', retry: 1m, expire: 1h, ttl: 1d, html: true}
        sns_configs:
        - api_url: https://sns.us-east-2.amazonaws.com
          sigv4: {region: us-east-2, access_key: a, secret_key: s, role_arn: r}
          topic_arn: arn:aws:sns:us-east-2:123456789012:My-Topic
          subject: s
          message: m
          attributes: {a: b}
        wechat_configs:
        - {api_secret: s, api_url: http://x, corp_id: c, agent_id: a, to_user: u, to_party: p, to_tag: t, message: m, message_type: markdown}
        rocketchat_configs:
        - channel: c
          color: red
          title: t
          title_link: http://x
          text: t
          fields: [{title: a, value: b, short: true}]
          short_fields: true
          emoji: ':x:'
          icon_url: http://x
          image_url: http://x
          thumb_url: http://x
          link_names: true
          actions: [{type: button, text: a, url: http://x, msg: m}]
          token_id_file: /etc/id
          token_file: /etc/token
          api_url: http://x
        mattermost_configs:
        - channel: c
          username: u
          text: t
          icon_url: http://x
          icon_emoji: ':x:'
          attachments: [{fallback: f, color: '#fff', title: t, text: x}]
      """;

  private RealFiles() {}
}
