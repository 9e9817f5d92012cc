-- +goose Up

-- Who may set a new password without the old one, by whose leave and under which mail address; only the
-- hash of the link's secret is known. It goes when it was used, or when a password was set in another way.
create table "sys_password_link" (
	"user_id" UUID TEXT not null primary key,
	"token_hash" BLOB not null,
	"email" TEXT not null,
	"by_id" UUID TEXT not null,
	"created_at" INTEGER not null,
	"expires_at" INTEGER not null
);
create unique index "ux_sys_password_link_token_hash" on "sys_password_link" ("token_hash");
create index "ix_sys_password_link_expires_at" on "sys_password_link" ("expires_at");
