package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/catalog"
	"github.com/trellis-crm/trellis/engine/fault"
	"github.com/trellis-crm/trellis/engine/metadata"
	"github.com/trellis-crm/trellis/engine/store"
)

// Recipe is how somebody reads files with certain titles: where their columns
// go, and all that was chosen about them. It is its maker's, or
// was shared by who designs with all who import.
type Recipe struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Shared bool      `json:"shared"`
	Own    bool      `json:"own"`
	At     time.Time `json:"at"`
}

// recipeSettings are what a recipe says of a file.
type recipeSettings struct {
	Columns []recipeColumn `json:"columns"`
	Match   []string       `json:"match"`
}

// recipeColumn is what a recipe says of the column with a title.
type recipeColumn struct {
	Title      string             `json:"title"`
	Field      *string            `json:"field"`
	OnExisting string             `json:"on_existing"`
	Values     map[string]*string `json:"values"`
	Create     []string           `json:"create"`
}

// recipeRow is a stored recipe.
type recipeRow struct {
	ID       string `gorm:"primaryKey"`
	Object   string
	ByID     string
	Name     string
	Shared   bool
	At       int64
	Settings string
}

// TableName is the table of recipes.
func (recipeRow) TableName() string { return "sys_recipe" }

// The limits of recipes.
const (
	maxRecipeName = 80 // characters
	maxRecipes    = 50 // of one person for one object
)

// Recipes are those that fit an import: its titles are theirs. One's own come
// first, then the newest. Fault: not_found.
func (s *Service) Recipes(ctx context.Context, actor *access.Actor, id string) ([]Recipe, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	rows, err := store.Find[recipeRow](ctx, s.store, store.Selection{Where: "object = ? AND (by_id = ? OR shared = ?)", Args: []any{row.Object, actor.ID, true}, Order: "at desc"})
	if err != nil {
		return nil, fmt.Errorf("read recipes: %w", err)
	}
	recipes := []Recipe{}
	for _, recipe := range rows {
		known, err := recipe.settings()
		if err != nil {
			return nil, err
		}
		if set.Header && slices.Equal(known.titles(), set.titles()) {
			recipes = append(recipes, recipe.shown(actor))
		}
	}
	slices.SortStableFunc(recipes, func(a, b Recipe) int {
		return map[bool]int{true: 0, false: 1}[a.Own] - map[bool]int{true: 0, false: 1}[b.Own]
	})
	return recipes, nil
}

// SaveRecipe keeps how an import is read under a name, instead of the recipe
// that its maker has by that name already. Who designs may share it. Faults:
// not_found, missing_ability, invalid_values.
func (s *Service) SaveRecipe(ctx context.Context, actor *access.Actor, id, name string, shared bool) (*Recipe, error) {
	row, err := s.row(ctx, s.store, actor, id)
	if err != nil {
		return nil, err
	}
	set, err := row.settings()
	if err != nil {
		return nil, err
	}
	if name = strings.TrimSpace(name); name == "" {
		return nil, fault.New(fault.InvalidValues).At("/name", fault.Required)
	}
	faults := fault.New(fault.InvalidValues)
	if length := utf8.RuneCountInString(name); length > maxRecipeName {
		faults.At("/name", fault.TooLong, "max", maxRecipeName, "length", length)
	}
	checkText(faults, "/name", &name)
	if !set.Header { // nothing tells such a file from another
		faults.At("/name", fault.NotAllowed, "what", "header")
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	if shared {
		if err := s.shares(actor); err != nil {
			return nil, err
		}
	}
	raw, err := json.Marshal(set.recipe())
	if err != nil {
		return nil, fmt.Errorf("write a recipe: %w", err)
	}
	kept := &recipeRow{Object: row.Object, ByID: actor.ID, Name: name, Shared: shared, At: s.clock.Now().UnixMilli(), Settings: string(raw)}
	if err := s.store.Write(ctx, store.Interactive, kept.put); err != nil {
		return nil, err
	}
	recipe := kept.shown(actor)
	return &recipe, nil
}

// DeleteRecipe removes one's own recipe, or as an administrator a shared one.
// Faults: not_found, missing_ability.
func (s *Service) DeleteRecipe(ctx context.Context, actor *access.Actor, id string) error {
	row, err := s.recipe(ctx, actor, id)
	if err != nil {
		return err
	}
	if row.ByID != actor.ID {
		if err := s.shares(actor); err != nil {
			return err
		}
	}
	return s.store.Write(ctx, store.Interactive, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Delete[recipeRow](ctx, tx, "id = ?", row.ID)
		return err //nolint:wrapcheck // a statement of its own
	})
}

