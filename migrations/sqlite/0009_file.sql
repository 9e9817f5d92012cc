-- +goose Up

-- Files that were uploaded. What they hold is elsewhere, under their ids; a row is there before its
-- content and goes after it. object, record and field are what holds the file, or held it last;
-- loose_at is since when nothing does.
create table "sys_file" (
	"id" UUID TEXT not null primary key,
	"name" TEXT not null,
	"type" TEXT not null,
	"size" INTEGER not null,
	"sha256" TEXT not null,
	"thumbnail" BOOLEAN INTEGER not null,
	"state" TEXT not null,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null,
	"object" TEXT,
	"record" UUID TEXT,
	"field" TEXT,
	"loose_at" INTEGER
);
create index "ix_sys_file_object_record_at" on "sys_file" ("object", "record", "at");
create index "ix_sys_file_by_id" on "sys_file" ("by_id") where record is null;
create index "ix_sys_file_loose_at" on "sys_file" ("loose_at") where loose_at is not null;
create index "ix_sys_file_state" on "sys_file" ("state") where state <> 'ready';
