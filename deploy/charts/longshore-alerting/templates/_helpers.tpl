{{- define "alerting.name" -}}
{{- regexReplaceAll "-+$" (default .Chart.Name .Values.nameOverride | trunc 63) "" }}
{{- end }}

{{- /* A Service's name begins with a letter and has no dots, as a release's may. Kubernetes puts a StatefulSet's name, with eleven
characters more, into a label of its pods. */ -}}
{{- define "alerting.fullname" -}}
{{- $name := .Values.fullnameOverride }}
{{- if $name }}
{{- else if regexMatch "^[0-9]" .Release.Name }}
{{- $name = printf "%s-%s" .Chart.Name .Release.Name }}
{{- else if contains (include "alerting.name" .) .Release.Name }}
{{- $name = .Release.Name }}
{{- else }}
{{- $name = printf "%s-%s" .Release.Name (include "alerting.name" .) }}
{{- end }}
{{- regexReplaceAll "-+$" ($name | replace "." "-" | trunc 52) "" }}
{{- end }}

{{- define "alerting.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "alerting.selectorLabels" -}}
app.kubernetes.io/name: {{ include "alerting.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- /* The labels by which the pod of `helm test` is chosen. */ -}}
{{- define "alerting.testLabels" -}}
app.kubernetes.io/name: {{ printf "%s-test" (regexReplaceAll "-+$" (include "alerting.name" . | trunc 58) "") }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- /* Labels of an object; what the user adds never replaces one of ours. */ -}}
{{- define "alerting.labels" -}}
{{- $ours := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_")
  "app.kubernetes.io/name" (include "alerting.name" .)
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" .Chart.AppVersion
  "app.kubernetes.io/component" "alerting"
  "app.kubernetes.io/part-of" "longshore"
  "app.kubernetes.io/managed-by" .Release.Service }}
{{- merge $ours (default dict .Values.commonLabels) | toYaml }}
{{- end }}

{{- /* The Secrets by which images are pulled: the chart's, and those of a chart above it, as texts or as {name: …}. */ -}}
{{- define "alerting.pullSecrets" -}}
{{- $secrets := list }}
{{- range concat (default list .Values.imagePullSecrets) (default list (.Values.global | default dict).imagePullSecrets) }}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) }}
{{- end }}
{{- if $secrets }}
{{- uniq $secrets | toYaml }}
{{- end }}
{{- end }}

{{- define "alerting.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "alerting.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "alerting.image" -}}
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

{{- /* Elasticsearch's URLs as YAML: by configuration, by DNS name, by environment variables, in that order. */ -}}
{{- define "alerting.elasticsearchUrls" -}}
{{- $service := .Values.elasticsearch.service }}
{{- if .Values.elasticsearch.urls }}
{{- toYaml .Values.elasticsearch.urls }}
{{- else if $service.name }}
{{- list (printf "%s://%s.%s.svc:%d" $service.scheme $service.name (default (include "alerting.namespace" .) $service.namespace) (int $service.port)) | toYaml }}
{{- else if .Values.serviceLinks }}
{{- list (printf "%s://${ELASTICSEARCH_SERVICE_HOST}:${ELASTICSEARCH_SERVICE_PORT}" $service.scheme) | toYaml }}
{{- else }}
{{- fail "nothing says where Elasticsearch is: set elasticsearch.urls, or elasticsearch.service.name, or serviceLinks: true beside a Service named elasticsearch, or elasticsearch.enabled: false" }}
{{- end }}
{{- end }}

{{- /* Prometheus' URL, found in the same order. */ -}}
{{- define "alerting.prometheusUrl" -}}
{{- $service := .Values.prometheus.service }}
{{- if .Values.prometheus.url }}
{{- .Values.prometheus.url }}
{{- else if $service.name }}
{{- printf "%s://%s.%s.svc:%d" $service.scheme $service.name (default (include "alerting.namespace" .) $service.namespace) (int $service.port) }}
{{- else if .Values.serviceLinks }}
{{- printf "%s://${PROMETHEUS_SERVICE_HOST}:${PROMETHEUS_SERVICE_PORT}" $service.scheme }}
{{- else }}
{{- fail "nothing says where Prometheus is: set prometheus.url, or prometheus.service.name, or serviceLinks: true beside a Service named prometheus, or prometheus.enabled: false" }}
{{- end }}
{{- end }}

