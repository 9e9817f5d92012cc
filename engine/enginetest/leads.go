package enginetest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Shared gives the path of real data that lies beside the project.
func Shared(t testing.TB, path ...string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..", "..", "shared", "data")
	file := filepath.Join(append([]string{root}, path...)...)
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("the real data is missing: %v", err)
	}
	return file
}

// LeadsFile is the table of 9,240 real leads.
func LeadsFile(t testing.TB) string {
	t.Helper()
	return Shared(t, "x-education-leads", "leads.csv")
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// nameOf makes a name of a text.
func nameOf(text string) string {
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(text), "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "x_" + name
	}
	return name[:min(len(name), 48)]
}

// CourseLead is the object with a field for each column of the real leads, as
// an administrator would make it: numbers, yes or no, and option sets with the
// values that occur; google is Google, and Select is no value.
func CourseLead(t testing.TB) (definition map[string]any, columns []map[string]any) {
	t.Helper()
	content, err := os.ReadFile(LeadsFile(t))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]string{
		"Lead Number": "integer", "TotalVisits": "integer", "Total Time Spent on Website": "integer", "Page Views Per Visit": "decimal",
		"Asymmetrique Activity Score": "integer", "Asymmetrique Profile Score": "integer",
	}
	properties := map[string]any{}
	for i, title := range rows[0] {
		name, values := nameOf(title), map[string]any{}
		property := map[string]any{"title": title}
		distinct := map[string]bool{}
		for _, row := range rows[1:] {
			distinct[row[i]] = true
		}
		delete(distinct, "")
		switch {
		case title == "Prospect ID":
			property["field"], property["unique"] = "text", true
		case numbers[title] != "":
			property["field"] = numbers[title]
		case len(distinct) <= 2 && (distinct["Yes"] || distinct["No"] || distinct["1"]):
			property["field"] = "boolean"
		default:
			property["field"] = "select"
			property["oneOf"] = optionsOf(distinct, values)
		}
		if distinct["Select"] {
			values["Select"] = nil
		}
		properties[name] = property
		columns = append(columns, map[string]any{"index": i, "field": name, "on_existing": "overwrite", "values": values})
	}
	return map[string]any{
		"kind": "object", "name": "course_lead", "title": "Course lead", "plural": "Course leads", "type": "object",
		"display": "prospect_id", "required": []string{"prospect_id"}, "properties": properties,
	}, columns
}

// optionsOf makes options of the values of a column; google belongs to Google.
func optionsOf(distinct map[string]bool, values map[string]any) []map[string]any {
	var options []map[string]any
	taken := map[string]bool{}
	texts := make([]string, 0, len(distinct))
	for text := range distinct {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for _, text := range texts {
		code := nameOf(text)
		switch {
		case text == "Select":
			continue
		case text == "google":
			values[text] = "google"
			continue
		case taken[code]:
			code += "_2"
		}
		taken[code] = true
		values[text] = code
		options = append(options, map[string]any{"const": code, "title": text})
	}
	return options
}

// Upload uploads a file for an object and gives the import.
func (c *Client) Upload(t testing.TB, object, name string, content []byte) *Answer {
	t.Helper()
	return c.Send(t, "/imports?object="+object, name, content)
}

// Send posts a file as a form.
func (c *Client) Send(t testing.TB, path, name string, content []byte) *Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return c.With("Content-Type", form.FormDataContentType()).Do(t, "POST", path, body.Bytes())
}

// Stage moves an import on and waits until its job is done.
func (c *Client) Stage(t testing.TB, id any, stage string) map[string]any {
	t.Helper()
	path := fmt.Sprint("/imports/", id)
	c.Post(t, path+"/"+stage, nil).Want(t, 202)
	return c.Wait(t, path, "planning", "running", "undoing")
}

// Wait polls a path until its state is none of those given.
func (c *Client) Wait(t testing.TB, path string, working ...string) map[string]any {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); {
		data := c.Get(t, path).Want(t, 200).Data(t)
		if state, _ := data["state"].(string); !slices.Contains(working, state) {
			return data
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatalf("%s did not end", path)
	return nil
}
