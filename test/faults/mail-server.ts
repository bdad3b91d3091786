import { SMTPServer } from 'smtp-server';
import type { MailLogEntry } from './logs.js';

/** Takes every mail and keeps it. */
export interface MailServer {
  readonly url: string;
  readonly mails: readonly MailLogEntry[];
  stop(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
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
  server.on('error', () => undefined); // A replica was killed while it sent.
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

function read(raw: string): MailLogEntry {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head.replace(/\r\n[ \t]+/g, ' '))?.[1];
  return { messageId: header('message-id') ?? '', subject: header('subject') ?? '', body: rest.join('\r\n\r\n') };
}
