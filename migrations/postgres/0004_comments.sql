-- +goose Up

-- What people say about records. Only its writer changes a comment, and each text that it had before
-- is kept.
create table "sys_comment" (
	"id" uuid not null primary key,
	"object" text not null,
	"record" uuid not null,
	"by_id" uuid not null,
	"at" bigint not null,
	"edited_at" bigint,
	"version" bigint not null,
	"text" text not null,
	"mentions" jsonb not null
);
create index "ix_sys_comment_object_record_at" on "sys_comment" ("object", "record", "at");
create table "sys_comment_edit" (
	"comment" uuid not null,
	"version" bigint not null,
	"at" bigint not null,
	"text" text not null,
	primary key ("comment", "version")
);
