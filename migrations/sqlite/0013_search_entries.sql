-- +goose Up

-- What records are found by: an entry for each has the tokens of all its
-- fields, each as object.field.token, between blanks.
drop table "sys_search";
create table "sys_search" (
	"id" INTEGER primary key,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"tokens" TEXT not null
);

create unique index "ux_sys_search_object_record" on "sys_search" ("object", "record");

create virtual table "sys_search_index" using fts5(
	"tokens", content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '._=~'"
);

-- +goose StatementBegin
create trigger "sys_search_added" after insert on "sys_search" begin
	insert into "sys_search_index" ("rowid", "tokens") values (new."id", new."tokens");
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger "sys_search_changed" after update of "tokens" on "sys_search" begin
	update "sys_search_index" set "tokens" = new."tokens" where "rowid" = new."id";
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger "sys_search_removed" after delete on "sys_search" begin
	delete from "sys_search_index" where "rowid" = old."id";
end;
-- +goose StatementEnd
