{{- define "resources.labels" -}}
{{- $ours := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_")
  "app.kubernetes.io/name" .Chart.Name
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/part-of" "longshore"
  "app.kubernetes.io/managed-by" .Release.Service }}
{{- merge $ours .Values.commonLabels | toYaml }}
{{- end }}

{{- /* The parent of a route: the one Gateway. Arguments: root, sectionName. */ -}}
{{- define "resources.parentRefs" -}}
- group: gateway.networking.k8s.io
  kind: Gateway
  name: {{ .root.Values.gateway.name | quote }}
  namespace: {{ default .root.Release.Namespace .root.Values.gateway.namespace | quote }}
  {{- with .sectionName }}
  sectionName: {{ . | quote }}
  {{- end }}
{{- end }}

{{- /* The annotations of an object: the common ones, and its own over them. Arguments: root, its own. */ -}}
{{- define "resources.annotations" -}}
{{- with merge (dict) (default dict (index . 1)) (index . 0).Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Requests and limits as texts: a definition takes no fraction such as 0.5, which Kubernetes itself does. */ -}}
{{- define "resources.quantities" -}}
{{- $parts := dict }}
{{- range $part, $quantities := . }}
{{- $texts := dict }}
{{- range $name, $quantity := $quantities }}
{{- $_ := set $texts $name (toString $quantity) }}
{{- end }}
{{- $_ := set $parts $part $texts }}
{{- end }}
{{- toYaml $parts }}
{{- end }}
