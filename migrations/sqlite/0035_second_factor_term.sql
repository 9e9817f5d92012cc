-- +goose Up

-- By which provider somebody came whose session it is; null is by what this installation knows of him. And
-- from when on the session lets him only give himself a second factor, as long as he has none.
alter table "sys_session" add column "provider" TEXT;
alter table "sys_session" add column "confined_from" INTEGER;

-- Since when there is a person, and since when he administers or designs, where he did not from the
-- beginning: from then on the days count within which he needs a second factor.
create table "sys_second_factor_term" (
	"user_id" UUID TEXT not null primary key,
	"since" INTEGER not null,
	"builds_since" INTEGER
);
