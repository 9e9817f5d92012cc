-- +goose Up

-- The standing goes up with every change to who somebody is or what he may be recognised by: a
-- person, a session, a key. What is remembered of a person holds as long as it stays the same.
alter table "sys_catalog" add column "standing" INTEGER not null default 1;
