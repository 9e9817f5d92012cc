-- +goose Up

-- What records became a part of others, with what it takes to undo that.
create table "sys_merge" (
	"id" uuid not null primary key,
	"object" text not null,
	"record" uuid not null,
	"other" uuid not null,
	"by_id" uuid not null,
	"at" bigint not null,
	"undone_at" bigint,
	"detail" jsonb not null
);
create index "ix_sys_merge_object_record" on "sys_merge" ("object", "record");
create index "ix_sys_merge_object_other" on "sys_merge" ("object", "other");
