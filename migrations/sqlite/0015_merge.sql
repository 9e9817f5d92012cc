-- +goose Up

-- What records became a part of others, with what it takes to undo that.
create table "sys_merge" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"other" UUID TEXT not null,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null,
	"undone_at" INTEGER,
	"detail" JSON TEXT not null
);
create index "ix_sys_merge_object_record" on "sys_merge" ("object", "record");
create index "ix_sys_merge_object_other" on "sys_merge" ("object", "other");
