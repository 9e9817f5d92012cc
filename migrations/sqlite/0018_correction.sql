-- +goose Up

-- What the importer of a file says instead of it: the texts of cells by the number of their column, and
-- rows that he leaves out; and whether the last check knew of it.
create table "sys_correction" (
	"import" UUID TEXT not null,
	"row" INTEGER not null,
	"left_out" BOOLEAN INTEGER not null,
	"checked" BOOLEAN INTEGER not null,
	"cells" JSON TEXT not null,
	primary key ("import", "row")
) without rowid;
