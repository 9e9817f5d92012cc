-- +goose Up

-- The records that were made as examples, to be taken away again together.
create table "sys_sample" (
	"object" TEXT not null,
	"record" UUID TEXT not null,
	primary key ("object", "record")
);
