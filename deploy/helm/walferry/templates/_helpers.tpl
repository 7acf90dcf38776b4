{{- define "walferry.labels" -}}
app.kubernetes.io/name: walferry
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "walferry.name" -}}
{{ printf "%s-walferry" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
