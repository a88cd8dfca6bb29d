-- The same messages as before, said so that SQLite can compare: for a list of
-- more than two it builds a temporary table at every change of a message.
drop index message_old;

create index message_old on message (payload > 0, state, changed) where state = 3 or state >= 5;
