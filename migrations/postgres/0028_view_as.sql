-- +goose Up

-- As whom somebody looks at the application in a session, and until when. Until is 0 once the audit log
-- has been told that it is over; whom it was stays, so that nobody goes on as himself without knowing.
alter table "sys_session" add column "viewed_id" uuid;
alter table "sys_session" add column "viewed_until" bigint;