{{- /* The first of host names that is one: nobody can open `*.example.com`. */ -}}
{{- define "alerting.firstName" -}}
{{- $first := "" }}
{{- range . }}
{{- $first = or $first (contains "*" . | ternary "" .) }}
{{- end }}
{{- $first }}
{{- end }}

{{- define "alerting.externalUrl" -}}
{{- if .Values.externalUrl }}
{{- .Values.externalUrl }}
{{- else if and .Values.httpRoute.enabled (include "alerting.firstName" .Values.httpRoute.hostnames) }}
{{- printf "https://%s" (include "alerting.firstName" .Values.httpRoute.hostnames) }}
{{- else if and .Values.ingress.enabled (include "alerting.firstName" (prepend (default list .Values.ingress.extraHosts) .Values.ingress.host)) }}
{{- printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) (include "alerting.firstName" (prepend (default list .Values.ingress.extraHosts) .Values.ingress.host)) }}
{{- else }}
{{- printf "http://%s.%s.svc:%d" (include "alerting.fullname" .) (include "alerting.namespace" .) (int .Values.service.port) }}
{{- end }}
{{- end }}

{{- /* The rule file of our own log rules; empty when there are none. */ -}}
{{- define "alerting.ownLogRules" -}}
{{- $own := .Values.ownLogRules }}
{{- if and $own.enabled .Values.elasticsearch.enabled }}
{{- $agent := printf "kubernetes.namespace:\"%s\" AND kubernetes.pod.name:%s AND kubernetes.container.name:agent" (default (include "alerting.namespace" .) $own.agent.namespace) $own.agent.pods }}
{{- $alerting := printf "kubernetes.namespace:\"%s\" AND kubernetes.pod.name:%s-* AND kubernetes.container.name:alerting" (include "alerting.namespace" .) (include "alerting.fullname" .) }}
{{- $file := .Files.Get "log-alerts.yaml" | replace "[[agent]]" $agent | replace "[[alerting]]" $alerting | replace "[[runbooks]]" (trimSuffix "/" (default "" .Values.runbookUrl)) }}
{{- $withRunbook := not (empty .Values.runbookUrl) }}
{{- $groups := list }}
{{- $known := list }}
{{- range ($file | fromYaml).groups }}
{{- $rules := list }}
{{- range .rules }}
{{- $known = append $known .alert }}
{{- if not (has .alert (default list $own.disabled)) }}
{{- $annotations := ternary .annotations (omit .annotations "runbook_url") $withRunbook }}
{{- $rules = append $rules (merge (dict "annotations" $annotations "labels" (merge (deepCopy (default dict $own.alertLabels)) .labels)) (omit . "annotations")) }}
{{- end }}
{{- end }}
{{- if $rules }}
{{- $groups = append $groups (dict "name" .name "rules" $rules) }}
{{- end }}
{{- end }}
{{- range $own.disabled }}
{{- if not (has . $known) }}
{{- fail (printf "ownLogRules.disabled names %s, which is none of these alerts; there are: %s" . (join ", " $known)) }}
{{- end }}
{{- end }}
{{- if $groups }}
{{- dict "groups" $groups | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The section `web` of the configuration; empty when there is nothing to say. */ -}}
{{- define "alerting.web" -}}
{{- $web := dict }}
{{- with .Values.web }}
{{- if .existingSecret }}
{{- if .configKey }}
{{- $_ := set $web "configFile" (printf "/etc/longshore/web/%s" .configKey) }}
{{- end }}
{{- $tokens := list }}
{{- range .tokens }}
{{- $tokens = append $tokens (dict "name" .name "file" (printf "/etc/longshore/web/%s" .key)) }}
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
{{- if $.Values.httpRoute.enabled }}
{{- $hosts = concat $hosts $.Values.httpRoute.hostnames }}
{{- end }}
{{- if and $.Values.ingress.enabled $.Values.ingress.host }}
{{- $hosts = concat $hosts (prepend (default list $.Values.ingress.extraHosts) $.Values.ingress.host) }}
{{- end }}
{{- if $hosts }}
{{- $_ := set $web "hosts" ($hosts | uniq) }}
{{- end }}
{{- end }}
{{- if $web }}
{{- toYaml $web }}
{{- end }}
{{- end }}

