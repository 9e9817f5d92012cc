-- +goose Up

-- Who follows which record.
create table "sys_follow" (
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"person" UUID TEXT not null,
	"at" INTEGER not null,
	primary key ("object", "record", "person")
);
create index "ix_sys_follow_person" on "sys_follow" ("person");

-- What people are told of: why, and what it is about, never its text.
create table "sys_notification" (
	"id" UUID TEXT not null primary key,
	"person" UUID TEXT not null,
	"reason" TEXT not null,
	"watching" BOOLEAN INTEGER not null,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null,
	"comment" UUID TEXT,
	"version" INTEGER,
	"read_at" INTEGER
);
create index "ix_sys_notification_person_at_desc_id_desc" on "sys_notification" ("person", "at" desc, "id" desc);
create index "ix_sys_notification_person_watching" on "sys_notification" ("person", "watching") where read_at is null;
create index "ix_sys_notification_object_record" on "sys_notification" ("object", "record");
