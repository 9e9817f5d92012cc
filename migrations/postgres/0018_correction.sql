-- +goose Up

-- What the importer of a file says instead of it: the texts of cells by the number of their column, and
-- rows that he leaves out; and whether the last check knew of it.
create table "sys_correction" (
	"import" uuid not null,
	"row" bigint not null,
	"left_out" boolean not null,
	"checked" boolean not null,
	"cells" jsonb not null,
	primary key ("import", "row")
);
