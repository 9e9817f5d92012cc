-- +goose Up

-- Passkeys: the public key of a person's device or password manager, by which he signs in. The counter is
-- the highest that its signatures told; 0 is one that does not count.
create table "sys_passkey" (
	"id" uuid not null primary key,
	"user_id" uuid not null,
	"name" text not null,
	"credential_id" bytea not null,
	"credential" jsonb not null,
	"counter" bigint not null,
	"created_at" bigint not null,
	"used_at" bigint
);
create unique index "ux_sys_passkey_credential_id" on "sys_passkey" ("credential_id");
create index "ix_sys_passkey_user_id" on "sys_passkey" ("user_id");

-- What a passkey was asked to sign, in which browser, and what for; each is answered once. Only the hashes
-- of the question and of the browser's cookie are known.
create table "sys_passkey_question" (
	"question_hash" bytea not null primary key,
	"browser_hash" bytea not null,
	"purpose" text not null,
	"user_id" uuid,
	"asked" jsonb not null,
	"address" text not null,
	"expires_at" bigint not null
);
create index "ix_sys_passkey_question_expires_at" on "sys_passkey_question" ("expires_at");
create index "ix_sys_passkey_question_address" on "sys_passkey_question" ("address");
