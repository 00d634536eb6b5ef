{{/* The pod's specification with `podSpec` laid over it: containers and volumes by their names, and of a container variables and ports by their
names and mounts by their paths, as Kubernetes itself patches them. Any other list takes the place of the chart's. */}}
{{- define "alerting.pod" -}}
{{- $pod := include "alerting.podSpec" . | fromYaml }}
{{- $over := deepCopy (default dict .Values.podSpec) }}
{{- range $list := list "containers" "initContainers" }}
{{- if hasKey $over $list }}
{{- $merged := list }}
{{- range $theirs := get $over $list }}
{{- range $ours := get $pod $list | default list }}
{{- if eq $ours.name $theirs.name }}
{{- range $key, $by := dict "env" "name" "ports" "name" "volumeMounts" "mountPath" }}
{{- if hasKey $theirs $key }}
{{- $_ := set $theirs $key (include "alerting.overlay" (list (get $ours $key) (get $theirs $key) $by) | fromYamlArray) }}
{{- end }}
{{- end }}
{{- $theirs = mergeOverwrite (deepCopy $ours) $theirs }}
{{- end }}
{{- end }}
{{- $merged = append $merged $theirs }}
{{- end }}
{{- $_ := set $over $list (include "alerting.overlay" (list (get $pod $list) $merged "name") | fromYamlArray) }}
{{- end }}
{{- end }}
{{- if hasKey $over "volumes" }}
{{- $_ := set $over "volumes" (include "alerting.overlay" (list (get $pod "volumes") (get $over "volumes") "name") | fromYamlArray) }}
{{- end }}
{{- mergeOverwrite $pod $over | toYaml }}
{{- end }}

{{/* A list in which elements of another take the place of those with the same value of a key; the rest follows. */}}
{{- define "alerting.overlay" -}}
{{- $ours := index . 0 | default list }}
{{- $theirs := index . 1 | default list }}
{{- $key := index . 2 }}
{{- $result := list }}
{{- $placed := list }}
{{- range $one := $ours }}
{{- $id := get $one $key }}
{{- range $theirs }}
{{- if eq (get . $key) $id }}
{{- $one = . }}
{{- $placed = append $placed $id }}
{{- end }}
{{- end }}
{{- $result = append $result $one }}
{{- end }}
{{- range $theirs }}
{{- if not (has (get . $key) $placed) }}
{{- $result = append $result . }}
{{- end }}
{{- end }}
{{- toYaml $result }}
{{- end }}
