-- +goose Up

-- Changes of definitions that somebody prepares; each is kept until it is deleted.
create table "sys_draft" (
	"id" UUID TEXT not null primary key,
	"title" TEXT not null,
	"base" INTEGER not null,
	"document" TEXT not null,
	"version" INTEGER not null,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null
);
