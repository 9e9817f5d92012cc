-- +goose Up

-- What a person changed of a view for himself, and the views of his own.
create table "sys_layer" (
	"person" uuid not null,
	"object" text not null,
	"name" text not null,
	"view" text not null,
	"title" text not null,
	"settings" text not null,
	"at" bigint not null,
	primary key ("person", "object", "name")
);
