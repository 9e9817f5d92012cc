package api_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine"
	"github.com/trellis-crm/trellis/engine/enginetest"
	"github.com/trellis-crm/trellis/engine/file"
	"github.com/trellis-crm/trellis/engine/job"
	"github.com/trellis-crm/trellis/engine/record"
	"github.com/trellis-crm/trellis/engine/store"
)

// picture is a PNG of a size.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	canvas := image.NewNRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		canvas.Set(x, 0, color.NRGBA{R: 200, A: 255})
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, canvas))
	return out.Bytes()
}

// headerBomb is a small PNG that says it is very large.
func headerBomb(side uint32) []byte {
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, content []byte) {
		_ = binary.Write(&out, binary.BigEndian, uint32(len(content)))
		body := append([]byte(name), content...)
		out.Write(body)
		_ = binary.Write(&out, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	chunk("IHDR", append(header, 8, 6, 0, 0, 0))
	chunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})
	chunk("IEND", nil)
	return out.Bytes()
}

// fileExamples are examples for the kinds of files; a file is taken once.
func fileExamples(t *testing.T, i *enginetest.Installation) map[string][]example {
	t.Helper()
	var uploads []map[string]any
	for name, content := range map[string][]byte{
		"0.txt": []byte("hello"), "1 图.png": picture(t, 2, 2), "2.txt": []byte("two"), "3.png": picture(t, 3, 3), "4.TXT": []byte("four"),
		"5.txt": []byte("much more than the least"), "6.png": picture(t, 4, 4), "7.png": picture(t, 5, 5),
	} {
		kept := i.Admin.Send(t, "/files", name, content).Want(t, 201).Data(t)
		uploads = append(uploads, map[string]any{"id": kept["id"], "name": kept["name"], "size": kept["size"], "type": kept["type"]})
	}
	slices.SortFunc(uploads, func(a, b map[string]any) int { return strings.Compare(a["name"].(string), b["name"].(string)) })
	return map[string][]example{
		"file": {
			{
				valid: []valid{{sent: uploads[0]["id"], answered: uploads[0]}, {sent: map[string]any{"id": uploads[1]["id"], "name": "lies.exe"}, answered: uploads[1]}},
				hostile: wrongTypes("file", hostile{"Ada", "invalid_id", false}, hostile{absent, "missing_file", true},
					hostile{map[string]any{"id": absent, "more": 1}, "wrong_type", false}, hostile{[]any{uploads[5]["id"]}, "wrong_type", false}),
			},
			{
				settings: map[string]any{"multiple": true, "accept": []any{".txt", "image/*"}},
				valid:    []valid{{sent: []any{uploads[2]["id"], map[string]any{"id": uploads[3]["id"]}, uploads[2]["id"]}, answered: []any{uploads[2], uploads[3]}}},
				hostile:  wrongTypes("file", hostile{uploads[5]["id"], "wrong_type", false}, hostile{[]any{uploads[5]["id"], absent}, "missing_file", true}),
			},
			{
				settings: map[string]any{"maxSize": 20, "accept": []any{".txt"}},
				valid:    []valid{{sent: uploads[4]["id"], answered: uploads[4]}},
				hostile:  []hostile{{uploads[5]["id"], "file_too_large", true}, {uploads[6]["id"], "file_not_accepted", true}},
			},
		},
		"image": {{
			valid:   []valid{{sent: uploads[7]["id"], answered: uploads[7]}},
			hostile: wrongTypes("image", hostile{uploads[5]["id"], "not_a_picture", true}),
		}},
	}
}

// papers are an object with fields of files, and roles that see one of them.
func papers(t *testing.T, i *enginetest.Installation) {
	t.Helper()
	i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{
		doc{"kind": "object", "name": "paper", "type": "object", "properties": doc{
			"name": property("text"), "scan": property("file"), "face": property("image"), "pages": doc{"field": "file", "multiple": true}, "secret": property("file"),
		}},
		doc{"kind": "role", "name": "clerk", "grants": []any{doc{
			"object": "paper", "actions": []any{"read", "create", "update"}, "scope": doc{"where": `name != "closed"`},
			"fields": doc{"read": []any{"name", "scan", "face", "pages"}, "update": []any{"name", "scan", "face", "pages"}},
		}}},
		doc{"kind": "role", "name": "looker", "grants": []any{doc{"object": "paper", "actions": []any{"read"}, "fields": doc{"read": []any{"name"}}}}},
	}}).Want(t, 200)
}

