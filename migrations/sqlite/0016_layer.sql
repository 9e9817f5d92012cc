-- +goose Up

-- What a person changed of a view for himself, and the views of his own.
create table "sys_layer" (
	"person" UUID TEXT not null,
	"object" TEXT not null,
	"name" TEXT not null,
	"view" TEXT not null,
	"title" TEXT not null,
	"settings" TEXT not null,
	"at" INTEGER not null,
	primary key ("person", "object", "name")
);
