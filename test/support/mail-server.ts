import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { SmtpSender } from '../../src/notifications/mail.js';
import { Secret } from '../../src/setting-kinds.js';

/** How the mail server treats the next mails. */
export type Manners = 'takes' | 'defers' | 'breaks-off' | 'hangs' | 'mute' | 'forgets-to-answer' | 'refuses-login';

export interface Received {
  readonly messageId: string;
  readonly recipients: readonly string[];
  /** Header names with their values, unfolded. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** A real SMTP server that can be rude. */
export class MailServer {
  manners: Manners = 'takes';
  readonly mails: Received[] = [];
  /** Mails that it has begun to read. */
  begun = 0;
  port = 0;
  #server: SMTPServer | null = null;
  readonly #sockets = new Set<Socket>();

  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onConnect: (_session, done) => {
        if (this.manners !== 'mute') done();
      },
      onAuth: (_auth, _session, done) =>
        done(this.manners === 'refuses-login' ? new Error('Authentication failed') : null, { user: 'connector' }),
      onData: (stream, session, done) => {
        this.begun += 1;
        const chunks: Buffer[] = [];
        if (this.manners === 'breaks-off') return this.#hangUp();
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (this.manners === 'hangs') return;
          if (this.manners === 'defers') {
            const words = `4.3.0 <merchant@example.com> greylisted, see 4111 1111 1111 1111`;
            return done(Object.assign(new Error(words), { responseCode: 451 }));
          }
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push(read(Buffer.concat(chunks).toString('utf8'), recipients));
          if (this.manners === 'forgets-to-answer') return this.#hangUp();
          done();
        });
      },
    });
    server.on('error', () => undefined);
    server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as { port: number }).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#hangUp();
    if (server) await new Promise<void>((resolve) => server.close(resolve));
  }

  mailsOf(noticeId: string): Received[] {
    return this.mails.filter(({ messageId }) => messageId.startsWith(`<${noticeId}@`));
  }

  #hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

export const SENDER = 'connector@example.com';

/** @param url of `SMTP_URL` */
export const smtpSender = (url: string, sendMs?: number) =>
  new SmtpSender({ url: new Secret(url), from: { name: null, address: SENDER } }, sendMs);

function read(raw: string, recipients: readonly string[]): Received {
  const { headers, body } = partsOf(raw);
  const messageId = headers.find((line) => /^message-id:/i.test(line))?.replace(/^message-id:\s*/i, '') ?? '';
  return { messageId, recipients, headers, body: words(headers, body) };
}

function partsOf(raw: string): { readonly headers: readonly string[]; readonly body: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  return { headers: head.replace(/\r\n[ \t]+/g, ' ').split('\r\n'), body: rest.join('\r\n\r\n') };
}

/** All parts of a mail one after the other, decoded. */
function words(headers: readonly string[], body: string): string {
  const type = headers.find((line) => /^content-type:\s*multipart/i.test(line)) ?? '';
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1];
  if (boundary === undefined) return decode(body, headers);
  const parts = body.split(`--${boundary}`).slice(1, -1);
  return parts
    .map((part) => partsOf(part.replace(/^\r\n/, '')))
    .map((part) => words(part.headers, part.body))
    .join('\n');
}

function decode(body: string, headers: readonly string[]): string {
  const encoding = headers.find((line) => /^content-transfer-encoding:/i.test(line)) ?? '';
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(encoding)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
