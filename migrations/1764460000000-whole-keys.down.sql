drop index cancellations_by_claim, cancellations_by_issuer;
create index cancellations_by_claim on cancellations (merchant_id, claimed_at);
create index cancellations_by_issuer on cancellations (merchant_id, issuer, claimed_at);
