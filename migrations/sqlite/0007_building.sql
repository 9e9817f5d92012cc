-- +goose Up

-- Records that changed while columns of their tables are built for a later revision.
create table "sys_building" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"object" TEXT not null,
	"record" UUID TEXT not null
);