func sendFile(t *testing.T, by *enginetest.Client, name string, content []byte) string {
	t.Helper()
	return by.Send(t, "/files", name, content).Want(t, 201).Data(t)["id"].(string)
}

// TestAFileIsWhatItsContentIs: neither its name nor what the client says of it
// is believed, and nothing that is given out can run.
func TestAFileIsWhatItsContentIs(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		for _, try := range []struct {
			sent, name, kind, served string
			content                  []byte
			picture                  bool
		}{
			{"a.png", "a.png", "text/html", "application/octet-stream", []byte("<!DOCTYPE html><script>alert(1)</script>"), false},
			{"b.svg", "b.svg", "image/svg+xml", "application/octet-stream", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), false},
			{"c.txt", "c.txt", "image/png", "image/png", picture(t, 700, 20), true},
			{"bomb.png", "bomb.png", "image/png", "image/png", headerBomb(30_000), false},
			{"half.png", "half.png", "image/png", "image/png", picture(t, 50, 50)[:60], false},
			{"合同 \"最终\".pdf", "合同 \"最终\".pdf", "application/pdf", "application/pdf", []byte("%PDF-1.7\n"), false},
			{`..\..\etc/passwd`, "passwd", "text/plain", "text/plain; charset=utf-8", []byte("root"), false},
			{"exe\u202egnp.txt", "exegnp.txt", "text/plain", "text/plain; charset=utf-8", []byte("x"), false},
			{"..", "file", "text/plain", "text/plain; charset=utf-8", []byte("x"), false},
			{strings.Repeat("长", 200) + ".txt", strings.Repeat("长", 83) + ".txt", "text/plain", "text/plain; charset=utf-8", []byte("x"), false},
			{"tool.pdf", "tool.pdf", "application/vnd.microsoft.portable-executable", "application/vnd.microsoft.portable-executable", append([]byte("MZ"), make([]byte, 200)...), false},
		} {
			kept := i.Admin.Send(t, "/files", try.sent, try.content).Want(t, 201).Data(t)
			require.Equal(t, []any{try.name, try.kind, float64(len(try.content)), try.picture}, []any{kept["name"], kept["type"], kept["size"], kept["thumbnail"]}, try.sent)
			path := fmt.Sprint("/files/", kept["id"])
			given := i.Admin.Get(t, path).Want(t, 200)
			require.Equal(t, try.content, given.Body)
			require.Equal(t, try.served, given.Header.Get("Content-Type"))
			require.Equal(t, "nosniff", given.Header.Get("X-Content-Type-Options"))
			require.Contains(t, given.Header.Get("Content-Security-Policy"), "default-src 'none'")
			require.Contains(t, given.Header.Get("Content-Security-Policy"), "sandbox")
			require.Equal(t, "no-store", given.Header.Get("Cache-Control"))
			require.Regexp(t, `^attachment; filename="[ -!#-\[\]-~]*"; filename\*=UTF-8''[A-Za-z0-9%._~-]+$`, given.Header.Get("Content-Disposition"))
			small := i.Admin.Get(t, path+"/thumbnail")
			if !try.picture {
				small.Want(t, 404)
				continue
			}
			config, _, err := image.DecodeConfig(bytes.NewReader(small.Want(t, 200).Body))
			require.NoError(t, err)
			require.Equal(t, []int{320, 9}, []int{config.Width, config.Height})
			require.Equal(t, "inline", small.Header.Get("Content-Disposition"))
			require.Contains(t, small.Header.Get("Content-Security-Policy"), "sandbox")
		}
		form := i.Admin.With("Content-Type", "multipart/form-data; boundary=x")
		form.Send(t, "/files", "a\x01.txt", []byte("x")).Want(t, 400)
		encoded := "--x\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''a%22%3b%0d%0aSet-Cookie%3ax%00%e2%80%ae.txt\r\n\r\nx\r\n--x--\r\n"
		kept := form.Post(t, "/files", encoded).Want(t, 201).Data(t)
		require.Equal(t, `a";Set-Cookie:x.txt`, kept["name"])
		require.Equal(t, `attachment; filename="a__Set-Cookie:x.txt"; filename*=UTF-8''a%22%3BSet-Cookie%3Ax.txt`, i.Admin.Get(t, fmt.Sprint("/files/", kept["id"])).Want(t, 200).Header.Get("Content-Disposition"))
	})
}

