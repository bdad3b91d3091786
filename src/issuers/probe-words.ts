import type { Probe, SomeIssuer } from './issuer.js';

/** What a harmless call showed, and what to do about it, in a sentence. */
export function probeWords(probe: Probe, { name }: SomeIssuer): string {
  if (probe.kind === 'unreachable') return `${name} cannot be reached: ${probe.fault}.`;
  if (probe.kind === 'accepted') return `${name} answers, and takes the credentials.`;
  if (probe.kind === 'credentials-refused') {
    return `${name} answers ${probe.httpStatus}: check the credentials, and its list of allowed addresses.`;
  }
  return `${name} answers (${probe.httpStatus}), but no harmless call shows whether it takes the credentials.`;
}
