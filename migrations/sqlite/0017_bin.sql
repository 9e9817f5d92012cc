-- +goose Up

-- What is in the recycle bin: each record that was deleted, with the record that it was deleted with,
-- itself where it was deleted alone, and what that was called.
create table "sys_bin" (
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"root_object" TEXT not null,
	"root" UUID TEXT not null,
	"at" INTEGER not null,
	"by_id" UUID TEXT not null,
	"via" TEXT not null,
	"title" TEXT not null,
	primary key ("object", "record")
) without rowid;
create index "ix_sys_bin_root_object_root" on "sys_bin" ("root_object", "root");
create index "ix_sys_bin_at_record" on "sys_bin" ("at", "record");
