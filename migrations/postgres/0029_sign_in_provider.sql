-- +goose Up

-- Providers of OpenID Connect by which people sign in. The secret is sealed; the version counts the
-- changes of the connection, trial is the last test of the connection as it is now, and tested the last
-- version that passed one.
create table "sys_sign_in_provider" (
	"name" text not null primary key,
	"settings" jsonb not null,
	"secret" bytea,
	"version" bigint not null,
	"tested" bigint not null,
	"trial" jsonb,
	"created_at" bigint not null
);

-- Whom a provider means by a subject. The issuer is a part of the key: a subject is its issuer's.
create table "sys_sign_in_link" (
	"issuer" text not null,
	"subject" text not null,
	"provider" text not null,
	"user_id" uuid not null,
	"created_at" bigint not null,
	primary key ("issuer", "subject")
);
create index "ix_sys_sign_in_link_user_id" on "sys_sign_in_link" ("user_id");
create index "ix_sys_sign_in_link_provider" on "sys_sign_in_link" ("provider");

-- Who was sent to a provider and has yet to come back, in which browser; only the hashes of both
-- secrets are known. With a person, he tries the provider and does not sign in.
create table "sys_sign_in_visit" (
	"state_hash" bytea not null primary key,
	"browser_hash" bytea not null,
	"provider" text not null,
	"version" bigint not null,
	"nonce" text not null,
	"verifier" text not null,
	"callback" text not null,
	"next" text not null,
	"user_id" uuid,
	"address" text not null,
	"expires_at" bigint not null
);
create index "ix_sys_sign_in_visit_expires_at" on "sys_sign_in_visit" ("expires_at");
create index "ix_sys_sign_in_visit_address" on "sys_sign_in_visit" ("address");