{{- /* The port by which Prometheus reads metrics. */ -}}
{{- define "alerting.metricsPort" -}}
{{- if and .Values.web.existingSecret (not .Values.web.protectMetrics) }}probes{{ else }}api{{ end }}
{{- end }}

{{- /* Not empty where the StatefulSet makes a claim. */ -}}
{{- define "alerting.makesClaim" -}}
{{- if and .Values.persistence.enabled (not .Values.persistence.existingClaim) (not .Values.postgres.url) }}yes{{ end }}
{{- end }}

{{- /* The section `state` of the configuration. */ -}}
{{- define "alerting.state" -}}
{{- $state := dict "dir" "/var/lib/longshore-alerting" }}
{{- with .Values.postgres }}
{{- if .url }}
{{- $_ := set $state "postgres" (dict
  "url" .url
  "usernameFile" (printf "/etc/longshore/postgres/%s" .usernameKey)
  "passwordFile" (printf "/etc/longshore/postgres/%s" .passwordKey)
  "advertise" .advertise) }}
{{- with .peers }}
{{- $_ := set $state.postgres "peers" . }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $state }}
{{- end }}

{{- /* Alerting's own configuration file. */ -}}
{{- define "alerting.configuration" -}}
{{- $rules := list }}
{{- if .Values.rules }}
{{- $rules = append $rules "/etc/longshore/rules/release/*" }}
{{- end }}
{{- if include "alerting.ownLogRules" . }}
{{- $rules = append $rules "/etc/longshore/rules/own/*" }}
{{- end }}
{{- range .Values.existingRuleConfigMaps }}
{{- $rules = append $rules (printf "/etc/longshore/rules/%s/*" .name) }}
{{- end }}
{{- $ours := dict
  "rules" $rules
  "state" (include "alerting.state" . | fromYaml)
  "api" (dict "listen" "0.0.0.0:9093" "externalUrl" (include "alerting.externalUrl" .)) }}
{{- if .Values.routing }}
{{- $_ := set $ours "routing" "/etc/longshore/config/routing.yaml" }}
{{- end }}
{{- if .Values.oncall }}
{{- $_ := set $ours "oncall" "/etc/longshore/config/oncall.yaml" }}
{{- end }}
{{- if .Values.prometheus.enabled }}
{{- $source := dict "name" "prometheus" "url" (include "alerting.prometheusUrl" .) }}
{{- with .Values.prometheus.externalUrl }}
{{- $_ := set $source "externalUrl" . }}
{{- end }}
{{- if .Values.prometheus.existingSecret }}
{{- $_ := set $source "username" "${PROMETHEUS_USERNAME}" }}
{{- $_ := set $source "passwordFile" (printf "/etc/longshore/prometheus/%s" .Values.prometheus.passwordKey) }}
{{- end }}
{{- $_ := set $ours "prometheus" (list $source) }}
{{- end }}
{{- with .Values.elasticsearch }}
{{- if .enabled }}
{{- $elasticsearch := dict "urls" (include "alerting.elasticsearchUrls" $ | fromYamlArray) }}
{{- if eq .authentication "basic" }}
{{- $_ := set $elasticsearch "username" "${ELASTICSEARCH_USERNAME}" }}
{{- $_ := set $elasticsearch "passwordFile" (printf "/etc/longshore/elasticsearch/%s" .passwordKey) }}
{{- else if eq .authentication "apiKey" }}
{{- $_ := set $elasticsearch "apiKeyFile" (printf "/etc/longshore/elasticsearch/%s" .apiKeyKey) }}
{{- end }}
{{- if or .ca.existingSecret .ca.existingConfigMap }}
{{- $_ := set $elasticsearch "caFile" (printf "/etc/longshore/ca/%s" .ca.key) }}
{{- end }}
{{- with .clientCertificate }}
{{- if .existingSecret }}
{{- $_ := set $elasticsearch "certFile" (printf "/etc/longshore/elasticsearch-client/%s" .certKey) }}
{{- $_ := set $elasticsearch "keyFile" (printf "/etc/longshore/elasticsearch-client/%s" .keyKey) }}
{{- end }}
{{- end }}
{{- $_ := set $ours "elasticsearch" $elasticsearch }}
{{- end }}
{{- end }}
{{- with .Values.kibanaUrl }}
{{- $_ := set $ours "kibana" (dict "url" .) }}
{{- end }}
{{- with .Values.runbookUrl }}
{{- $_ := set $ours "runbookUrl" (trimSuffix "/" .) }}
{{- end }}
{{- with .Values.prometheusRules }}
{{- if .enabled }}
{{- $kubernetes := dict "enabled" true "namespaces" .namespaces "selector" .selector }}
{{- with .enforcedNamespaceLabel }}
{{- $_ := set $kubernetes "enforcedNamespaceLabel" . }}
{{- end }}
{{- $_ := set $ours "kubernetes" $kubernetes }}
{{- end }}
{{- end }}
{{- with .Values.heartbeat }}
{{- if .existingSecret }}
{{- $_ := set $ours "heartbeat" (dict "urlFile" (printf "/etc/longshore/heartbeat/%s" .key) "interval" .interval) }}
{{- end }}
{{- end }}
{{- with include "alerting.web" . }}
{{- $_ := set $ours "web" (fromYaml .) }}
{{- end }}
{{- mergeOverwrite (deepCopy (default dict .Values.config)) $ours | toYaml }}
{{- end }}

