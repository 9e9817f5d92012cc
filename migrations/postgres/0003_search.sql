-- +goose Up

-- What records are found by: a token of the text of a field of a record.
create table "sys_search" (
	"object" text collate "C" not null,
	"token" text collate "C" not null,
	"record" uuid not null,
	"field" text collate "C" not null,
	primary key ("object", "token", "record", "field")
);
