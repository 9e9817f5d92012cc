-- +goose Up

-- Single records that were opened to a person or to a role, perhaps until a time.
create table "sys_share" (
	"id" uuid not null primary key,
	"object" text not null,
	"record" uuid not null,
	"to_kind" text not null,
	"to_name" text not null,
	"access" text not null,
	"until" bigint,
	"by_id" uuid not null,
	"at" bigint not null
);
create unique index "ux_sys_share_object_record_to_kind_to_name" on "sys_share" ("object", "record", "to_kind", "to_name");
create index "ix_sys_share_to_kind_to_name_object" on "sys_share" ("to_kind", "to_name", "object");