{{- /* A duration such as 1m30s in milliseconds. */ -}}
{{- define "alerting.millis" -}}
{{- $millis := 0 }}
{{- range regexFindAll "[0-9]+[a-z]+" (toString .) -1 }}
{{- $millis = add $millis (mul (regexFind "^[0-9]+" .) (get (dict "d" 86400000 "h" 3600000 "m" 60000 "s" 1000 "ms" 1) (regexFind "[a-z]+$" .) | default 0)) }}
{{- end }}
{{- $millis }}
{{- end }}

{{- /* Refuses values that contradict each other, before anything is changed. */ -}}
{{- define "alerting.check" -}}
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
{{- if and .Values.routing (not .Values.routing.route) }}
{{- fail "routing has no route: give routing.route and routing.receivers, as in Alertmanager's configuration" }}
{{- end }}
{{- if and .Values.oncall (not .Values.routing) }}
{{- fail "oncall needs routing: the receivers by which people are told" }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs: the Gateway that the route belongs to" }}
{{- end }}
{{- if .Values.ingress.enabled }}
{{- if not .Values.ingress.host }}
{{- fail "ingress.enabled needs ingress.host: the name under which alerting is reached" }}
{{- end }}
{{- if and .Values.ingress.tls.enabled (not .Values.ingress.tls.existingSecret) }}
{{- fail "ingress.tls.enabled needs ingress.tls.existingSecret: the Secret with the certificate" }}
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
{{- with .Values.service }}
{{- if and (eq .type "ClusterIP") (or .nodePort .externalTrafficPolicy) }}
{{- fail "service.nodePort and service.externalTrafficPolicy need service.type: NodePort or LoadBalancer" }}
{{- end }}
{{- if and (ne .type "LoadBalancer") (or .loadBalancerIP .loadBalancerClass .loadBalancerSourceRanges) }}
{{- fail "service.loadBalancerIP, service.loadBalancerClass and service.loadBalancerSourceRanges need service.type: LoadBalancer" }}
{{- end }}
{{- end }}
{{- if and (gt (int .Values.replicas) 1) (not .Values.postgres.url) }}
{{- fail (printf "replicas is %d, which needs postgres.url: the PostgreSQL database that they share; on a volume one pod can run" (int .Values.replicas)) }}
{{- end }}
{{- if and .Values.postgres.url (not .Values.postgres.existingSecret) }}
{{- fail "postgres.url needs postgres.existingSecret: the Secret with user and password" }}
{{- end }}
{{- if and .Values.persistence.existingClaim (not .Values.persistence.enabled) }}
{{- fail "persistence.existingClaim is set, but persistence.enabled is false: set it to true" }}
{{- end }}
{{- if and .Values.web.existingSecret (eq (int .Values.web.probesPort) (int .Values.service.port)) }}
{{- fail (printf "web.probesPort and service.port are both %d: give them ports of their own" (int .Values.service.port)) }}
{{- end }}
{{- with .Values.serviceMonitor }}
{{- if and .enabled (gt (include "alerting.millis" .scrapeTimeout | int64) (include "alerting.millis" .interval | int64)) }}
{{- fail (printf "serviceMonitor.scrapeTimeout of %s is longer than serviceMonitor.interval of %s, with which the operator leaves it out: set it to %s or less" .scrapeTimeout .interval .interval) }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name (list "LONGSHORE_LOG_LEVEL" "JAVA_TOOL_OPTIONS" "POD_IP" "POD_NAME" "PROMETHEUS_USERNAME" "ELASTICSEARCH_USERNAME") }}
{{- $instead := get (dict "JAVA_TOOL_OPTIONS" "jvm.options" "LONGSHORE_LOG_LEVEL" "logLevel") .name }}
{{- fail (printf "extraEnv sets %s, which the chart sets itself: %s" .name ($instead | empty | ternary "leave it out" (printf "set %s in its place" $instead))) }}
{{- end }}
{{- end }}
{{- include "alerting.once" . }}
{{- include "alerting.references" . }}
{{- end }}

