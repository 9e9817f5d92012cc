-- +goose Up

-- Who is invited, by whom, and with which values his record will begin; only the hash of the link's
-- secret is known. It goes when it was accepted or taken back.
create table "sys_invitation" (
	"id" uuid not null primary key,
	"token_hash" bytea not null,
	"email" text not null,
	"values" jsonb not null,
	"by_id" uuid not null,
	"created_at" bigint not null,
	"expires_at" bigint not null
);
create unique index "ux_sys_invitation_token_hash" on "sys_invitation" ("token_hash");
create unique index "ux_sys_invitation_email" on "sys_invitation" ("email");
create index "ix_sys_invitation_expires_at" on "sys_invitation" ("expires_at");
