-- +goose Up

-- Providers of OpenID Connect by which people sign in. The secret is sealed; the version counts the
-- changes of the connection, trial is the last test of the connection as it is now, and tested the last
-- version that passed one.
create table "sys_sign_in_provider" (
	"name" TEXT not null primary key,
	"settings" JSON TEXT not null,
	"secret" BLOB,
	"version" INTEGER not null,
	"tested" INTEGER not null,
	"trial" JSON TEXT,
	"created_at" INTEGER not null
);

-- Whom a provider means by a subject. The issuer is a part of the key: a subject is its issuer's.
create table "sys_sign_in_link" (
	"issuer" TEXT not null,
	"subject" TEXT not null,
	"provider" TEXT not null,
	"user_id" UUID TEXT not null,
	"created_at" INTEGER not null,
	primary key ("issuer", "subject")
);
create index "ix_sys_sign_in_link_user_id" on "sys_sign_in_link" ("user_id");
create index "ix_sys_sign_in_link_provider" on "sys_sign_in_link" ("provider");

-- Who was sent to a provider and has yet to come back, in which browser; only the hashes of both
-- secrets are known. With a person, he tries the provider and does not sign in.
create table "sys_sign_in_visit" (
	"state_hash" BLOB not null primary key,
	"browser_hash" BLOB not null,
	"provider" TEXT not null,
	"version" INTEGER not null,
	"nonce" TEXT not null,
	"verifier" TEXT not null,
	"callback" TEXT not null,
	"next" TEXT not null,
	"user_id" UUID TEXT,
	"address" TEXT not null,
	"expires_at" INTEGER not null
);
create index "ix_sys_sign_in_visit_expires_at" on "sys_sign_in_visit" ("expires_at");
create index "ix_sys_sign_in_visit_address" on "sys_sign_in_visit" ("address");
