-- +goose Up

-- Who took a file out of its record; it is in the recycle bin since loose_at.
alter table "sys_file" add column "loose_by" uuid;
