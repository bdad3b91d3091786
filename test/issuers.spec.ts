import { issuers } from '../src/issuers/index.js';
import type { Issuer, SomeIssuer } from '../src/issuers/issuer.js';
import { describeIssuer } from './issuer-conformance.js';

for (const [code, issuer] of Object.entries<SomeIssuer>(issuers)) describeIssuer(code, issuer as Issuer);
