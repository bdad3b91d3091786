-- Back to the merchants of the settings. Made merchants and sealed secrets are lost; their payments stay.
drop table authorization_codes, connection_tokens, connection_codes, issuer_user_tokens, issuer_accounts, merchant_credentials, merchants;
drop sequence stored_versions;
