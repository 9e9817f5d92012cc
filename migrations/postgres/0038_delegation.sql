-- +goose Up

-- Who stands in for whom, from when until when, and who said so.
create table "sys_delegation" (
	"id" uuid not null primary key,
	"user_id" uuid not null,
	"to_id" uuid not null,
	"by_id" uuid not null,
	"begins_at" bigint not null,
	"ends_at" bigint not null,
	"created_at" bigint not null
);
create index "ix_sys_delegation_user_id_ends_at" on "sys_delegation" ("user_id", "ends_at");
create index "ix_sys_delegation_ends_at" on "sys_delegation" ("ends_at");

-- For whom somebody is told of something while he stands in.
alter table "sys_notification" add column "for_id" uuid;
