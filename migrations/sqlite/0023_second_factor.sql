-- +goose Up

-- Second factors: the secret that makes a person's codes, sealed, and the step of the last code that was
-- taken, so that none is taken twice. Until a code has confirmed it, it does not count.
create table "sys_totp" (
	"user_id" UUID TEXT not null primary key,
	"secret" BLOB not null,
	"step" INTEGER not null,
	"created_at" INTEGER not null,
	"confirmed_at" INTEGER
);

-- Hashes of the codes that each stand in once for the second factor.
create table "sys_recovery_code" (
	"user_id" UUID TEXT not null,
	"hash" BLOB not null,
	primary key ("user_id", "hash")
);

-- Who gave a password and has yet to give the second factor; only the hash of the cookie is known.
create table "sys_challenge" (
	"token_hash" BLOB not null primary key,
	"user_id" UUID TEXT not null,
	"tries" INTEGER not null,
	"expires_at" INTEGER not null
);
create index "ix_sys_challenge_user_id" on "sys_challenge" ("user_id");
create index "ix_sys_challenge_expires_at" on "sys_challenge" ("expires_at");
