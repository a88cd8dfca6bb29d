-- One row a reminder of a report: one for a person, a period and an occasion.
-- Times are UTC milliseconds. state: 1 waiting, 2 under way, 3 sent, 4 unsure,
-- 5 obsolete.
create table reminder (
	period    text not null check (period <> ''),
	occasion  text not null check (occasion <> ''),  -- before-7, after-1, province-before-2
	recipient text not null check (recipient <> ''), -- address
	about     text not null,                         -- codes of the departments that it asks of, spaces between
	state     integer not null check (state between 1 and 5),
	attempts  integer not null check (attempts >= 0),
	next      integer not null,                      -- when it is tried, while it waits
	changed   integer not null,                      -- when it came to its state
	reason    text not null,                         -- why it was not sent
	primary key (period, occasion, recipient)
) strict, without rowid;
