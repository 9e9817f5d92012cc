package transfer_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/fault"
)

// workbook makes a spreadsheet of rows.
func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for n, row := range rows {
		require.NoError(t, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", n+1), &row))
	}
	var buffer bytes.Buffer
	require.NoError(t, book.Write(&buffer))
	return buffer.Bytes()
}

// bomb is an archive that is small and unpacks to a gigabyte.
func bomb(t *testing.T) []byte {
	t.Helper()
	var buffer bytes.Buffer
	archive := zip.NewWriter(&buffer)
	entry, err := archive.Create("xl/worksheets/sheet1.xml")
	require.NoError(t, err)
	zeros := make([]byte, 1<<20)
	for range 1024 {
		_, err := entry.Write(zeros)
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	return buffer.Bytes()
}

// TestRefusedFiles says why a file is not read, in the language of who sent
// it and in no other, and keeps nothing of it.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	chinese := i.Admin.With("Accept-Language", "zh-CN")
	good := workbook(t, []any{"Name", "Company"}, []any{"a", "b"})
	for _, c := range []struct {
		promise, name string
		content       []byte
		code          fault.Code
	}{
		{"an empty file", "a.csv", nil, fault.FileEmpty},
		{"nothing but blank lines", "a.csv", []byte("\n,,\n\n"), fault.FileEmpty},
		{"a quote that is never closed", "a.csv", []byte("name,company\n\"a,b\nc,d\n"), fault.QuoteNotClosed},
		{"a null character", "a.csv", []byte("name,company\na\x00b,c\n"), fault.NotText},
		{"a null character far behind", "a.csv", []byte("name,company\n" + strings.Repeat("a,b\n", 10_000) + "a\x00b,c\n"), fault.NullCharacter},
		{"a spreadsheet that says it is CSV", "a.csv", good, fault.NotText},
		{"text that says it is a spreadsheet", "a.xlsx", []byte("name,company\na,b\n"), fault.NotASpreadsheet},
		{"a spreadsheet cut short", "a.xlsx", good[:len(good)/2], fault.FileDamaged},
		{"an archive that is no spreadsheet", "a.xlsx", bomb(t), fault.UnpacksTooLarge},
		{"a row without end", "a.csv", bytes.Repeat([]byte("x"), 3<<20), fault.RowTooLarge},
		{"a row of 100,000 columns", "a.csv", bytes.Repeat([]byte("x,"), 100_000), fault.RowTooLarge},
		{"a PDF", "a.csv", []byte("%PDF-1.7 …"), fault.NotText},
	} {
		t.Run(c.promise, func(t *testing.T) {
			for _, client := range []*enginetest.Client{i.Admin, chinese} {
				var refusal struct{ Code, Detail string }
				client.Upload(t, "lead", c.name, c.content).Want(t, 422).Into(t, &refusal)
				require.Equal(t, string(c.code), refusal.Code)
				require.NotContains(t, refusal.Detail, "{")
				if client == chinese {
					require.NotRegexp(t, `[A-Za-z]+ [A-Za-z]+`, refusal.Detail, "two languages in one sentence")
				}
			}
		})
	}
	require.Empty(t, i.Admin.Get(t, "/imports").Want(t, 200).List(t))
	var parts int
	require.NoError(t, i.Store.QueryRow(t.Context(), "SELECT count(*) FROM sys_blob").Scan(&parts))
	require.Zero(t, parts, "nothing of a refused file stays")
}

