-- +goose Up

-- Who is invited, by whom, and with which values his record will begin; only the hash of the link's
-- secret is known. It goes when it was accepted or taken back.
create table "sys_invitation" (
	"id" UUID TEXT not null primary key,
	"token_hash" BLOB not null,
	"email" TEXT not null,
	"values" JSON TEXT not null,
	"by_id" UUID TEXT not null,
	"created_at" INTEGER not null,
	"expires_at" INTEGER not null
);
create unique index "ux_sys_invitation_token_hash" on "sys_invitation" ("token_hash");
create unique index "ux_sys_invitation_email" on "sys_invitation" ("email");
create index "ix_sys_invitation_expires_at" on "sys_invitation" ("expires_at");
