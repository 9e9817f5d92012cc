-- +goose Up

-- Who may set a new password without the old one, by whose leave and under which mail address; only the
-- hash of the link's secret is known. It goes when it was used, or when a password was set in another way.
create table "sys_password_link" (
	"user_id" uuid not null primary key,
	"token_hash" bytea not null,
	"email" text not null,
	"by_id" uuid not null,
	"created_at" bigint not null,
	"expires_at" bigint not null
);
create unique index "ux_sys_password_link_token_hash" on "sys_password_link" ("token_hash");
create index "ix_sys_password_link_expires_at" on "sys_password_link" ("expires_at");