// shares refuses who may not say how others work. Fault: missing_ability.
func (s *Service) shares(actor *access.Actor) error {
	can, err := s.records.Policy().Can(actor, catalog.AbilityDesign)
	if err == nil && !can {
		err = fault.New(fault.MissingAbility, "ability", catalog.AbilityDesign)
	}
	return err //nolint:wrapcheck // it says itself what it is
}

// recipe reads a recipe that an actor may use. Fault: not_found.
func (s *Service) recipe(ctx context.Context, actor *access.Actor, id string) (*recipeRow, error) {
	if _, err := uuid.Parse(id); err != nil {
		return nil, fault.New(fault.NotFound)
	}
	row, err := store.First[recipeRow](ctx, s.store, "id = ? AND (by_id = ? OR shared = ?)", id, actor.ID, true)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.NotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read a recipe: %w", err)
	}
	return row, nil
}

// put stores a recipe, once under its name.
func (r *recipeRow) put(ctx context.Context, tx *store.Tx) error {
	var id string
	if err := tx.QueryRow(ctx, `SELECT id FROM "user" WHERE id = ? `+tx.Dialect().ForValues(), r.ByID).Scan(&id); err != nil {
		return fmt.Errorf("lock a person: %w", err)
	}
	if _, err := store.Delete[recipeRow](ctx, tx, "object = ? AND by_id = ? AND name = ?", r.Object, r.ByID, r.Name); err != nil {
		return fmt.Errorf("replace a recipe: %w", err)
	}
	var count int64
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM sys_recipe WHERE object = ? AND by_id = ?", r.Object, r.ByID).Scan(&count); err != nil {
		return fmt.Errorf("count recipes: %w", err)
	}
	if count >= maxRecipes {
		return fault.New(fault.InvalidValues).At("/name", fault.TooManyItems, "max", maxRecipes, "count", count+1)
	}
	made, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an id: %w", err)
	}
	r.ID = made.String()
	if err := store.Insert(ctx, tx, r); err != nil {
		return fmt.Errorf("store a recipe: %w", err)
	}
	return nil
}

func (r *recipeRow) shown(actor *access.Actor) Recipe {
	return Recipe{ID: r.ID, Name: r.Name, Shared: r.Shared, Own: r.ByID == actor.ID, At: time.UnixMilli(r.At).UTC()}
}

func (r *recipeRow) settings() (recipeSettings, error) {
	var set recipeSettings
	if err := json.Unmarshal([]byte(r.Settings), &set); err != nil {
		return set, fmt.Errorf("read a recipe: %w", err)
	}
	return set, nil
}

// recipe is what the settings of an import say of files like its own.
func (set *settings) recipe() recipeSettings {
	recipe := recipeSettings{Match: set.Match}
	for _, c := range set.Columns {
		recipe.Columns = append(recipe.Columns, recipeColumn{Title: c.Title, Field: c.Field, OnExisting: c.OnExisting, Values: c.Values, Create: c.Create})
	}
	return recipe
}

// titles are what files are known again by, in no order.
func (set *settings) titles() []string { return set.recipe().titles() }

func (r recipeSettings) titles() []string {
	titles := make([]string, len(r.Columns))
	for i, column := range r.Columns {
		titles[i] = plainTitle(column.Title)
	}
	slices.Sort(titles)
	return titles
}

// mapping is what a recipe says of the columns of a file, as far as their
// fields are still there and may be written. Of columns with the same title the
// first is meant by the first.
func (r recipeSettings) mapping(set *settings, about *metadata.Object, writable writableFunc) Mapping {
	byTitle := map[string][]recipeColumn{}
	for _, column := range r.Columns {
		title := plainTitle(column.Title)
		byTitle[title] = append(byTitle[title], column)
	}
	said, mapped := Mapping{}, map[string]bool{}
	for _, column := range set.Columns {
		title := plainTitle(column.Title)
		if len(byTitle[title]) == 0 {
			continue
		}
		known := byTitle[title][0]
		byTitle[title] = byTitle[title][1:]
		to := ColumnMapping{Index: column.Index, OnExisting: known.OnExisting, Values: maps.Clone(known.Values), Create: []string{}}
		if to.Values == nil {
			to.Values = map[string]*string{}
		}
		if known.Field != nil {
			if f, ok := about.Field(*known.Field); ok && writable(f) {
				to.Field, mapped[f.Name] = known.Field, true
				if f.Target != "" && known.Create != nil {
					to.Create = known.Create
				}
			}
		}
		said.Columns = append(said.Columns, to)
	}
	match := slices.DeleteFunc(slices.Clone(r.Match), func(name string) bool { return !mapped[name] })
	said.Match = &match
	return said
}
