-- +goose Up

-- Which records a notification is about that is of many at once.
alter table "sys_notification" add column "filter" TEXT;

-- How somebody reads files of one kind: where the columns go that have these titles, with all choices.
create table "sys_recipe" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"by_id" UUID TEXT not null,
	"name" TEXT not null,
	"shared" BOOLEAN INTEGER not null,
	"at" INTEGER not null,
	"settings" JSON TEXT not null
);
create index "ix_sys_recipe_object" on "sys_recipe" ("object");
