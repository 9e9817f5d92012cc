-- +goose Up

-- Whose records are given to whom, by whom, and how far that is; and what became of each record, so that
-- it can be taken back.
create table "sys_handover" (
	"id" UUID TEXT not null primary key,
	"user_id" UUID TEXT not null,
	"to_id" UUID TEXT not null,
	"by_id" UUID TEXT not null,
	"objects" JSON TEXT not null,
	"disable" BOOLEAN INTEGER not null,
	"state" TEXT not null,
	"total" INTEGER not null,
	"given" INTEGER not null,
	"kept" INTEGER not null,
	"undone" INTEGER not null,
	"created_at" INTEGER not null,
	"ended_at" INTEGER
);
create index "ix_sys_handover_created_at" on "sys_handover" ("created_at");
create table "sys_handover_record" (
	"handover_id" UUID TEXT not null references "sys_handover" ("id") on delete cascade,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"state" TEXT not null,
	primary key ("handover_id", "object", "record")
);