{{/* Options of the JVM. Without a memory limit the heap would follow the node's memory: it is then what the default limit gives. */}}
{{- define "alerting.jvmOptions" -}}
{{- $options := default "" .Values.jvm.options -}}
{{- if not (or (dig "limits" "memory" "" (.Values.resources | default dict)) (contains "-Xmx" $options)) -}}
{{- $options = printf "-Xmx384m %s" $options | trim -}}
{{- end -}}
{{- $options -}}
{{- end -}}

{{- /* Alertmanager's configuration, with the templates of `templates` where it names none. */ -}}
{{- define "alerting.routing" -}}
{{- $routing := deepCopy .Values.routing }}
{{- if and .Values.templates (not (hasKey $routing "templates")) }}
{{- $_ := set $routing "templates" (list "/etc/longshore/templates/*.tmpl") }}
{{- end }}
{{- toYaml $routing }}
{{- end }}

{{- /* The annotations of an object: the common ones, and its own over them. Arguments: root, its own. */ -}}
{{- define "alerting.annotations" -}}
{{- with merge (dict) (default dict (index . 1)) (default dict (index . 0).Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The ports of the servers that a list of URLs names, as YAML: those that they state, or their schemes'. A port that is a variable is not known here. */ -}}
{{- define "alerting.urlPorts" -}}
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

{{- /* Where a NetworkPolicy lets alerting go: the ports that it lists, and those of what it is to ask and of the other replicas. */ -}}
{{- define "alerting.egressPorts" -}}
{{- $ports := default list .Values.networkPolicy.egressPorts }}
{{- range $source := list .Values.prometheus .Values.elasticsearch }}
{{- if .enabled }}
{{- with concat (default list .urls) (compact (list .url)) }}
{{- $ports = concat $ports (include "alerting.urlPorts" . | fromYamlArray) }}
{{- else }}
{{- if $source.service.name }}
{{- $ports = append $ports $source.service.port }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.postgres }}
{{- if .url }}
{{- $ports = concat $ports (include "alerting.urlPorts" (list .url .advertise) | fromYamlArray) (list 9093) }}
{{- end }}
{{- end }}
{{- $unique := list }}
{{- range $ports }}
{{- $unique = append $unique (int .) }}
{{- end }}
{{- uniq $unique | toYaml }}
{{- end }}
