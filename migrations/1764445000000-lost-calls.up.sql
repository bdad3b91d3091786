-- Finds the calls that were out when a person took a cancellation over, and that nobody will end. There are few.
create index manual_cancellations_taken_over on manual_cancellations (opened_at) where reason = 'taken_over';
