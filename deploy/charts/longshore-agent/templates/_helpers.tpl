{{- define "agent.name" -}}
{{- regexReplaceAll "-+$" (default .Chart.Name .Values.nameOverride | trunc 63) "" }}
{{- end }}

{{- /* A Service's name begins with a letter and has no dots, as a release's may. */ -}}
{{- define "agent.fullname" -}}
{{- $name := .Values.fullnameOverride }}
{{- if $name }}
{{- else if regexMatch "^[0-9]" .Release.Name }}
{{- $name = printf "%s-%s" .Chart.Name .Release.Name }}
{{- else if contains (include "agent.name" .) .Release.Name }}
{{- $name = .Release.Name }}
{{- else }}
{{- $name = printf "%s-%s" .Release.Name (include "agent.name" .) }}
{{- end }}
{{- regexReplaceAll "-+$" ($name | replace "." "-" | trunc 63) "" }}
{{- end }}

{{- define "agent.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "agent.selectorLabels" -}}
app.kubernetes.io/name: {{ include "agent.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- /* The labels by which the pod of `helm test` is chosen. */ -}}
{{- define "agent.testLabels" -}}
app.kubernetes.io/name: {{ printf "%s-test" (regexReplaceAll "-+$" (include "agent.name" . | trunc 58) "") }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- /* Labels of an object; what the user adds never replaces one of ours. */ -}}
{{- define "agent.labels" -}}
{{- $ours := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_")
  "app.kubernetes.io/name" (include "agent.name" .)
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/component" "agent"
  "app.kubernetes.io/part-of" "longshore"
  "app.kubernetes.io/managed-by" .Release.Service }}
{{- merge $ours (default dict .Values.commonLabels) | toYaml }}
{{- end }}

{{- /* The Secrets by which images are pulled: the chart's, and those of a chart above it, as texts or as {name: …}. */ -}}
{{- define "agent.pullSecrets" -}}
{{- $secrets := list }}
{{- range concat (default list .Values.imagePullSecrets) (default list (.Values.global | default dict).imagePullSecrets) }}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) }}
{{- end }}
{{- if $secrets }}
{{- uniq $secrets | toYaml }}
{{- end }}
{{- end }}

{{- define "agent.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "agent.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "agent.image" -}}
{{- $repository := .Values.image.repository }}
{{- with (.Values.global | default dict).imageRegistry }}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^[^/]*[.:][^/]*/|^localhost/" $repository "") }}
{{- end }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "agent.priorityClassName" -}}
{{- if .Values.priorityClass.create }}{{ include "agent.fullname" . }}{{ else }}{{ default "" .Values.priorityClassName }}{{ end }}
{{- end }}

{{- /* Elasticsearch's URLs as YAML: by configuration, by DNS name, by environment variables, in that order. */ -}}
{{- define "agent.elasticsearchUrls" -}}
{{- $service := .Values.elasticsearch.service }}
{{- if .Values.elasticsearch.urls }}
{{- toYaml .Values.elasticsearch.urls }}
{{- else if $service.name }}
{{- list (printf "%s://%s.%s.svc:%d" $service.scheme $service.name (default (include "agent.namespace" .) $service.namespace) (int $service.port)) | toYaml }}
{{- else if .Values.serviceLinks }}
{{- list (printf "%s://${ELASTICSEARCH_SERVICE_HOST}:${ELASTICSEARCH_SERVICE_PORT}" $service.scheme) | toYaml }}
{{- else }}
{{- fail "nothing says where Elasticsearch is: set elasticsearch.urls, or elasticsearch.service.name, or serviceLinks: true beside a Service named elasticsearch" }}
{{- end }}
{{- end }}

{{- /* The section `web` of the configuration; empty when there is nothing to say. */ -}}
{{- define "agent.web" -}}
{{- $web := dict }}
{{- with .Values.web }}
{{- if .existingSecret }}
{{- if .configKey }}
{{- $_ := set $web "configFile" (printf "/etc/longshore-web/%s" .configKey) }}
{{- end }}
{{- $tokens := list }}
{{- range .tokens }}
{{- $tokens = append $tokens (dict "name" .name "file" (printf "/etc/longshore-web/%s" .key)) }}
{{- end }}
{{- if $tokens }}
{{- $_ := set $web "tokens" $tokens }}
{{- end }}
{{- $serves := ternary (list "probes") (list "probes" "metrics") .protectMetrics }}
{{- $_ := set $web "listeners" (list (dict "listen" (printf "0.0.0.0:%d" (int .probesPort)) "serves" $serves)) }}
{{- end }}
{{- if .roles }}
{{- $_ := set $web "roles" .roles }}
{{- end }}
{{- if ne .anonymous "none" }}
{{- $_ := set $web "anonymous" .anonymous }}
{{- end }}
{{- if .proxy }}
{{- $_ := set $web "proxy" .proxy }}
{{- end }}
{{- $hosts := default list .hosts }}
{{- if $hosts }}
{{- $_ := set $web "hosts" ($hosts | uniq) }}
{{- end }}
{{- end }}
{{- if $web }}
{{- toYaml $web }}
{{- end }}
{{- end }}

