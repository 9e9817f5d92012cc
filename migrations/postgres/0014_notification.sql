-- +goose Up

-- Who follows which record.
create table "sys_follow" (
	"object" text collate "C" not null,
	"record" uuid not null,
	"person" uuid not null,
	"at" bigint not null,
	primary key ("object", "record", "person")
);
create index "ix_sys_follow_person" on "sys_follow" ("person");

-- What people are told of: why, and what it is about, never its text.
create table "sys_notification" (
	"id" uuid not null primary key,
	"person" uuid not null,
	"reason" text collate "C" not null,
	"watching" boolean not null,
	"object" text collate "C" not null,
	"record" uuid not null,
	"by_id" uuid not null,
	"at" bigint not null,
	"comment" uuid,
	"version" bigint,
	"read_at" bigint
);
create index "ix_sys_notification_person_at_desc_id_desc" on "sys_notification" ("person", "at" desc, "id" desc);
create index "ix_sys_notification_person_watching" on "sys_notification" ("person", "watching") where read_at is null;
create index "ix_sys_notification_object_record" on "sys_notification" ("object", "record");
