-- +goose Up

-- What records became other records, with what it takes to undo that.
create table "sys_conversion" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null,
	"undone_at" INTEGER,
	"detail" JSON TEXT not null
);
create unique index "ux_sys_conversion_object_record" on "sys_conversion" ("object", "record") where undone_at is null;