// TestAFileBelongsToOnePlace: until a record holds it to who uploaded it, from
// then on to whoever may read the place that holds it, at the moment he asks.
func TestAFileBelongsToOnePlace(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		papers(t, i)
		clerk, other, looker := i.Person(t, "Clerk", "clerk"), i.Person(t, "Other", "clerk"), i.Person(t, "Looker", "looker")
		id := sendFile(t, clerk, "a.txt", []byte("a"))
		for _, stranger := range []*enginetest.Client{other, i.Admin, {URL: i.URL}} {
			require.Contains(t, []int{404, 401}, stranger.Get(t, "/files/"+id).Status, "nobody else has it before a record does")
		}
		_, items := other.Post(t, "/records/paper", doc{"name": "theft", "scan": id}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/scan": "missing_file"}, items)
		_, items = clerk.Post(t, "/records/paper", doc{"name": "twice", "scan": id, "pages": []any{id}}).Want(t, 422).Fault(t)
		require.Len(t, items, 1, "one file is in one field")
		made := clerk.Post(t, "/records/paper", doc{"name": "one", "scan": id}).Want(t, 201).Data(t)
		require.Equal(t, map[string]any{"id": id, "name": "a.txt", "size": 1.0, "type": "text/plain"}, made["scan"])
		path := fmt.Sprint("/records/paper/", made["id"])
		other.Get(t, "/files/"+id).Want(t, 200)
		looker.Get(t, path).Want(t, 200)
		looker.Get(t, "/files/"+id).Want(t, 404)
		clerk.Post(t, "/records/paper", doc{"name": "again", "scan": id}).Want(t, 422)

		hidden := sendFile(t, i.Admin, "secret.txt", []byte("s"))
		i.Admin.Patch(t, path, doc{"secret": hidden}).Want(t, 200)
		i.Admin.Get(t, "/files/"+hidden).Want(t, 200)
		clerk.Get(t, "/files/"+hidden).Want(t, 404)
		_, items = clerk.Patch(t, path, doc{"scan": hidden}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/scan": "missing_file"}, items)

		i.Admin.Patch(t, path, doc{"name": "closed"}).Want(t, 200)
		clerk.Get(t, "/files/"+id).Want(t, 404)
		i.Admin.Patch(t, path, doc{"name": "open"}).Want(t, 200)
		i.Admin.Patch(t, "/records/user/"+other.UserID, doc{"roles": []any{"looker"}}).Want(t, 200)
		other.Get(t, "/files/"+id).Want(t, 404)

		clerk.Patch(t, path, doc{"scan": nil}).Want(t, 200)
		clerk.Get(t, "/files/"+id).Want(t, 404)
		clerk.Post(t, "/records/paper", doc{"name": "third", "scan": id}).Want(t, 422)
		_, items = clerk.Patch(t, path, doc{"pages": []any{id}}).Want(t, 422).Fault(t)
		require.Equal(t, map[string]string{"/pages": "missing_file"}, items)
		clerk.Patch(t, path, doc{"scan": id}).Want(t, 200)
		clerk.Get(t, "/files/"+id).Want(t, 200)
		history := clerk.Get(t, path+"/changes").Want(t, 200).List(t)
		require.Equal(t, "a.txt", history[1]["before"].(map[string]any)["scan"].(map[string]any)["name"], "the history names what was there")

		i.Admin.Delete(t, path).Want(t, 204)
		i.Admin.Get(t, "/files/"+id).Want(t, 404)
		i.Admin.Post(t, path+"/restore", nil).Want(t, 200)
		i.Admin.Get(t, "/files/"+id).Want(t, 200)
		require.Len(t, i.Admin.Post(t, "/records/paper/_query", doc{"where": "scan != null && face == null"}).Want(t, 200).List(t), 1)
	})
}

// TestTwoRecordsNeverHoldOneFile, however many ask for it at once.
func TestTwoRecordsNeverHoldOneFile(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		papers(t, i)
		for range 5 {
			id := sendFile(t, i.Admin, "a.txt", []byte("a"))
			var wait sync.WaitGroup
			statuses := make([]int, 6)
			for n := range statuses {
				wait.Go(func() {
					if answer, err := i.Admin.Try("POST", "/records/paper", doc{"name": fmt.Sprint(n), "scan": id}); err == nil {
						statuses[n] = answer.Status
					}
				})
			}
			wait.Wait()
			require.ElementsMatch(t, []int{201, 422, 422, 422, 422, 422}, statuses)
		}
	})
}

