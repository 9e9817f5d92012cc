package api

import (
	"encoding/json"
	"net/http"

	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/transfer"
)

// cellAnswer is what one cell of a spreadsheet means: a value, or why it is
// none.
type cellAnswer struct {
	Value  json.RawMessage `json:"value"`
	Errors []problemItem   `json:"errors,omitempty"`
}

// cellsAnswer is what a block of cells means, row by row, with the records that
// it names.
type cellsAnswer struct {
	Data     [][]cellAnswer                       `json:"data"`
	Included map[string]map[string]transfer.Named `json:"included"`
}

// readCells reads cells that were copied from a spreadsheet, and writes
// nothing.
func (s *Server) readCells(r *request) error {
	var block transfer.Block
	if err := r.into(smallBody, &block); err != nil {
		return err
	}
	cells, named, err := s.Transfer.Cells(r.ctx, r.actor, r.Params("object"), block)
	if err != nil {
		return err
	}
	answer := cellsAnswer{Data: make([][]cellAnswer, len(cells)), Included: named}
	for i, row := range cells {
		answer.Data[i] = make([]cellAnswer, len(row))
		for j, cell := range row {
			answer.Data[i][j] = cellAnswer{Value: cell.Value}
			if item := cell.Fault; item != nil {
				told := problemItem{Code: item.Code, Message: fault.Text(r.language, item.Code, item.Params), Params: item.Params}
				answer.Data[i][j] = cellAnswer{Value: []byte("null"), Errors: []problemItem{told}}
			}
		}
	}
	return r.send(http.StatusOK, answer)
}
