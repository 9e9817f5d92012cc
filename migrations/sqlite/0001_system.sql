-- +goose Up

-- The system's own tables. Times are milliseconds since 1970 in UTC.

-- The one row says which revision of the catalog holds, and which functions of expressions are installed.
create table "sys_catalog" (
	"id" INTEGER not null primary key,
	"revision" INTEGER not null,
	"functions" TEXT not null
);
insert into "sys_catalog" ("id", "revision", "functions") values (1, 0, '');

-- The history of the catalog.
create table "sys_revision" (
	"revision" INTEGER not null primary key,
	"at" INTEGER not null,
	"by_id" UUID TEXT,
	"note" TEXT not null,
	"changes" JSON TEXT not null
);

-- Every definition as of each revision that changed it; the document is the canonical text.
create table "sys_definition" (
	"kind" TEXT not null,
	"name" TEXT not null,
	"revision" INTEGER not null,
	"document" TEXT not null,
	"deleted" BOOLEAN INTEGER not null,
	primary key ("kind", "name", "revision")
);
create index "ix_sys_definition_revision" on "sys_definition" ("revision");

-- The change log: what happened to records, before and after. tx is PostgreSQL's number of the
-- transaction, by which a reader of the feed leaves out what may still be overtaken; 0 on SQLite.
create table "sys_change" (
	"id" INTEGER PRIMARY KEY,
	"object" TEXT not null,
	"record" UUID TEXT not null,
	"at" INTEGER not null,
	"by_id" UUID TEXT not null,
	"via" TEXT not null,
	"action" TEXT not null,
	"version" INTEGER not null,
	"before" JSON TEXT,
	"after" JSON TEXT,
	"revision" INTEGER not null,
	"tx" INTEGER not null default 0
);
create index "ix_sys_change_object_record_id_desc" on "sys_change" ("object", "record", "id" desc);

-- Answers kept for requests that come twice.
create table "sys_idempotency" (
	"actor" TEXT not null,
	"key" TEXT not null,
	"hash" BLOB not null,
	"status" INTEGER not null,
	"headers" JSON TEXT not null,
	"body" BLOB not null,
	"at" INTEGER not null,
	primary key ("actor", "key")
);
create index "ix_sys_idempotency_at" on "sys_idempotency" ("at");

-- Who is signed in; only the hash of a session's token is known.
create table "sys_session" (
	"id" UUID TEXT not null primary key,
	"token_hash" BLOB not null,
	"user_id" UUID TEXT not null,
	"created_at" INTEGER not null,
	"seen_at" INTEGER not null,
	"expires_at" INTEGER not null,
	"address" TEXT not null,
	"agent" TEXT not null
);
create unique index "ux_sys_session_token_hash" on "sys_session" ("token_hash");
create index "ix_sys_session_user_id" on "sys_session" ("user_id");
create index "ix_sys_session_expires_at" on "sys_session" ("expires_at");

-- API keys; only the hash of a key is known.
create table "sys_token" (
	"id" UUID TEXT not null primary key,
	"name" TEXT not null,
	"token_hash" BLOB not null,
	"user_id" UUID TEXT not null,
	"created_at" INTEGER not null,
	"seen_at" INTEGER,
	"expires_at" INTEGER
);
create unique index "ux_sys_token_token_hash" on "sys_token" ("token_hash");
create index "ix_sys_token_user_id" on "sys_token" ("user_id");

-- Hashes of passwords.
create table "sys_password" (
	"user_id" UUID TEXT not null primary key,
	"hash" TEXT not null,
	"changed_at" INTEGER not null
);

-- Settings of the installation.
create table "sys_setting" (
	"name" TEXT not null primary key,
	"value" JSON TEXT not null
);

-- Attempts to sign in, to slow down guessing.
create table "sys_login_attempt" (
	"id" INTEGER PRIMARY KEY,
	"account" TEXT not null,
	"address" TEXT not null,
	"at" INTEGER not null,
	"succeeded" BOOLEAN INTEGER not null
);
create index "ix_sys_login_attempt_account_at" on "sys_login_attempt" ("account", "at");
create index "ix_sys_login_attempt_address_at" on "sys_login_attempt" ("address", "at");
create index "ix_sys_login_attempt_at" on "sys_login_attempt" ("at");

