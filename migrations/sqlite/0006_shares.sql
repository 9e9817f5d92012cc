-- +goose Up

-- Single records that were opened to a person or to a role, perhaps until a time.
create table "sys_share" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"to_kind" TEXT not null,
	"to_name" TEXT not null,
	"access" TEXT not null,
	"until" INTEGER,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null
);
create unique index "ux_sys_share_object_record_to_kind_to_name" on "sys_share" ("object", "record", "to_kind", "to_name");
create index "ix_sys_share_to_kind_to_name_object" on "sys_share" ("to_kind", "to_name", "object");
