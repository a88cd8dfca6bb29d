-- One row a notice of an error in shared data; rows are never removed, so that
-- numbers have no gaps. Times are UTC milliseconds. state: 1 new, 2 sent,
-- 3 answered, 4 closed. Nothing here names a person: what does is sealed.
create table notice (
	year      integer not null check (year between 1 and 9999), -- of opening, at UTC+7
	n         integer not null check (n > 0),                   -- running number of the year
	state     integer not null check (state between 1 and 4),
	sender    text not null check (sender <> ''),
	system    text not null,
	officer   text not null,
	unit      text not null,
	procedure text not null,
	subject   text not null,                                    -- the record's pseudonym of whom it is about
	own       blob check (length(own) = 16),                    -- keyed hash of the sender's own id; null = it has none
	digest    blob not null check (length(digest) = 16),        -- keyed hash of the content, to tell a repeat from a conflict
	opened    integer not null,
	changed   integer not null,                                 -- when it came to its state
	held      integer not null check (held in (0, 1)),          -- 0 = the content was removed
	primary key (year, n)
) strict, without rowid;

create unique index notice_own on notice (own) where own is not null;
create index notice_old on notice (changed) where state = 4 and held = 1;

-- What came of a notice, one row for each arrow of its states; step 0 opened it.
create table notice_step (
	year   integer not null,
	n      integer not null,
	step   integer not null check (step >= 0),
	state  integer not null check (state between 1 and 4),      -- that it led to
	at     integer not null,
	sealed blob,                                                -- AES-256-GCM over what was said; null = removed
	unique (year, n, step)
) strict;
