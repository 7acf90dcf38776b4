// Renders a chart's template on standard input as helm does: text/template with the functions that our chart uses.
// Arguments: the helper templates' file; the values, release and chart as JSON.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"text/template"
)

// One line an entry, each value as JSON, which is YAML.
func toYaml(value any) string {
	var lines []string
	switch of := value.(type) {
	case map[string]any:
		for key, each := range of {
			text, _ := json.Marshal(each)
			lines = append(lines, fmt.Sprintf("%q: %s", key, text))
		}
		sort.Strings(lines)
	default:
		text, _ := json.Marshal(value)
		lines = append(lines, string(text))
	}
	return strings.Join(lines, "\n")
}

func nindent(width int, text string) string {
	pad := "\n" + strings.Repeat(" ", width)
	return pad + strings.ReplaceAll(text, "\n", pad)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	page := template.New("page").Option("missingkey=error")
	page.Funcs(template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var out bytes.Buffer
			err := page.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"toYaml":     toYaml,
		"nindent":    nindent,
		"sha256sum":  func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) },
		"trunc":      func(most int, text string) string { return text[:min(most, len(text))] },
		"trimSuffix": func(end, text string) string { return strings.TrimSuffix(text, end) },
		"default": func(instead, value any) any {
			if value == nil || value == "" {
				return instead
			}
			return value
		},
	})
	helpers, err := os.ReadFile(os.Args[1])
	must(err)
	_, err = page.New("helpers").Parse(string(helpers))
	must(err)
	text, err := io.ReadAll(os.Stdin)
	must(err)
	_, err = page.Parse(string(text))
	must(err)
	var data map[string]any
	must(json.Unmarshal([]byte(os.Args[2]), &data))
	must(page.Execute(os.Stdout, data))
}