{{- /* The port by which Prometheus reads metrics. */ -}}
{{- define "agent.metricsPort" -}}
{{- if and .Values.web.existingSecret (not .Values.web.protectMetrics) }}probes{{ else }}ops{{ end }}
{{- end }}

{{- /* The agent's own configuration file. */ -}}
{{- define "agent.configuration" -}}
{{- $elasticsearch := dict "urls" (include "agent.elasticsearchUrls" . | fromYamlArray) }}
{{- if eq .Values.elasticsearch.authentication "basic" }}
{{- $_ := set $elasticsearch "username" "${ELASTICSEARCH_USERNAME}" }}
{{- $_ := set $elasticsearch "passwordFile" (printf "/etc/longshore/elasticsearch/%s" .Values.elasticsearch.passwordKey) }}
{{- else if eq .Values.elasticsearch.authentication "apiKey" }}
{{- $_ := set $elasticsearch "apiKeyFile" (printf "/etc/longshore/elasticsearch/%s" .Values.elasticsearch.apiKeyKey) }}
{{- end }}
{{- if or .Values.elasticsearch.ca.existingSecret .Values.elasticsearch.ca.existingConfigMap }}
{{- $_ := set $elasticsearch "caFile" (printf "/etc/longshore/ca/%s" .Values.elasticsearch.ca.key) }}
{{- end }}
{{- with .Values.elasticsearch.clientCertificate }}
{{- if .existingSecret }}
{{- $_ := set $elasticsearch "certFile" (printf "/etc/longshore/client/%s" .certKey) }}
{{- $_ := set $elasticsearch "keyFile" (printf "/etc/longshore/client/%s" .keyKey) }}
{{- end }}
{{- end }}
{{- $ours := dict
  "cluster" (dict "name" .Values.cluster.name)
  "buffer" (dict "dir" "/var/lib/longshore/buffer")
  "elasticsearch" $elasticsearch
  "ops" (dict "listen" (printf "0.0.0.0:%d" (int .Values.service.port))) }}
{{- $config := deepCopy (default dict .Values.config) }}
{{- $docker := .Values.logs.dockerHostPath }}
{{- $tail := $config.tail | default dict }}
{{- if and $docker (ne $docker "/var/lib/docker/containers") (not (hasKey $tail "allowedLinkTargets")) }}
{{- $_ := set $config "tail" (set $tail "allowedLinkTargets" (list $docker)) }}
{{- end }}
{{- with include "agent.web" . }}
{{- $_ := set $ours "web" (fromYaml .) }}
{{- end }}
{{- mergeOverwrite $config $ours | toYaml }}
{{- end }}

{{- /* A duration such as 1m30s in milliseconds. */ -}}
{{- define "agent.millis" -}}
{{- $millis := 0 }}
{{- range regexFindAll "[0-9]+[a-z]+" (toString .) -1 }}
{{- $millis = add $millis (mul (regexFind "^[0-9]+" .) (get (dict "d" 86400000 "h" 3600000 "m" 60000 "s" 1000 "ms" 1) (regexFind "[a-z]+$" .) | default 0)) }}
{{- end }}
{{- $millis }}
{{- end }}

