-- +goose Up

-- The records that were made as examples, to be taken away again together.
create table "sys_sample" (
	"object" text not null,
	"record" uuid not null,
	primary key ("object", "record")
);
