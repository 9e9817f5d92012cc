-- +goose Up

-- Which record went to whom out of which pool, and back from whom: quotas are counted from it.
create table "sys_pool_move" (
	"id" uuid not null primary key,
	"object" text not null,
	"record" uuid not null,
	"pool_id" uuid not null,
	"user_id" uuid not null,
	"way" text not null,
	"by_id" uuid not null,
	"at" bigint not null
);
create index "ix_sys_pool_move_object_record_at" on "sys_pool_move" ("object", "record", "at");
create index "ix_sys_pool_move_user_id_pool_id_at" on "sys_pool_move" ("user_id", "pool_id", "at");
