{{- /* The objects that values name, and the keys that they must have. */ -}}
{{- define "alerting.references" -}}
{{- include "alerting.reference" (dict "root" $ "kind" "ConfigMap" "name" .Values.existingConfigMap "value" "existingConfigMap" "keys" (list .Values.existingConfigMapKey)) }}
{{- with .Values.persistence }}
{{- if and .enabled .existingClaim (not $.Values.postgres.url) }}
{{- include "alerting.reference" (dict "root" $ "kind" "PersistentVolumeClaim" "name" .existingClaim "value" "persistence.existingClaim" "keys" list) }}
{{- end }}
{{- end }}
{{- with .Values.postgres }}
{{- if .url }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "postgres.existingSecret" "keys" (list .usernameKey .passwordKey)) }}
{{- end }}
{{- end }}
{{- with .Values.prometheus }}
{{- if .enabled }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "prometheus.existingSecret" "keys" (list .usernameKey .passwordKey)) }}
{{- end }}
{{- end }}
{{- with .Values.elasticsearch }}
{{- if .enabled }}
{{- $keys := ternary (list .apiKeyKey) (list .usernameKey .passwordKey) (eq .authentication "apiKey") }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "elasticsearch.existingSecret" "keys" $keys) }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .ca.existingSecret "value" "elasticsearch.ca.existingSecret" "keys" (list .ca.key)) }}
{{- include "alerting.reference" (dict "root" $ "kind" "ConfigMap" "name" .ca.existingConfigMap "value" "elasticsearch.ca.existingConfigMap" "keys" (list .ca.key)) }}
{{- with .clientCertificate }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "elasticsearch.clientCertificate.existingSecret" "keys" (list .certKey .keyKey)) }}
{{- end }}
{{- end }}
{{- end }}
{{- range .Values.existingSecrets }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .name "value" "existingSecrets" "keys" .keys) }}
{{- end }}
{{- range .Values.existingRuleConfigMaps }}
{{- include "alerting.reference" (dict "root" $ "kind" "ConfigMap" "name" .name "value" "existingRuleConfigMaps" "keys" .keys) }}
{{- end }}
{{- with .Values.web }}
{{- $keys := list }}
{{- if .configKey }}
{{- $keys = append $keys .configKey }}
{{- end }}
{{- range .tokens }}
{{- $keys = append $keys .key }}
{{- end }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "web.existingSecret" "keys" $keys) }}
{{- end }}
{{- with .Values.heartbeat }}
{{- include "alerting.reference" (dict "root" $ "kind" "Secret" "name" .existingSecret "value" "heartbeat.existingSecret" "keys" (list .key)) }}
{{- end }}
{{- end }}

{{- /* Refuses to be installed while an object that a value names is not in the cluster, or lacks a key. Where no cluster is
asked, as by helm template, nothing is found at all: not even the ConfigMap that every namespace has.
Arguments: root, kind, name, value (where the name stands), keys. */ -}}
{{- define "alerting.reference" -}}
{{- $namespace := include "alerting.namespace" .root }}
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
