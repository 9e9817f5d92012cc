-- +goose Up

-- By which provider somebody came who has yet to give the second factor; null is by password.
alter table "sys_challenge" add column "provider" TEXT;
