-- +goose Up

-- What records became other records, with what it takes to undo that.
create table "sys_conversion" (
	"id" uuid not null primary key,
	"object" text not null,
	"record" uuid not null,
	"by_id" uuid not null,
	"at" bigint not null,
	"undone_at" bigint,
	"detail" jsonb not null
);
create unique index "ux_sys_conversion_object_record" on "sys_conversion" ("object", "record") where undone_at is null;