// TestFilesBesideTheFields are for who may change the record; who may read it
// sees them, and they stand in its timeline.
func TestFilesBesideTheFields(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		papers(t, i)
		clerk, looker := i.Person(t, "Clerk", "clerk"), i.Person(t, "Looker", "looker")
		path := fmt.Sprint("/records/paper/", clerk.Post(t, "/records/paper", doc{"name": "one"}).Want(t, 201).Data(t)["id"])
		looker.Send(t, path+"/files", "x.txt", []byte("x")).Want(t, 403)
		clerk.Send(t, "/records/paper/"+absent+"/files", "x.txt", []byte("x")).Want(t, 404)
		first := clerk.Send(t, path+"/files", "报价.png", picture(t, 9, 9)).Want(t, 201).Data(t)
		clerk.Send(t, path+"/files", "b.txt", []byte("b")).Want(t, 201)
		listed := looker.Get(t, path+"/files").Want(t, 200).List(t)
		require.Len(t, listed, 2)
		require.Equal(t, first, listed[1])
		looker.Get(t, fmt.Sprint("/files/", first["id"])).Want(t, 200)
		looker.Get(t, fmt.Sprint("/files/", first["id"], "/thumbnail")).Want(t, 200)
		timeline := looker.Get(t, path+"/timeline").Want(t, 200).List(t)
		require.Equal(t, "file", timeline[0]["kind"])
		require.Equal(t, "报价.png", timeline[1]["file"].(map[string]any)["name"])
		looker.Delete(t, fmt.Sprint(path, "/files/", first["id"])).Want(t, 403)
		clerk.Delete(t, fmt.Sprint(path, "/files/", absent)).Want(t, 404)
		clerk.Delete(t, fmt.Sprint(path, "/files/", first["id"])).Want(t, 204)
		clerk.Get(t, fmt.Sprint("/files/", first["id"])).Want(t, 404)
		clerk.Delete(t, fmt.Sprint(path, "/files/", first["id"])).Want(t, 404)
		i.Admin.Patch(t, "/records/paper/"+strings.TrimPrefix(path, "/records/paper/"), doc{"name": "closed"}).Want(t, 200)
		clerk.Get(t, path+"/files").Want(t, 404)

		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{doc{"kind": "object", "name": "bare", "type": "object", "properties": doc{"name": property("text")}, "behaviours": doc{"files": false}}}}).Want(t, 200)
		bare := fmt.Sprint("/records/bare/", i.Admin.Post(t, "/records/bare", doc{"name": "x"}).Want(t, 201).Data(t)["id"])
		i.Admin.Get(t, bare+"/files").Want(t, 404)
		i.Admin.Send(t, bare+"/files", "x.txt", []byte("x")).Want(t, 404)
	})
}

// TestAMergeMovesFiles: those beside the fields, and those of the fields whose
// values are taken from the other record.
func TestAMergeMovesFiles(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		papers(t, i)
		made := func(name string) (path, scan string) {
			scan = sendFile(t, i.Admin, name+".txt", []byte(name))
			record := i.Admin.Post(t, "/records/paper", doc{"name": name, "scan": scan}).Want(t, 201).Data(t)
			return fmt.Sprint("/records/paper/", record["id"]), scan
		}
		stays, old := made("stays")
		goes, scan := made("goes")
		beside := fmt.Sprint(i.Admin.Send(t, goes+"/files", "b.txt", []byte("b")).Want(t, 201).Data(t)["id"])
		with := strings.TrimPrefix(goes, "/records/paper/")
		i.Admin.Post(t, stays+"/actions/merge", doc{"with": with, "values": doc{"pages": []any{scan}}}).Want(t, 422)
		merged := i.Admin.Post(t, stays+"/actions/merge", doc{"with": with, "values": doc{"scan": scan}}).Want(t, 200).Data(t)
		require.Equal(t, scan, merged["scan"].(map[string]any)["id"])
		i.Admin.Get(t, "/files/"+scan).Want(t, 200)
		i.Admin.Get(t, "/files/"+beside).Want(t, 200)
		require.Len(t, i.Admin.Get(t, stays+"/files").Want(t, 200).List(t), 1)
		i.Admin.Get(t, "/files/"+old).Want(t, 404)
	})
}

