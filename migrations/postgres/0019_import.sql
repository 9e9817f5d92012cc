-- +goose Up

-- Which records a notification is about that is of many at once.
alter table "sys_notification" add column "filter" text;

-- How somebody reads files of one kind: where the columns go that have these titles, with all choices.
create table "sys_recipe" (
	"id" uuid not null primary key,
	"object" text not null,
	"by_id" uuid not null,
	"name" text not null,
	"shared" boolean not null,
	"at" bigint not null,
	"settings" jsonb not null
);
create index "ix_sys_recipe_object" on "sys_recipe" ("object");
