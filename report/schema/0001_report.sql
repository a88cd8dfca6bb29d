-- What is counted, each kind under a number: an event of the record, with what
-- tells it from others. Empty texts stand for none.
create table report_key (
	id      integer primary key,
	sender  text not null,
	system  text not null,
	service text not null,
	event   text not null,
	what    text not null, -- result of a look-up or of a message that was parked; state that a message left
	code    text not null,
	unique (sender, system, service, event, what, code)
) strict;

-- The counts of one day (of Vietnam's time, since 1 January 1970), kept in the
-- commit of the entries. ms and most are milliseconds that they took, together
-- and at most; t1 to t6 count them by how long they took.
create table report_count (
	day   integer not null,
	key   integer not null references report_key (id),
	n     integer not null,
	asked integer not null, -- look-ups that came to the platform
	ms    integer not null,
	most  integer not null,
	t1    integer not null,
	t2    integer not null,
	t3    integer not null,
	t4    integer not null,
	t5    integer not null,
	t6    integer not null,
	primary key (day, key)
) strict, without rowid;

-- Fields that were wrong in rejected messages.
create table report_field (
	day     integer not null,
	sender  text not null,
	service text not null,
	field   text not null,
	n       integer not null,
	primary key (day, sender, service, field)
) strict, without rowid;

-- What waits now: the sum of all that has come and gone since the record began.
create table report_balance (
	sender  text not null,
	service text not null,
	waiting integer not null, -- messages
	parked  integer not null, -- of them, for a person
	open    integer not null, -- notices
	primary key (sender, service)
) strict, without rowid;

-- The part of it that entries have left behind which are pruned from the record.
create table report_carried (
	sender  text not null,
	service text not null,
	waiting integer not null,
	parked  integer not null,
	open    integer not null,
	primary key (sender, service)
) strict, without rowid;

-- When an upstream could not be reached, or ('') the daemon did not run. Times
-- are UTC milliseconds; ended is null while it lasts.
create table report_outage (
	id       integer primary key,
	upstream text not null,
	line     text not null,
	began    integer not null,
	ended    integer
) strict;

create index report_outage_open on report_outage (upstream) where ended is null;
create index report_outage_ended on report_outage (ended);

-- How far the record is counted: all entries up to seq, the last of them of at.
create table report_counted (
	only integer primary key check (only = 1),
	seq  integer not null,
	at   integer not null
) strict;

insert into report_counted (only, seq, at) values (1, 0, 0);
