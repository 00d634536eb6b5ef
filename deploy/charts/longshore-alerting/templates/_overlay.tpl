{{/* The pod's specification with `podSpec` laid over it: containers and volumes by their names, and of a container variables and ports by their
names and mounts by their paths, as Kubernetes itself patches them. Any other list takes the place of the chart's, and null takes a key away. */}}
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
{{- $theirs = include "alerting.laid" (list $ours $theirs) | fromYaml }}
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
{{- include "alerting.laid" (list $pod $over) }}
{{- end }}

{{/* A mapping with another laid over it, key by key. What is false, 0 or empty counts, which mergeOverwrite passes over. */}}
{{- define "alerting.laid" -}}
{{- $result := deepCopy (index . 0) }}
{{- range $key, $value := index . 1 }}
{{- if kindIs "invalid" $value }}
{{- $_ := unset $result $key }}
{{- else if and (kindIs "map" $value) (kindIs "map" (get $result $key)) }}
{{- $_ := set $result $key (include "alerting.laid" (list (get $result $key) $value) | fromYaml) }}
{{- else }}
{{- $_ := set $result $key $value }}
{{- end }}
{{- end }}
{{- toYaml $result }}
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

{{/* Refuses what the pod would have twice, which the API server refuses too or takes the last of, and mounts of no volume. */}}
{{- define "alerting.once" -}}
{{- $pod := include "alerting.pod" . | fromYaml }}
{{- $volumes := default list $pod.volumes }}
{{- if include "alerting.makesClaim" . }}
{{- $volumes = append $volumes (dict "name" "state") }}
{{- end }}
{{- include "alerting.distinct" (list "extraVolumes" "volumes" "name" $volumes) }}
{{- include "alerting.distinct" (list "extraContainers or initContainers" "containers" "name" (concat $pod.containers (default list $pod.initContainers))) }}
{{- range $pod.containers }}
{{- if eq .name "alerting" }}
{{- include "alerting.distinct" (list "extraEnv" "containers" "name" .env) }}
{{- include "alerting.distinct" (list "extraPorts" "containers" "name" .ports) }}
{{- include "alerting.distinct" (list "extraVolumeMounts" "containers" "mountPath" .volumeMounts) }}
{{- range .volumeMounts }}
{{- $name := .name }}
{{- $found := false }}
{{- range $volumes }}
{{- $found = or $found (eq .name $name) }}
{{- end }}
{{- if not $found }}
{{- fail (printf "extraVolumeMounts mounts %s at %s, and there is no such volume: add it to extraVolumes" $name .mountPath) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Arguments: the value that adds to a list, the list of podSpec that is laid over it, the key that tells its elements apart, the list. */}}
{{- define "alerting.distinct" -}}
{{- $value := index . 0 }}
{{- $over := index . 1 }}
{{- $key := index . 2 }}
{{- $seen := list }}
{{- range index . 3 }}
{{- $id := get . $key }}
{{- if and $id (has $id $seen) }}
{{- fail (printf "%s has %s, which the pod has already: take another %s, or lay it over the chart's with podSpec.%s" $value $id $key $over) }}
{{- end }}
{{- $seen = append $seen $id }}
{{- end }}
{{- end }}
