-- +goose Up

-- What records are found by: a token of the text of a field of a record.
create table "sys_search" (
	"object" TEXT not null,
	"token" TEXT not null,
	"record" UUID TEXT not null,
	"field" TEXT not null,
	primary key ("object", "token", "record", "field")
) without rowid;
