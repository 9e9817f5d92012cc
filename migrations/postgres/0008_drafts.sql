-- +goose Up

-- Changes of definitions that somebody prepares; each is kept until it is deleted.
create table "sys_draft" (
	"id" uuid not null primary key,
	"title" text not null,
	"base" bigint not null,
	"document" text not null,
	"version" bigint not null,
	"by_id" uuid not null,
	"at" bigint not null
);
