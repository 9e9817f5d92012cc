package transfer

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/trellis-crm/trellis/engine/fault"
)

// toTheEnd reads all rows; a file is good to its end, or wrong by name.
func toTheEnd(t *testing.T, rows source) {
	t.Helper()
	for {
		_, err := rows.Next()
		if errors.Is(err, io.EOF) || fault.As(err) != nil {
			return
		}
		require.NoError(t, err)
	}
}

// FuzzCSV: any bytes, in any encoding, are rows or a fault.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\"a\"\"b\";c\r\n\"open", "\xef\xbb\xbfa\tb", "\xff\xfea\x00,\x00", "\xc4\xe3\xba\xc3,\xa4\xa4", "a\x00b", "\r\r\n\n,,,\n", "=1+1,@x\n"} {
		f.Add([]byte(seed), byte(0))
	}
	var encodings []string
	for name := range decoders() {
		encodings = append(encodings, name)
	}
	slices.Sort(encodings)
	f.Fuzz(func(t *testing.T, content []byte, choice byte) {
		encoding := encodings[int(choice)%len(encodings)]
		if _, err := sniff("a.csv", content); err == nil && choice%2 == 0 {
			encoding = encodingOf(content)
		}
		for _, separator := range []byte{guessSeparator(string(content[:min(len(content), 1000)])), ';'} {
			if encoding == "" {
				return
			}
			toTheEnd(t, newCSV(io.NopCloser(bytes.NewReader(content)), encoding, separator))
		}
	})
}

// FuzzWorkbook: any bytes are sheets of rows or a fault.
func FuzzWorkbook(f *testing.F) {
	book := excelize.NewFile()
	for cell, value := range map[string]any{"A1": "name", "B2": 12.5, "C3": time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), "D900": true} {
		require.NoError(f, book.SetCellValue("Sheet1", cell, value))
	}
	var good bytes.Buffer
	require.NoError(f, book.Write(&good))
	f.Add(good.Bytes())
	f.Add(good.Bytes()[:good.Len()/2])
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, content []byte) {
		w, err := openWorkbook(bytes.NewReader(content))
		if fault.As(err) != nil {
			return
		}
		require.NoError(t, err)
		for _, sheet := range w.sheets() {
			if rows, err := w.rows(sheet); fault.As(err) == nil {
				toTheEnd(t, rows)
			}
		}
		require.NoError(t, w.Close())
	})
}
