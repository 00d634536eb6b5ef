{{/* The pod's specification; `podSpec` is laid over it. */}}
{{- define "alerting.podSpec" -}}
serviceAccountName: {{ include "alerting.serviceAccountName" . | quote }}
automountServiceAccountToken: {{ default false .Values.prometheusRules.enabled }}
enableServiceLinks: {{ default false .Values.serviceLinks }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with include "alerting.pullSecrets" . }}
imagePullSecrets:
  {{- . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- else }}
{{- if gt (int .Values.replicas) 1 }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "alerting.selectorLabels" . | nindent 14 }}
{{- end }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  {{- $pods := dict "labelSelector" (dict "matchLabels" (include "alerting.selectorLabels" $ | fromYaml)) }}
  - {{- merge (deepCopy .) (hasKey . "labelSelector" | ternary dict $pods) | toYaml | nindent 4 }}
  {{- end }}
{{- end }}
{{- if .Values.hostNetwork }}
hostNetwork: true
{{- end }}
{{- with .Values.dnsPolicy | default (and .Values.hostNetwork "ClusterFirstWithHostNet") }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . | quote }}
{{- end }}
{{- with .Values.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: alerting
    image: {{ include "alerting.image" . | quote }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    {{- with .Values.command }}
    command:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    args:
      - --config
      - {{ printf "/etc/longshore/config/%s" (ternary .Values.existingConfigMapKey "alerting.yaml" (ne .Values.existingConfigMap "")) | quote }}
      {{- with .Values.extraArgs }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    env:
      - name: LONGSHORE_LOG_LEVEL
        value: {{ .Values.logLevel }}
      {{- with include "alerting.jvmOptions" . }}
      - name: JAVA_TOOL_OPTIONS
        value: {{ . | quote }}
      {{- end }}
      {{- if .Values.postgres.url }}
      - name: POD_IP
        valueFrom:
          fieldRef:
            fieldPath: status.podIP
      - name: POD_NAME
        valueFrom:
          fieldRef:
            fieldPath: metadata.name
      {{- end }}
      {{- with .Values.prometheus }}
      {{- if and .enabled .existingSecret }}
      - name: PROMETHEUS_USERNAME
        valueFrom:
          secretKeyRef:
            name: {{ .existingSecret | quote }}
            key: {{ .usernameKey | quote }}
      {{- end }}
      {{- end }}
      {{- with .Values.elasticsearch }}
      {{- if and .enabled (eq .authentication "basic") }}
      - name: ELASTICSEARCH_USERNAME
        valueFrom:
          secretKeyRef:
            name: {{ .existingSecret | quote }}
            key: {{ .usernameKey | quote }}
      {{- end }}
      {{- end }}
      {{- with .Values.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with .Values.extraEnvFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    ports:
      - name: api
        containerPort: 9093
        protocol: TCP
      {{- if .Values.web.existingSecret }}
      - name: probes
        containerPort: {{ .Values.web.probesPort }}
        protocol: TCP
      {{- end }}
      {{- with .Values.extraPorts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    startupProbe:
      httpGet:
        path: /-/healthy
        port: {{ ternary "probes" "api" (not (empty .Values.web.existingSecret)) }}
      periodSeconds: 2
      timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
      failureThreshold: {{ div .Values.probes.startupSeconds 2 }}
    livenessProbe:
      httpGet:
        path: /-/healthy
        port: {{ ternary "probes" "api" (not (empty .Values.web.existingSecret)) }}
      periodSeconds: {{ .Values.probes.periodSeconds }}
      timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
      failureThreshold: {{ .Values.probes.failureThreshold }}
    readinessProbe:
      httpGet:
        path: /-/ready
        port: {{ ternary "probes" "api" (not (empty .Values.web.existingSecret)) }}
      periodSeconds: {{ .Values.probes.periodSeconds }}
      timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
    {{- with .Values.lifecycle }}
    lifecycle:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .Values.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    securityContext:
      {{- toYaml .Values.securityContext | nindent 6 }}
    volumeMounts:
      - name: config
        mountPath: /etc/longshore/config
        readOnly: true
      - name: rules
        mountPath: /etc/longshore/rules
        readOnly: true
      {{- if .Values.templates }}
      - name: templates
        mountPath: /etc/longshore/templates
        readOnly: true
      {{- end }}
      {{- if .Values.web.existingSecret }}
      - name: web
        mountPath: /etc/longshore/web
        readOnly: true
      {{- end }}
      {{- if .Values.postgres.url }}
      - name: postgres
        mountPath: /etc/longshore/postgres
        readOnly: true
      {{- end }}
      {{- if and .Values.elasticsearch.enabled .Values.elasticsearch.existingSecret }}
      - name: elasticsearch
        mountPath: /etc/longshore/elasticsearch
        readOnly: true
      {{- end }}
      {{- if and .Values.elasticsearch.enabled .Values.elasticsearch.clientCertificate.existingSecret }}
      - name: elasticsearch-client
        mountPath: /etc/longshore/elasticsearch-client
        readOnly: true
      {{- end }}
      {{- if and .Values.prometheus.enabled .Values.prometheus.existingSecret }}
      - name: prometheus
        mountPath: /etc/longshore/prometheus
        readOnly: true
      {{- end }}
      {{- if .Values.heartbeat.existingSecret }}
      - name: heartbeat
        mountPath: /etc/longshore/heartbeat
        readOnly: true
      {{- end }}
      {{- if .Values.existingSecrets }}
      - name: secrets
        mountPath: /etc/longshore/secrets
        readOnly: true
      {{- end }}
      {{- if and .Values.elasticsearch.enabled (or .Values.elasticsearch.ca.existingSecret .Values.elasticsearch.ca.existingConfigMap) }}
      - name: elasticsearch-ca
        mountPath: /etc/longshore/ca
        readOnly: true
      {{- end }}
      - name: state
        mountPath: /var/lib/longshore-alerting
      - name: tmp
        mountPath: /tmp
      {{- with .Values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
  {{- with .Values.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  - name: config
    configMap:
      name: {{ default (include "alerting.fullname" .) .Values.existingConfigMap | quote }}
  - name: rules
    {{- $ownLogRules := include "alerting.ownLogRules" . }}
    {{- if or .Values.rules .Values.existingRuleConfigMaps $ownLogRules }}
    projected:
      sources:
        {{- if .Values.rules }}
        - configMap:
            name: {{ include "alerting.fullname" . }}-rules
            items:
              {{- range $name, $_ := .Values.rules }}
              - key: {{ $name | quote }}
                path: {{ printf "release/%s" $name | quote }}
              {{- end }}
        {{- end }}
        {{- if $ownLogRules }}
        - configMap:
            name: {{ include "alerting.fullname" . }}-own-rules
            items:
              - key: longshore.yaml
                path: own/longshore.yaml
        {{- end }}
        {{- range .Values.existingRuleConfigMaps }}
        - configMap:
            name: {{ .name | quote }}
            items:
              {{- $configMap := .name }}
              {{- range .keys }}
              - key: {{ . | quote }}
                path: {{ printf "%s/%s" $configMap . | quote }}
              {{- end }}
        {{- end }}
    {{- else }}
    emptyDir: {}
    {{- end }}
  {{- if .Values.existingSecrets }}
  - name: secrets
    projected:
      sources:
        {{- range .Values.existingSecrets }}
        - secret:
            name: {{ .name | quote }}
            items:
              {{- $secret := .name }}
              {{- range .keys }}
              - key: {{ . | quote }}
                path: {{ printf "%s/%s" $secret . | quote }}
              {{- end }}
        {{- end }}
  {{- end }}
  {{- with .Values.web.existingSecret }}
  - name: web
    secret:
      secretName: {{ . | quote }}
      defaultMode: 288 # 0440
  {{- end }}
  {{- with .Values.postgres }}
  {{- if .url }}
  - name: postgres
    secret:
      secretName: {{ .existingSecret | quote }}
      defaultMode: 288 # 0440
      items:
        - key: {{ .usernameKey | quote }}
          path: {{ .usernameKey | quote }}
        - key: {{ .passwordKey | quote }}
          path: {{ .passwordKey | quote }}
  {{- end }}
  {{- end }}
  {{- with .Values.elasticsearch }}
  {{- if and .enabled .existingSecret }}
  - name: elasticsearch
    secret:
      secretName: {{ .existingSecret | quote }}
      defaultMode: 288 # 0440
      items:
        {{- $key := ternary .apiKeyKey .passwordKey (eq .authentication "apiKey") }}
        - key: {{ $key | quote }}
          path: {{ $key | quote }}
  {{- end }}
  {{- if and .enabled .ca.existingSecret }}
  - name: elasticsearch-ca
    secret:
      secretName: {{ .ca.existingSecret | quote }}
      items:
        - key: {{ .ca.key | quote }}
          path: {{ .ca.key | quote }}
  {{- else if and .enabled .ca.existingConfigMap }}
  - name: elasticsearch-ca
    configMap:
      name: {{ .ca.existingConfigMap | quote }}
      items:
        - key: {{ .ca.key | quote }}
          path: {{ .ca.key | quote }}
  {{- end }}
  {{- end }}
  {{- with .Values.elasticsearch }}
  {{- if and .enabled .clientCertificate.existingSecret }}
  - name: elasticsearch-client
    secret:
      secretName: {{ .clientCertificate.existingSecret | quote }}
      defaultMode: 288 # 0440
      items:
        - key: {{ .clientCertificate.certKey | quote }}
          path: {{ .clientCertificate.certKey | quote }}
        - key: {{ .clientCertificate.keyKey | quote }}
          path: {{ .clientCertificate.keyKey | quote }}
  {{- end }}
  {{- end }}
  {{- with .Values.prometheus }}
  {{- if and .enabled .existingSecret }}
  - name: prometheus
    secret:
      secretName: {{ .existingSecret | quote }}
      defaultMode: 288 # 0440
      items:
        - key: {{ .passwordKey | quote }}
          path: {{ .passwordKey | quote }}
  {{- end }}
  {{- end }}
  {{- with .Values.heartbeat }}
  {{- if .existingSecret }}
  - name: heartbeat
    secret:
      secretName: {{ .existingSecret | quote }}
      defaultMode: 288 # 0440
      items:
        - key: {{ .key | quote }}
          path: {{ .key | quote }}
  {{- end }}
  {{- end }}
  {{- if .Values.templates }}
  - name: templates
    configMap:
      name: {{ include "alerting.fullname" . }}-templates
  {{- end }}
  - name: tmp
    emptyDir: {}
  {{- if or (not .Values.persistence.enabled) .Values.postgres.url }}
  - name: state
    emptyDir: {}
  {{- else if .Values.persistence.existingClaim }}
  - name: state
    persistentVolumeClaim:
      claimName: {{ .Values.persistence.existingClaim | quote }}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