{{- /* Refuses values that contradict each other, before anything is changed. */ -}}
{{- define "agent.check" -}}
{{- with .Values.elasticsearch }}
{{- if and (ne .authentication "none") (not .existingSecret) }}
{{- fail (printf "elasticsearch.authentication is %s, which needs elasticsearch.existingSecret: the name of a Secret in the release's namespace" .authentication) }}
{{- end }}
{{- if and (eq .authentication "none") .existingSecret }}
{{- fail "elasticsearch.existingSecret is set, but elasticsearch.authentication is none: set it to basic or apiKey" }}
{{- end }}
{{- if and .ca.existingSecret .ca.existingConfigMap }}
{{- fail "elasticsearch.ca.existingSecret and elasticsearch.ca.existingConfigMap exclude each other: set one of them" }}
{{- end }}
{{- end }}
{{- with .Values.web }}
{{- if and .tokens (not .existingSecret) }}
{{- fail "web.tokens needs web.existingSecret: the Secret that holds them" }}
{{- end }}
{{- if and .existingSecret (not .configKey) (not .tokens) }}
{{- fail "web.existingSecret is set, but neither web.configKey nor web.tokens say what is in it" }}
{{- end }}
{{- end }}
{{- if and .Values.rbac.createOpenshiftScc .Values.rbac.openshiftScc }}
{{- fail "rbac.createOpenshiftScc and rbac.openshiftScc exclude each other: set one of them" }}
{{- end }}
{{- if and .Values.rbac.createOpenshiftScc (not .Values.rbac.create) }}
{{- fail "rbac.createOpenshiftScc needs rbac.create: without a role nobody may use what is made" }}
{{- end }}
{{- if and .Values.priorityClass.create .Values.priorityClassName }}
{{- fail "priorityClass.create and priorityClassName exclude each other: set one of them" }}
{{- end }}
{{- if and .Values.resourceQuota.create (not .Values.priorityClassName) }}
{{- fail "resourceQuota.create needs priorityClassName: the class whose pods the quota lets in" }}
{{- end }}
{{- if and .Values.newerApis (semverCompare "<1.22.0-0" .Capabilities.KubeVersion.Version) }}
{{- fail (printf "newerApis is true, but Kubernetes is %s, older than 1.22: set it to false" .Capabilities.KubeVersion.Version) }}
{{- end }}
{{- $own := dict "buffer.dir" "state.hostPath" "elasticsearch.urls" "elasticsearch.urls" "elasticsearch.username" "elasticsearch.authentication and elasticsearch.existingSecret" "elasticsearch.usernameFile" "elasticsearch.authentication and elasticsearch.existingSecret" "elasticsearch.password" "elasticsearch.authentication and elasticsearch.existingSecret" "elasticsearch.passwordFile" "elasticsearch.authentication and elasticsearch.existingSecret" "elasticsearch.apiKey" "elasticsearch.authentication and elasticsearch.existingSecret" "elasticsearch.apiKeyFile" "elasticsearch.authentication and elasticsearch.existingSecret" "elasticsearch.caFile" "elasticsearch.ca" "elasticsearch.certFile" "elasticsearch.clientCertificate" "elasticsearch.keyFile" "elasticsearch.clientCertificate" }}
{{- range $key, $instead := $own }}
{{- $at := splitList "." $key }}
{{- if hasKey (get (default dict $.Values.config) (first $at) | default dict) (last $at) }}
{{- fail (printf "config.%s is the chart's own: set %s" $key $instead) }}
{{- end }}
{{- end }}
{{- $drain := dig "elasticsearch" "drainTimeout" "5s" (default dict .Values.config) | toString }}
{{- if ge (include "agent.millis" $drain | int64) (mul .Values.terminationGracePeriodSeconds 1000) }}
{{- fail (printf "terminationGracePeriodSeconds is %d, which is not more than config.elasticsearch.drainTimeout of %s: raise it, or the kubelet kills the agent while it drains" (int .Values.terminationGracePeriodSeconds) $drain) }}
{{- end }}
{{- if and .Values.web.existingSecret (eq (int .Values.web.probesPort) (int .Values.service.port)) }}
{{- fail (printf "web.probesPort and service.port are both %d: give them ports of their own" (int .Values.service.port)) }}
{{- end }}
{{- with .Values.podMonitor }}
{{- if and .enabled (gt (include "agent.millis" .scrapeTimeout | int64) (include "agent.millis" .interval | int64)) }}
{{- fail (printf "podMonitor.scrapeTimeout of %s is longer than podMonitor.interval of %s, with which the operator leaves it out: set it to %s or less" .scrapeTimeout .interval .interval) }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name (list "NODE_NAME" "LONGSHORE_LOG_LEVEL" "JAVA_TOOL_OPTIONS" "ELASTICSEARCH_USERNAME") }}
{{- $instead := get (dict "JAVA_TOOL_OPTIONS" "jvm.options" "LONGSHORE_LOG_LEVEL" "logLevel") .name }}
{{- fail (printf "extraEnv sets %s, which the chart sets itself: %s" .name ($instead | empty | ternary "leave it out" (printf "set %s in its place" $instead))) }}
{{- end }}
{{- end }}
{{- include "agent.once" . }}
{{- include "agent.references" . }}
{{- end }}