// TestAnExportNamesFiles, and an import says that it cannot take them: their
// column goes nowhere, and nobody can send it to a field of files.
func TestAnExportNamesFiles(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, i *enginetest.Installation) {
		papers(t, i)
		pages := []any{sendFile(t, i.Admin, "one.txt", []byte("1")), sendFile(t, i.Admin, "二.txt", []byte("2"))}
		i.Admin.Post(t, "/records/paper", doc{"name": "n", "pages": pages}).Want(t, 201)
		exported := fmt.Sprint("/exports/", i.Admin.Post(t, "/exports", doc{"object": "paper", "fields": []string{"name", "pages"}}).Want(t, 202).Data(t)["id"])
		i.Admin.Wait(t, exported, "running", "waiting")
		table := i.Admin.Get(t, exported+"/file").Want(t, 200).Body
		require.Contains(t, string(table), "one.txt; 二.txt")
		imported := i.Admin.Upload(t, "paper", "papers.csv", table).Want(t, 201).Data(t)
		columns := imported["columns"].([]any)
		require.Equal(t, "name", columns[2].(doc)["field"])
		require.Nil(t, columns[3].(doc)["field"])
		i.Admin.Patch(t, fmt.Sprint("/imports/", imported["id"]), doc{"columns": []any{doc{"index": 3, "field": "pages"}}}).Want(t, 422)
	})
}

// TestAPhotoStandsUpright, however the camera was held.
func TestAPhotoStandsUpright(t *testing.T) {
	t.Parallel()
	i := enginetest.NewSQLite(t)
	canvas := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for x := range 32 {
		for y := range 32 {
			canvas.Set(x, y, color.RGBA{R: 255, A: 255}) // its left half is red
		}
	}
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, canvas, nil))
	for held, red := range map[byte]image.Point{1: {5, 5}, 3: {60, 5}, 6: {5, 5}, 8: {5, 60}} {
		exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), held, 0, 0, 0, 0, 0, 0)
		segment := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2)), exif...)
		photo := slices.Concat(plain.Bytes()[:2], segment, plain.Bytes()[2:])
		small := i.Admin.Get(t, "/files/"+sendFile(t, i.Admin, "p.jpg", photo)+"/thumbnail").Want(t, 200).Body
		seen, _, err := image.Decode(bytes.NewReader(small))
		require.NoError(t, err)
		require.Equal(t, held >= 5, seen.Bounds().Dy() > seen.Bounds().Dx(), "held %d", held)
		r, _, b, _ := seen.At(red.X, red.Y).RGBA()
		require.Greater(t, r, b+0x8000, "held %d", held)
	}
}

// stored are the contents that lie in an installation's folder.
func stored(t *testing.T, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "files", "*", "*"))
	require.NoError(t, err)
	return found
}

// withFolder is an installation on the same database as another, and the folder
// that is its own.
func withFolder(t *testing.T, other *enginetest.Installation) (i *enginetest.Installation, folder string) {
	t.Helper()
	config := engine.Config{Directory: t.TempDir()}
	if other.Store.Dialect().Name() == "postgres" {
		config.DatabaseURL = enginetest.Database(t)
	}
	return enginetest.New(t, config), config.Directory
}

// rows is how many files the database knows.
func rows(t *testing.T, i *enginetest.Installation) int {
	t.Helper()
	all, err := store.Find[file.Stored](t.Context(), i.Store, store.Selection{})
	require.NoError(t, err)
	return len(all)
}

