-- +goose Up

-- Who stands in for whom, from when until when, and who said so.
create table "sys_delegation" (
	"id" UUID TEXT not null primary key,
	"user_id" UUID TEXT not null,
	"to_id" UUID TEXT not null,
	"by_id" UUID TEXT not null,
	"begins_at" INTEGER not null,
	"ends_at" INTEGER not null,
	"created_at" INTEGER not null
);
create index "ix_sys_delegation_user_id_ends_at" on "sys_delegation" ("user_id", "ends_at");
create index "ix_sys_delegation_ends_at" on "sys_delegation" ("ends_at");

-- For whom somebody is told of something while he stands in.
alter table "sys_notification" add column "for_id" UUID TEXT;
