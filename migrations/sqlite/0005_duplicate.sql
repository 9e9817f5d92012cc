-- +goose Up

-- What records that may be the same have in common, by the rule that compares them.
create table "sys_duplicate_key" (
	"object" TEXT not null,
	"rule" TEXT not null,
	"key" TEXT not null,
	"record" UUID TEXT not null,
	primary key ("object", "rule", "key", "record")
) without rowid;

-- Pairs of records that look like the same, as the last scan found them, and those that somebody
-- said are not.
create table "sys_duplicate" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"first" UUID TEXT not null,
	"second" UUID TEXT not null,
	"rule" TEXT not null,
	"score" INTEGER not null,
	"state" TEXT not null,
	"at" INTEGER not null
);
create unique index "ux_sys_duplicate_object_first_second" on "sys_duplicate" ("object", "first", "second");
create index "ix_sys_duplicate_object_state_score_desc_id" on "sys_duplicate" ("object", "state", "score" desc, "id");
