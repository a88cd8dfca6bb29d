-- One row a version of a department's report of a period, or, with department
-- '', of the province's. Rows are never removed, and what is frozen never
-- changes. Times are UTC milliseconds. state: 1 draft, 2 completed,
-- 3 confirmed, 4 received, 5 returned, 6 consolidated, 7 issued.
create table filing (
	period     text not null check (period <> ''),             -- as in 2026-H1
	department text not null,                                  -- agency code; '' = the province
	version    integer not null check (version > 0),
	state      integer not null check (state between 1 and 7),
	revision   integer not null check (revision > 0),          -- grows with every change of any version
	statement  text not null,                                  -- JSON, what people wrote
	edited     integer not null,                               -- when it was written last
	account    text not null,                                  -- by whom
	name       text not null,
	frozen     blob,                                           -- JSON, byte for byte what was hashed; null = not frozen
	hash       text check (length(hash) = 64),                 -- SHA-256 of frozen, hexadecimal
	number     text check (number <> ''),                      -- of the document, once it is issued
	dated      text check (length(dated) = 10),                -- its day, as in 2026-06-20
	primary key (period, department, version),
	check ((frozen is null) = (hash is null)),
	check ((frozen is null) = (state in (1, 2))),
	check ((number is not null and dated is not null) = (state = 7))
) strict;

create unique index filing_number on filing (substr(dated, 1, 4), ltrim(number, '0')) where number is not null;

-- What became of a report, one row for each arrow of its states.
create table filing_step (
	period     text not null,
	department text not null,
	revision   integer not null,                               -- that it led to
	version    integer not null,
	event      text not null check (event glob 'report-*'),    -- of its entry in the record
	at         integer not null,
	account    text not null check (account <> ''),            -- who did it
	name       text not null,
	reason     text not null,
	primary key (period, department, revision)
) strict;

-- The departments' reports that stand in a version of the province's.
create table filing_part (
	period     text not null,
	version    integer not null,                               -- of the province's report
	department text not null check (department <> ''),
	part       integer not null,                               -- version of the department's report
	primary key (period, version, department)
) strict, without rowid;
