-- +goose Up

-- Who did what that concerns security. Each entry carries the hash of what it says and of the entry
-- before, so that none can be changed, removed or exchanged unseen; seq has no gaps.
-- (Nothing was ever written to the table that this one replaces.)
drop table "sys_audit";
create table "sys_audit" (
	"seq" INTEGER not null primary key,
	"at" INTEGER not null,
	"action" TEXT not null,
	"actor" UUID TEXT not null,
	"via" TEXT not null,
	"address" TEXT not null,
	"object" TEXT not null,
	"subject" TEXT not null,
	"detail" TEXT not null,
	"hash" BLOB not null
);
create index "ix_sys_audit_at" on "sys_audit" ("at");
create index "ix_sys_audit_actor_seq" on "sys_audit" ("actor", "seq");
create index "ix_sys_audit_action_seq" on "sys_audit" ("action", "seq");
create index "ix_sys_audit_object_subject_seq" on "sys_audit" ("object", "subject", "seq");

-- The one row is both ends of the log: before its first entry, and its last.
create table "sys_audit_end" (
	"id" INTEGER not null primary key,
	"first_seq" INTEGER not null,
	"first_hash" BLOB not null,
	"last_seq" INTEGER not null,
	"last_hash" BLOB not null
);
insert into "sys_audit_end" ("id", "first_seq", "first_hash", "last_seq", "last_hash") values (1, 0, x'', 0, x'');