-- Durable work. run_at is the product's time, lease_until the machine's (PostgreSQL: the database's).
create table "sys_job" (
	"id" INTEGER PRIMARY KEY AUTOINCREMENT,
	"kind" TEXT not null,
	"queue" TEXT not null,
	"state" TEXT not null,
	"priority" INTEGER not null,
	"run_at" INTEGER not null,
	"serial_key" TEXT,
	"unique_key" TEXT,
	"payload" JSON TEXT not null,
	"attempt" INTEGER not null,
	"max_attempts" INTEGER not null,
	"lease_until" INTEGER,
	"locked_by" TEXT,
	"canceled" BOOLEAN INTEGER not null,
	"progress" JSON TEXT,
	"error" TEXT,
	"created_at" INTEGER not null,
	"finished_at" INTEGER
);
create index "ix_sys_job_queue_priority_run_at_id" on "sys_job" ("queue", "priority", "run_at", "id") where state = 'ready';
create index "ix_sys_job_run_at" on "sys_job" ("run_at") where state = 'waiting';
create index "ix_sys_job_lease_until" on "sys_job" ("lease_until") where state = 'running';
create unique index "ux_sys_job_kind_unique_key" on "sys_job" ("kind", "unique_key") where unique_key is not null and state in ('waiting', 'ready', 'running');
create unique index "ux_sys_job_serial_key" on "sys_job" ("serial_key") where serial_key is not null and state = 'running';
create index "ix_sys_job_serial_key_id" on "sys_job" ("serial_key", "id") where serial_key is not null and state in ('waiting', 'ready', 'running');
create index "ix_sys_job_finished_at" on "sys_job" ("finished_at") where finished_at is not null;

-- When jobs are enqueued by themselves.
create table "sys_schedule" (
	"name" TEXT not null primary key,
	"kind" TEXT not null,
	"queue" TEXT not null,
	"spec" TEXT not null,
	"payload" JSON TEXT not null,
	"next_at" INTEGER not null,
	"last_at" INTEGER
);
create index "ix_sys_schedule_next_at" on "sys_schedule" ("next_at");

-- The next number of autonumber fields.
create table "sys_counter" (
	"object" TEXT not null,
	"field" TEXT not null,
	"period" TEXT not null,
	"next" INTEGER not null,
	primary key ("object", "field", "period")
);

-- Imports and how far they are.
create table "sys_import" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"state" TEXT not null,
	"by_id" UUID TEXT not null,
	"created_at" INTEGER not null,
	"job" INTEGER,
	"file" UUID TEXT not null,
	"settings" JSON TEXT not null,
	"progress" JSON TEXT,
	"counts" JSON TEXT,
	"fault" JSON TEXT
);
create index "ix_sys_import_by_id_created_at_desc" on "sys_import" ("by_id", "created_at" desc);

-- What an import did, or would do, with each row of its file.
create table "sys_import_row" (
	"import" UUID TEXT not null,
	"row" INTEGER not null,
	"state" TEXT not null,
	"record" UUID TEXT,
	"values" JSON TEXT,
	"errors" JSON TEXT,
	"change" INTEGER,
	primary key ("import", "row")
);
create index "ix_sys_import_row_import_state_row" on "sys_import_row" ("import", "state", "row");

-- Exports and how far they are.
create table "sys_export" (
	"id" UUID TEXT not null primary key,
	"object" TEXT not null,
	"state" TEXT not null,
	"by_id" UUID TEXT not null,
	"created_at" INTEGER not null,
	"job" INTEGER,
	"file" UUID TEXT,
	"request" JSON TEXT not null,
	"progress" JSON TEXT,
	"fault" JSON TEXT
);
create index "ix_sys_export_by_id_created_at_desc" on "sys_export" ("by_id", "created_at" desc);

-- Contents of files, in parts.
create table "sys_blob" (
	"id" UUID TEXT not null,
	"part" INTEGER not null,
	"data" BLOB not null,
	primary key ("id", "part")
);

-- What was done to security, hash-chained.
create table "sys_audit" (
	"id" INTEGER PRIMARY KEY,
	"at" INTEGER not null,
	"by_id" UUID TEXT,
	"action" TEXT not null,
	"target" TEXT not null,
	"detail" JSON TEXT,
	"address" TEXT not null,
	"hash" BLOB not null
);
create index "ix_sys_audit_at" on "sys_audit" ("at");
