-- One row an account of the web pages. Times are UTC milliseconds. role: 1 admin,
-- 2 officer of a department, 3 police. Rows are never removed, so that a name in
-- the record means one person for ever.
create table account (
	name        text primary key check (length(name) between 3 and 32),
	full_name   text not null check (full_name <> ''),
	role        integer not null check (role between 1 and 3),
	department  text not null check ((role = 2) = (department <> '')), -- agency code of an officer
	hash        text not null,                                         -- argon2id in the PHC form
	changed     integer not null,                                      -- when the password was
	first       integer not null check (first in (0, 1)),              -- it was given, and has to be changed
	disabled    integer not null check (disabled in (0, 1)),
	failed      integer not null check (failed >= 0),                  -- wrong passwords since failed_from
	failed_from integer not null,
	locks       integer not null check (locks >= 0),                   -- lock-outs in a row
	locked      integer not null,                                      -- until then; 0 = never
	stamp       integer not null,                                      -- rises with every change that ends sessions
	added       integer not null,
	signed_in   integer not null                                       -- last; 0 = never
) strict, without rowid;

-- The hashes of passwords that an account had before, so that none comes back.
create table account_password (
	name  text not null references account (name),
	n     integer not null, -- rising
	hash  text not null,
	primary key (name, n)
) strict, without rowid;
