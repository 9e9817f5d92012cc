-- +goose Up

-- Whose records are given to whom, by whom, and how far that is; and what became of each record, so that
-- it can be taken back.
create table "sys_handover" (
	"id" uuid not null primary key,
	"user_id" uuid not null,
	"to_id" uuid not null,
	"by_id" uuid not null,
	"objects" jsonb not null,
	"disable" boolean not null,
	"state" text not null,
	"total" bigint not null,
	"given" bigint not null,
	"kept" bigint not null,
	"undone" bigint not null,
	"created_at" bigint not null,
	"ended_at" bigint
);
create index "ix_sys_handover_created_at" on "sys_handover" ("created_at");
create table "sys_handover_record" (
	"handover_id" uuid not null references "sys_handover" ("id") on delete cascade,
	"object" text not null,
	"record" uuid not null,
	"state" text not null,
	primary key ("handover_id", "object", "record")
);
