-- +goose Up

-- What an API key is limited to: objects, to read or to read and write, and abilities. Without it the key may
-- what its person may.
alter table "sys_token" add column "limit" jsonb;
