import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { MailLogEntry } from './logs.js';

export interface MailLog {
  /** For `SMTP_URL`. */
  readonly url: string;
  readonly mails: readonly MailLogEntry[];
  stop(): Promise<void>;
}

/** A mail server that takes every mail and keeps it. */
export async function startMailLog(): Promise<MailLog> {
  const mails: MailLogEntry[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(read(Buffer.concat(chunks).toString('utf8')));
        done();
      });
    },
  });
  // A killed process breaks its connection.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The date is left out: it is the time of sending, and differs between two sendings of one mail. */
function read(raw: string): MailLogEntry {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string) =>
    headers.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
  return { messageId: header('message-id').trim(), subject: header('subject').trim(), body: rest.join('\r\n\r\n') };
}
