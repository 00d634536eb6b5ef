{{/* The pod's specification; `podSpec` is laid over it. */}}
{{- define "agent.podSpec" -}}
serviceAccountName: {{ include "agent.serviceAccountName" . | quote }}
automountServiceAccountToken: true
enableServiceLinks: {{ default false .Values.serviceLinks }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with include "agent.priorityClassName" . }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with include "agent.pullSecrets" . }}
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
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
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
  - name: agent
    image: {{ include "agent.image" . | quote }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    {{- with .Values.command }}
    command:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    args:
      - --config
      - {{ printf "/etc/longshore/%s" (ternary .Values.existingConfigMapKey "agent.yaml" (ne .Values.existingConfigMap "")) | quote }}
      {{- with .Values.extraArgs }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    env:
      - name: NODE_NAME
        valueFrom:
          fieldRef:
            fieldPath: spec.nodeName
      - name: LONGSHORE_LOG_LEVEL
        value: {{ .Values.logLevel }}
      {{- with include "agent.jvmOptions" . }}
      - name: JAVA_TOOL_OPTIONS
        value: {{ . | quote }}
      {{- end }}
      {{- with .Values.elasticsearch }}
      {{- if eq .authentication "basic" }}
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
      - name: ops
        containerPort: {{ .Values.service.port }}
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
        path: /healthz
        port: {{ ternary "probes" "ops" (not (empty .Values.web.existingSecret)) }}
      periodSeconds: 2
      timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
      failureThreshold: {{ div .Values.probes.startupSeconds 2 }}
    livenessProbe:
      httpGet:
        path: /healthz
        port: {{ ternary "probes" "ops" (not (empty .Values.web.existingSecret)) }}
      periodSeconds: {{ .Values.probes.periodSeconds }}
      timeoutSeconds: {{ .Values.probes.timeoutSeconds }}
      failureThreshold: {{ .Values.probes.failureThreshold }}
    readinessProbe:
      httpGet:
        path: /healthz
        port: {{ ternary "probes" "ops" (not (empty .Values.web.existingSecret)) }}
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
        mountPath: /etc/longshore
        readOnly: true
      {{- if .Values.web.existingSecret }}
      - name: web
        mountPath: /etc/longshore-web
        readOnly: true
      {{- end }}
      - name: logs
        mountPath: /var/log
        readOnly: true
      {{- with .Values.logs.dockerHostPath }}
      - name: docker
        mountPath: {{ . | quote }}
        readOnly: true
      {{- end }}
      - name: state
        mountPath: /var/lib/longshore
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
    projected:
      sources:
        - configMap:
            name: {{ default (include "agent.fullname" .) .Values.existingConfigMap | quote }}
        {{- with .Values.elasticsearch }}
        {{- if .existingSecret }}
        - secret:
            name: {{ .existingSecret | quote }}
            items:
              {{- $key := ternary .apiKeyKey .passwordKey (eq .authentication "apiKey") }}
              - key: {{ $key | quote }}
                path: {{ printf "elasticsearch/%s" $key | quote }}
        {{- end }}
        {{- end }}
        {{- with .Values.elasticsearch.ca }}
        {{- if .existingSecret }}
        - secret:
            name: {{ .existingSecret | quote }}
            items:
              - key: {{ .key | quote }}
                path: {{ printf "ca/%s" .key | quote }}
        {{- else if .existingConfigMap }}
        - configMap:
            name: {{ .existingConfigMap | quote }}
            items:
              - key: {{ .key | quote }}
                path: {{ printf "ca/%s" .key | quote }}
        {{- end }}
        {{- end }}
        {{- with .Values.elasticsearch.clientCertificate }}
        {{- if .existingSecret }}
        - secret:
            name: {{ .existingSecret | quote }}
            items:
              - key: {{ .certKey | quote }}
                path: {{ printf "client/%s" .certKey | quote }}
              - key: {{ .keyKey | quote }}
                path: {{ printf "client/%s" .keyKey | quote }}
        {{- end }}
        {{- end }}
  {{- with .Values.web.existingSecret }}
  - name: web
    secret:
      secretName: {{ . | quote }}
      defaultMode: 288 # 0440
  {{- end }}
  - name: logs
    hostPath:
      path: {{ .Values.logs.hostPath | quote }}
      type: Directory
  {{- with .Values.logs.dockerHostPath }}
  - name: docker
    hostPath:
      path: {{ . | quote }}
      type: Directory
  {{- end }}
  - name: state
    hostPath:
      path: {{ .Values.state.hostPath | quote }}
      type: DirectoryOrCreate
  - name: tmp
    emptyDir: {}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
