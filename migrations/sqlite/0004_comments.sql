-- +goose Up

-- What people say about records. Only its writer changes a comment, and each text that it had before
-- is kept.
create table "sys_comment" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null,
	"edited_at" INTEGER,
	"version" INTEGER not null,
	"text" TEXT not null,
	"mentions" JSON TEXT not null
);
create index "ix_sys_comment_object_record_at" on "sys_comment" ("object", "record", "at");
create table "sys_comment_edit" (
	"comment" UUID TEXT not null,
	"version" INTEGER not null,
	"at" INTEGER not null,
	"text" TEXT not null,
	primary key ("comment", "version")
);
