-- +goose Up

-- What records that may be the same have in common, by the rule that compares them.
create table "sys_duplicate_key" (
	"object" text collate "C" not null,
	"rule" text collate "C" not null,
	"key" text collate "C" not null,
	"record" uuid not null,
	primary key ("object", "rule", "key", "record")
);

-- Pairs of records that look like the same, as the last scan found them, and those that somebody
-- said are not.
create table "sys_duplicate" (
	"id" uuid not null primary key,
	"object" text collate "C" not null,
	"first" uuid not null,
	"second" uuid not null,
	"rule" text collate "C" not null,
	"score" bigint not null,
	"state" text collate "C" not null,
	"at" bigint not null
);
create unique index "ux_sys_duplicate_object_first_second" on "sys_duplicate" ("object", "first", "second");
create index "ix_sys_duplicate_object_state_score_desc_id" on "sys_duplicate" ("object", "state", "score" desc, "id");