{{- define "agent.references" -}}
{{- include "agent.reference" (dict "root" $ "kind" "ConfigMap" "name" .Values.existingConfigMap "value" "existingConfigMap" "keys" (list .Values.existingConfigMapKey)) }}
{{- with .Values.elasticsearch }}
{{- $keys := ternary (list .apiKeyKey) (list .usernameKey .passwordKey) (eq .authentication "apiKey") }}
{{- include "agent.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "elasticsearch.existingSecret" "keys" $keys) }}
{{- include "agent.reference" (dict "root" $ "kind" "Secret" "name" .ca.existingSecret "value" "elasticsearch.ca.existingSecret" "keys" (list .ca.key)) }}
{{- include "agent.reference" (dict "root" $ "kind" "ConfigMap" "name" .ca.existingConfigMap "value" "elasticsearch.ca.existingConfigMap" "keys" (list .ca.key)) }}
{{- with .clientCertificate }}
{{- include "agent.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "elasticsearch.clientCertificate.existingSecret" "keys" (list .certKey .keyKey)) }}
{{- end }}
{{- end }}
{{- with .Values.web }}
{{- $keys := list }}
{{- if .configKey }}
{{- $keys = append $keys .configKey }}
{{- end }}
{{- range .tokens }}
{{- $keys = append $keys .key }}
{{- end }}
{{- include "agent.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "web.existingSecret" "keys" $keys) }}
{{- end }}
{{- end }}

{{- /* Refuses to be installed while an object that a value names is not in the cluster, or lacks a key. Where no cluster is
asked, as by helm template, nothing is found at all: not even the ConfigMap that every namespace has.
Arguments: root, kind, name, value (where the name stands), keys. */ -}}
{{- define "agent.reference" -}}
{{- $namespace := include "agent.namespace" .root }}
{{- if and .root.Values.checkReferences .name (lookup "v1" "ConfigMap" $namespace "kube-root-ca.crt") }}
{{- $found := lookup "v1" .kind $namespace .name }}
{{- if not $found }}
{{- fail (printf "%s %s, which %s names, is not in the namespace %s: create it first, or set checkReferences: false" .kind .name .value $namespace) }}
{{- end }}
{{- $has := keys (default dict $found.data) (default dict $found.binaryData) | sortAlpha }}
{{- $reference := . }}
{{- range .keys }}
{{- if not (has . $has) }}
{{- fail (printf "%s %s, which %s names, has no key %s but %s: add it, or name the right one" $reference.kind $reference.name $reference.value . (default "none" (join ", " $has))) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Options of the JVM. Without a memory limit the heap would follow the node's memory: it is then what the default limit gives. */}}
{{- define "agent.jvmOptions" -}}
{{- $options := default "" .Values.jvm.options -}}
{{- if not (or (dig "limits" "memory" "" (.Values.resources | default dict)) (contains "-Xmx" $options)) -}}
{{- $options = printf "-Xmx80m %s" $options | trim -}}
{{- end -}}
{{- $options -}}
{{- end -}}

{{- /* The annotations of an object: the common ones, and its own over them. Arguments: root, its own. */ -}}
{{- define "agent.annotations" -}}
{{- with merge (dict) (default dict (index . 1)) (default dict (index . 0).Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* SecurityContextConstraints belong to no namespace, so their name has the release's. */}}
{{- define "agent.sccName" -}}
{{ printf "%s-%s" (include "agent.namespace" .) (include "agent.fullname" .) | trunc 253 }}
{{- end }}

{{- /* The ports of the servers that a list of URLs names, as YAML: those that they state, or their schemes'. A port that is a variable is not known here. */ -}}
{{- define "agent.urlPorts" -}}
{{- $ports := list }}
{{- range . }}
{{- $standard := get (dict "http" "80" "https" "443" "postgresql" "5432") (regexFind "^[a-z]+" .) }}
{{- $servers := regexReplaceAll "^[a-z]+://([^/?#]*).*$" . "${1}" }}
{{- range splitList "," (regexReplaceAll "\\[[^]]*\\]" $servers "") }}
{{- if not (contains "${" .) }}
{{- $ports = append $ports (regexFind ":[0-9]+$" . | trimPrefix ":" | default $standard | int) }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $ports }}
{{- end }}

{{- /* Where a NetworkPolicy lets the agent go: the ports that it lists, and the one at which Elasticsearch is to be asked. */ -}}
{{- define "agent.egressPorts" -}}
{{- $policy := .Values.networkPolicy }}
{{- $ports := concat (default list $policy.apiServerPorts) (default list $policy.elasticsearchPorts) }}
{{- with .Values.elasticsearch }}
{{- if .urls }}
{{- $ports = concat $ports (include "agent.urlPorts" .urls | fromYamlArray) }}
{{- else if .service.name }}
{{- $ports = append $ports .service.port }}
{{- end }}
{{- end }}
{{- $unique := list }}
{{- range $ports }}
{{- $unique = append $unique (int .) }}
{{- end }}
{{- uniq $unique | toYaml }}
{{- end }}