// TestEncodings reads tables as the spreadsheet programs of the world write
// them.
func TestEncodings(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	simplified := "公司名称,手机号,来源渠道,所在城市,备注2\n云图科技,138 0013 8000,官网表单,苏州,\"第一行\n第二行\"\n海蓝教育,13900139000,转介绍,上海,客户需求\n"
	traditional := "公司名稱;手機;城市\n雲圖科技;;台北\n海藍教育;;高雄市\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(simplified)
	require.NoError(t, err)
	big5, err := traditionalchinese.Big5.NewEncoder().String(traditional)
	require.NoError(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(simplified, ",", "\t"))
	require.NoError(t, err)
	for _, c := range []struct{ name, content, encoding, separator, company string }{
		{"UTF-8", simplified, "utf-8", ",", "云图科技"},
		{"UTF-8 with a byte order mark", "\ufeff" + simplified, "utf-8", ",", "云图科技"},
		{"GB18030", gb, "gb18030", ",", "云图科技"},
		{"Big5 with semicolons", big5, "big5", ";", "雲圖科技"},
		{"UTF-16 with tabs", utf16, "utf-16le", "\t", "云图科技"},
		{"Windows-1252", "Company;City\nCaf\xe9 M\xfcller;K\xf6ln\n", "windows-1252", ";", "Café Müller"},
	} {
		t.Run(c.name, func(t *testing.T) {
			imported := i.Admin.Upload(t, "lead", "leads.csv", []byte(c.content)).Want(t, 201).Data(t)
			file, _ := imported["file"].(map[string]any)
			require.Equal(t, c.encoding, file["encoding"])
			require.Equal(t, c.separator, file["separator"])
			columns, _ := imported["columns"].([]any)
			first, _ := columns[0].(map[string]any)
			require.Contains(t, first["samples"], c.company)
			require.Equal(t, "company", first["field"], "the title means the field")
		})
	}
	t.Run("a spreadsheet", func(t *testing.T) {
		content := workbook(t, []any{"姓名", "公司名称", "评分"}, []any{"张伟", "云图科技", 82}, []any{"李静", "海蓝教育", "x"})
		imported := i.Admin.Upload(t, "lead", "线索.xlsx", content).Want(t, 201).Data(t)
		done := i.Admin.Stage(t, imported["id"], "run")
		require.InDelta(t, 1, done["counts"].(map[string]any)["create"], 0, "%v", done)
		rows := i.Admin.Get(t, fmt.Sprint("/imports/", imported["id"], "/rows?state=error")).Want(t, 200).List(t)
		require.Len(t, rows, 1)
		errorsFile := i.Admin.Get(t, fmt.Sprint("/imports/", imported["id"], "/errors.csv")).Want(t, 200).Body
		require.Contains(t, string(errorsFile), "李静,海蓝教育,x,2,")
	})
}

// TestImportMemory streams: a file ten times as large costs no more memory
// than a fixed bound.
func TestImportMemory(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	var content bytes.Buffer
	content.WriteString("name,company,city\n")
	for n := range 400_000 {
		fmt.Fprintf(&content, "person %d,company %d,somewhere in the world %d\n", n, n, n)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	i.Admin.Upload(t, "lead", "large.csv", content.Bytes()).Want(t, 201)
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(24<<20))
}

// TestRefusedRows plans what the run then does, also when the database refuses
// a row among others.
func TestRefusedRows(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		i.Admin.Post(t, "/meta/_apply", map[string]any{"definitions": []any{note()}}).Want(t, 200)
		i.Admin.Post(t, "/records/note", map[string]any{"key": 2}).Want(t, 201)
		imported := i.Admin.Upload(t, "note", "notes.csv", []byte("key,short\n1,a\n2,b\n3,c\n")).Want(t, 201).Data(t)
		i.Admin.Patch(t, fmt.Sprint("/imports/", imported["id"]), map[string]any{"match": []string{}}).Want(t, 200)
		for _, stage := range []string{"plan", "run"} {
			counts, _ := i.Admin.Stage(t, imported["id"], stage)["counts"].(map[string]any)
			require.InDelta(t, 2, counts["create"], 0, "%s: %v", stage, counts)
			require.InDelta(t, 1, counts["conflict"], 0, "%s: %v", stage, counts)
		}
		require.Len(t, i.Admin.Get(t, "/records/note").Want(t, 200).List(t), 3)
	})
}