// TestWhatCannotBeTakenInLeavesNothing, neither a row nor a byte.
func TestWhatCannotBeTakenInLeavesNothing(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, each *enginetest.Installation) {
		i, folder := withFolder(t, each)
		refused := func(answer *enginetest.Answer, status int, code string) {
			t.Helper()
			told, _ := answer.Want(t, status).Fault(t)
			require.Equal(t, code, told)
		}
		refused(i.Admin.Send(t, "/files", "empty.txt", nil), 422, "file_empty")
		refused(i.Admin.Send(t, "/files", "large", make([]byte, file.MaxSize+1)), 413, "file_too_large")
		refused(i.Admin.Send(t, "/files", "larger", make([]byte, file.MaxSize+(2<<20))), 413, "file_too_large")
		form := i.Admin.With("Content-Type", "multipart/form-data; boundary=x")
		half := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhalf of it"
		refused(form.Post(t, "/files", half), 400, "bad_request")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.URL+"/api/v1/files", strings.NewReader(half))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+i.Admin.Token)
		request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		request.ContentLength = int64(len(half)) + 1000
		_, err = http.DefaultClient.Do(request) //nolint:bodyclose // there is no answer
		require.Error(t, err)
		require.Eventually(t, func() bool { return rows(t, i) == 0 && len(stored(t, folder)) == 0 }, time.Minute, 20*time.Millisecond)
		i.Admin.Send(t, "/files", "just", make([]byte, file.MaxSize)).Want(t, 201)
		require.Len(t, stored(t, folder), 1)
	})
}

// TestFilesThatNothingHoldsGo: uploads that were not used after a day, what was
// taken out of a record or belonged to one that is gone after thirty, and what
// a server left that was killed; never what a record holds.
func TestFilesThatNothingHoldsGo(t *testing.T) {
	t.Parallel()
	enginetest.Each(t, func(t *testing.T, each *enginetest.Installation) {
		i, folder := withFolder(t, each)
		papers(t, i)
		clean := func() {
			t.Helper()
			for _, kind := range i.Records.Kinds() {
				if kind.Name() == record.FileCleaningKind {
					require.NoError(t, kind.Run(t.Context(), &job.Running{}))
				}
			}
		}
		advance := func(by string) {
			t.Helper()
			i.Admin.Post(t, "//test/clock", doc{"advance": by}).Want(t, 200)
			i.Admin = i.Client(t, enginetest.AdminEmail) // a key ends after a day
			clean()
		}
		sendFile(t, i.Admin, "unused.txt", []byte("u"))
		kept, removed, dropped := sendFile(t, i.Admin, "kept.png", picture(t, 5, 5)), sendFile(t, i.Admin, "removed.txt", []byte("r")), sendFile(t, i.Admin, "dropped.txt", []byte("d"))
		path := fmt.Sprint("/records/paper/", i.Admin.Post(t, "/records/paper", doc{"name": "one", "face": kept, "scan": removed, "secret": dropped}).Want(t, 201).Data(t)["id"])
		i.Admin.Patch(t, path, doc{"scan": nil}).Want(t, 200)
		left := filepath.Join(folder, "files", "00", "00000000-0000-7000-8000-000000000000")
		require.NoError(t, os.MkdirAll(filepath.Dir(left), 0o700))
		require.NoError(t, os.WriteFile(left+".part", []byte("half"), 0o600))
		now := i.Clock.Now().UnixMilli()
		require.NoError(t, i.Store.Write(t.Context(), store.Interactive, func(ctx context.Context, tx *store.Tx) error {
			return store.Insert(ctx, tx, &file.Stored{ID: filepath.Base(left), State: file.Pending, ByID: i.Admin.UserID, At: now, LooseAt: &now})
		}))
		clean()
		require.Equal(t, 5, rows(t, i))
		advance("PT25H")
		require.Equal(t, 3, rows(t, i), "what was not used, and what was never whole, is gone")
		require.Len(t, stored(t, folder), 4)
		i.Admin.Patch(t, path, doc{"scan": removed}).Want(t, 200)
		i.Admin.Patch(t, path, doc{"scan": nil}).Want(t, 200)

		object := i.Admin.Get(t, "/meta/object/paper?raw=true").Want(t, 200).Data(t)
		without := plain(t, object).(map[string]any)
		delete(without["properties"].(map[string]any), "secret")
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{without}, "allow": []any{"destructive"}}).Want(t, 200)
		advance("PT1H")
		i.Admin.Post(t, "/meta/_apply", doc{"definitions": []any{object}}).Want(t, 200)
		i.Admin.Get(t, "/files/"+dropped).Want(t, 200)
		advance("PT744H")
		require.Equal(t, 2, rows(t, i), "what was taken out is gone; the field that came back keeps its file")
		i.Admin.Get(t, "/files/"+dropped).Want(t, 200)
		i.Admin.Get(t, "/files/"+kept+"/thumbnail").Want(t, 200)
		i.Admin.Delete(t, path).Want(t, 204)
		advance("PT960H")
		require.Equal(t, 2, rows(t, i), "a record in the recycle bin keeps its files")
	})
}
