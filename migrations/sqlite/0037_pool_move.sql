-- +goose Up

-- Which record went to whom out of which pool, and back from whom: quotas are counted from it.
create table "sys_pool_move" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"pool_id" UUID TEXT not null,
	"user_id" UUID TEXT not null,
	"way" TEXT not null,
	"by_id" UUID TEXT not null,
	"at" INTEGER not null
);
create index "ix_sys_pool_move_object_record_at" on "sys_pool_move" ("object", "record", "at");
create index "ix_sys_pool_move_user_id_pool_id_at" on "sys_pool_move" ("user_id", "pool_id", "at");
