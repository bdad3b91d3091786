-- The pages' indexes of cancellations, as partial ones that leave nothing out. While a table is new Postgres takes every index that
-- begins with the merchant for as good as the primary key, and of equals the newest: then each look for a payment's cancellation reads
-- all of the merchant's, until the table is analyzed for the first time. These are taken only where their last columns are asked for.
drop index cancellations_by_claim, cancellations_by_issuer;
create index cancellations_by_claim on cancellations (merchant_id, claimed_at) where claimed_at is not null;
create index cancellations_by_issuer on cancellations (merchant_id, issuer, claimed_at) where issuer is not null;
