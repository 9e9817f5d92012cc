-- +goose Up

-- What is in the recycle bin: each record that was deleted, with the record that it was deleted with,
-- itself where it was deleted alone, and what that was called.
create table "sys_bin" (
	"object" text not null,
	"record" uuid not null,
	"root_object" text not null,
	"root" uuid not null,
	"at" bigint not null,
	"by_id" uuid not null,
	"via" text not null,
	"title" text not null,
	primary key ("object", "record")
);
create index "ix_sys_bin_root_object_root" on "sys_bin" ("root_object", "root");
create index "ix_sys_bin_at_record" on "sys_bin" ("at", "record");
