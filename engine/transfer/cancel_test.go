package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/kind"
	"github.com/trellis-crm/trellis/engine/transfer"
)

// between does something before the part of an import's work that is counted
// down to, each of which looks its person up.
type between struct {
	transfer.People
	left int
	act  func()
}

func (b *between) ByID(ctx context.Context, id, via string) (*access.Actor, error) {
	if b.left--; b.left == 0 {
		b.act()
	}
	return b.People.ByID(ctx, id, via)
}

// TestACanceledImportKeepsWhatItWrote, and only that, until it is undone; of a
// canceled check nothing stays.
func TestACanceledImportKeepsWhatItWrote(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		var table strings.Builder
		table.WriteString("key,short\n")
		for n := range 250 {
			fmt.Fprintf(&table, "%d,a\n", n)
		}
		id, path := uploaded(t, i.Admin, table.String())
		require.NoError(t, i.Jobs.Stop(t.Context()))
		people := &between{People: i.People, act: func() {
			i.Admin.Patch(t, path+"/rows", correction(1, map[string]any{"short": "late"})).Want(t, 409)
			i.Admin.Post(t, path+"/cancel", nil).Want(t, 202)
		}}
		service := transfer.New(i.Store, i.Records, people, i.Notes, i.Clock)
		runner := job.NewRunner(i.Store, job.Config{Kinds: kind.NewRegistry(service.Kinds()...)})
		require.NoError(t, runner.Start(t.Context()))
		defer func() { require.NoError(t, runner.Stop(t.Context())) }()

		people.left = 3 // once for the job, then for each part of 100 rows
		require.Equal(t, "uploaded", i.Admin.Stage(t, id, "plan")["state"])
		require.Equal(t, "planned", i.Admin.Stage(t, id, "plan")["state"], "it can be begun anew")
		people.left = 3
		canceled := i.Admin.Stage(t, id, "run")
		require.Equal(t, "failed", canceled["state"])
		require.Equal(t, "canceled", canceled["fault"].(map[string]any)["code"])
		require.InDelta(t, 100, counts(t, canceled)["create"], 0)
		require.Len(t, i.Admin.Get(t, "/records/note?limit=1000").Want(t, 200).List(t), 100)
		i.Admin.Post(t, path+"/cancel", nil).Want(t, 409)
		i.Admin.Post(t, path+"/run", nil).Want(t, 409)
		require.Equal(t, "undone", i.Admin.Stage(t, id, "undo")["state"])
		require.Empty(t, i.Admin.Get(t, "/records/note").Want(t, 200).List(t))
	})
}

// TestAPausedImportGoesOnWhereItStopped: each row is written once; canceled
// while it is paused, it keeps what it wrote until it is undone.
func TestAPausedImportGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		var table strings.Builder
		table.WriteString("key,short\n")
		for n := range 250 {
			fmt.Fprintf(&table, "%d,a\n", n)
		}
		id, path := uploaded(t, i.Admin, table.String())
		require.NoError(t, i.Jobs.Stop(t.Context()))
		people := &between{People: i.People, act: func() { i.Admin.Post(t, path+"/pause", nil).Want(t, 202) }}
		service := transfer.New(i.Store, i.Records, people, i.Notes, i.Clock)
		runner := job.NewRunner(i.Store, job.Config{Kinds: kind.NewRegistry(service.Kinds()...)})
		require.NoError(t, runner.Start(t.Context()))
		defer func() { require.NoError(t, runner.Stop(t.Context())) }()

		i.Admin.Post(t, path+"/pause", nil).Want(t, 409)
		people.left = 3
		paused := i.Admin.Stage(t, id, "run")
		require.Equal(t, "paused", paused["state"])
		require.InDelta(t, 100, paused["progress"].(map[string]any)["done"], 0)
		i.Admin.Post(t, path+"/run", nil).Want(t, 409)
		i.Admin.Post(t, path+"/undo", nil).Want(t, 409)
		i.Admin.Delete(t, path).Want(t, 409)
		people.left = 3
		paused = i.Admin.Stage(t, id, "resume")
		require.InDelta(t, 200, paused["progress"].(map[string]any)["done"], 0)
		done := i.Admin.Stage(t, id, "resume")
		require.Equal(t, "done", done["state"])
		require.InDelta(t, 250, counts(t, done)["create"], 0)
		require.Len(t, i.Admin.Get(t, "/records/note?limit=1000").Want(t, 200).List(t), 250)
		i.Admin.Post(t, path+"/resume", nil).Want(t, 409)

		id, path = uploaded(t, i.Admin, strings.ReplaceAll(table.String(), ",a", ",b"))
		i.Admin.Patch(t, path, map[string]any{"match": []string{"key"}}).Want(t, 200)
		people.left = 3
		i.Admin.Stage(t, id, "run")
		i.Admin.Post(t, path+"/cancel", nil).Want(t, 202)
		require.Equal(t, "failed", i.Admin.Get(t, path).Data(t)["state"])
		require.Equal(t, "undone", i.Admin.Stage(t, id, "undo")["state"])
		for _, record := range i.Admin.Get(t, "/records/note?limit=1000").Want(t, 200).List(t) {
			require.Equal(t, "a", record["short"])
		}
	})
}

// TestAReportSaysWhatIsWrongInTheReadersLanguage, cell by cell, under titles in
// both; also what a rule says.
func TestAReportSaysWhatIsWrongInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		ruled := note()
		ruled["rules"] = []any{map[string]any{"name": "calm", "assert": `short != "loud"`, "at": []string{"short"}, "message": "Be calm."}}
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{ruled, map[string]any{
			"kind": "translation", "name": "zh-CN", "texts": map[string]any{"object/note/rules/calm/message": "请安静。"},
		}}}).Want(t, 200)
		id, path := uploaded(t, i.Admin, "key,=short\n1,a\nx,=b\n3,loud\n")
		i.Admin.Patch(t, path, map[string]any{"columns": []any{map[string]any{"index": 1, "field": "short"}}}).Want(t, 200)
		i.Admin.Stage(t, id, "plan")
		report := func(language string) [][]string {
			answer := i.Admin.With("Accept-Language", language).Get(t, path+"/report.xlsx").Want(t, 200)
			book, err := excelize.OpenReader(bytes.NewReader(answer.Body))
			require.NoError(t, err)
			rows, err := book.GetRows(book.GetSheetName(0))
			require.NoError(t, err)
			formula, err := book.GetCellFormula(book.GetSheetName(0), "B3")
			require.NoError(t, err)
			require.Empty(t, formula, "a spreadsheet runs nothing of it")
			require.Len(t, rows, 3)
			require.Equal(t, []string{"行 Row", "列 Column", "内容 Value", "原因 Reason"}, rows[0])
			require.Equal(t, []string{"2", "key", "x"}, rows[1][:3])
			require.Equal(t, []string{"3", "=short", "loud"}, rows[2][:3])
			return rows
		}
		english, chinese := report("en"), report("zh-CN")
		require.NotEqual(t, english[1][3], chinese[1][3])
		require.Equal(t, "Be calm.", english[2][3])
		require.Equal(t, "请安静。", chinese[2][3])
		i.Person(t, "Ola", "admin").Get(t, path+"/report.xlsx").Want(t, 404)
	})
}
