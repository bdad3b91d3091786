import { manualReasons, type ManualReason } from '../manual-cancellations/manual-reason.js';
import { catalogue } from '../texts/catalogue.js';
import { formatsIn } from '../texts/formats.js';
import { languages, type Language } from '../texts/language.js';
import { sayIn } from '../texts/say.js';
import { digestMail, noticeMail, testMail, type MessageStyle } from './notice-mail.js';
import type { NoticeSubject } from './notice-subject.js';

const ID = '00000000-0000-4000-8000-000000000001';

const notice = (more: Partial<NoticeSubject> = {}): NoticeSubject => ({
  noticeId: '00000000-0000-4000-8000-000000000002',
  event: 'manual_required',
  at: new Date('2026-11-21T12:00:00Z'),
  manualCancellationId: ID,
  paymentId: 'F5C1A4E20D3B4E07B7E871F5B5BC9F91',
  orderId: '1172452900788-01',
  issuer: 'corecard',
  issuerName: 'CoreCard',
  reference: { adminNumber: '9007199254740993', cardSequenceNumber: 1 },
  reason: 'already_printed',
  kind: 'whole',
  state: 'open',
  resolution: null,
  owner: null,
  amount: null,
  isAnswerOut: false,
  sandbox: false,
  openedAt: new Date('2026-11-21T12:00:00Z'),
  ...more,
});

const style = (language: Language = 'en', more: Partial<MessageStyle> = {}): MessageStyle => ({
  language,
  say: sayIn(language),
  formats: formatsIn(language, 'America/Sao_Paulo'),
  merchantName: 'Loja X',
  publicUrl: 'https://connector.example',
  isOwnPace: true,
  isFallBack: false,
  ...more,
});

const mailOf = (more: Partial<NoticeSubject> = {}, language: Language = 'en') =>
  noticeMail(notice(more), style(language));

describe('the mail of a notice', () => {
  it.each([
    ['en', '[Loja X] 1 manual cancellation – order 1172452900788-01 – issuer CoreCard'],
    ['pt-BR', '[Loja X] 1 cancelamento manual – pedido 1172452900788-01 – emissor CoreCard'],
    ['es', '[Loja X] 1 cancelación manual – pedido 1172452900788-01 – emisor CoreCard'],
  ] as const)('says in its subject what is to be done, for which order, at whom: %s', (language, words) => {
    expect(mailOf({}, language).subject).toBe(words);
  });

  it('names the payment where the order is not known, and the sandbox', () => {
    expect(mailOf({ orderId: null, issuerName: null }).subject).toBe(
      '[Loja X] 1 manual cancellation – payment F5C1A4E20D3B4E07B7E871F5B5BC9F91',
    );
    expect(mailOf({ sandbox: true }).subject).toMatch(/^\[sandbox\] \[Loja X\] /);
    expect(noticeMail(notice(), style('en', { merchantName: null })).subject).toMatch(/^1 manual/);
  });

  it.each(['text', 'html'] as const)('says why, what to do, where, and by which ids to find it, as %s', (form) => {
    const words = mailOf({}, 'pt-BR')[form];

    expect(words).toContain(catalogue['reason.already_printed']['pt-BR']);
    expect(words).toContain('Abra o portal da CoreCard');
    expect(words).toContain('peça à CoreCard que o bloqueie');
    expect(words).toContain('F5C1A4E20D3B4E07B7E871F5B5BC9F91');
    expect(words).toMatch(/Número da conta: (<code>)?9007199254740993/);
    expect(words).not.toContain('adminNumber');
    expect(words).toMatch(/Desde: (<code>)?21\/11\/2026 09:00/);
    expect(words).toContain(`https://connector.example/console/manual-cancellations/${ID}`);
    expect(words).toContain('https://connector.example/console/account');
  });

  it('calls the ids as the issuer’s portal does, in the order of the page, and those without a name by their own', () => {
    const reference = { cardKey: 'c', somethingNew: 's', walletKey: 'w', paymentInstrumentKey: 'p' };

    expect(mailOf({ reference }, 'es').text).toContain(
      'Clave de la billetera: w\nClave del instrumento de pago: p\nClave de la tarjeta: c\nsomethingNew: s\n',
    );
  });

  it('is written in the language of its reader, which it names', () => {
    for (const language of languages) expect(mailOf({}, language).html).toContain(`<html lang="${language}">`);
  });

  it.each(Object.keys(manualReasons) as ManualReason[])('has words for the reason %s in every language', (reason) => {
    for (const language of languages) {
      expect(mailOf({ reason }, language).text).toContain(catalogue[`reason.${reason}`][language]);
    }
  });

  it('tells to find the card of a payment that we never saw', () => {
    const { text } = mailOf({ reason: 'no_link', issuerName: null, reference: null, orderId: null });

    expect(text).toContain('which card this payment bought');
    expect(text).toContain('Open the issuer’s portal');
  });

  it('says how much is to be given back, and is called a refund', () => {
    const amount = { value: 1234.5, currency: 'BRL' };
    const { subject, text } = mailOf({ kind: 'refund', reason: 'refund', amount }, 'pt-BR');

    expect(subject).toContain('1 reembolso manual – pedido');
    expect(text).toMatch(/Devolva R\$\s1\.234,50 ao cliente/);
    expect(mailOf({ kind: 'refund', reason: 'refund' }).text).toContain('the amount that VTEX shows');
  });

  it('takes the task back when the issuer confirmed after all', () => {
    const { subject, text } = mailOf({ event: 'not_needed', state: 'not-needed' });

    expect(subject).toBe('[Loja X] No longer needed: order 1172452900788-01 – issuer CoreCard');
    expect(text).toContain('Nothing is left to do by hand.');
    expect(text).not.toContain('What to do');
  });

  it('says how a task was resolved, and that one was taken', () => {
    const resolved = mailOf({ event: 'resolved', state: 'resolved', resolution: 'refunded-instead' }, 'es');

    expect(resolved.text).toContain('Esta tarea se resolvió: Reembolsado en lugar de cancelado.');
    expect(mailOf({ event: 'taken', state: 'taken' }).subject).toContain('Taken: order');
  });

  it('says who has taken a task, and who handed it to whom, without the note that is for the new owner', () => {
    const taken = (owner: NoticeSubject['owner']) => mailOf({ event: 'taken', state: 'taken', owner }).text;
    const handedOver = { by: 'Maria', note: 'Call\nBcc: thief@example.com' };

    expect(taken(null)).toContain('Somebody at your store has taken this task.');
    expect(taken({ name: 'Ana', handedOver: null, isReader: false })).toContain('Ana has taken this task.');
    const toOthers = taken({ name: 'Ana', handedOver, isReader: false });
    expect(toOthers).toContain('Maria handed this task over to Ana.');
    expect(toOthers).not.toContain('Call');
    expect(toOthers).not.toContain('What to do');
    const toAna = taken({ name: 'Ana', handedOver, isReader: true });
    expect(toAna).toContain('Maria handed this task over to you.\nNote: Call Bcc: thief@example.com');
    expect(toAna).toContain('What to do');
  });

  it('says why somebody gets it who does not usually', () => {
    const { text } = noticeMail(notice(), style('en', { isFallBack: true, isOwnPace: false }));

    expect(text).toContain('could not be delivered to whom it usually goes');
    expect(text).toContain('https://connector.example/console/notifications');
  });

  it('keeps each id on its line, whatever it contains', () => {
    const evil = 'A\r\nBcc: thief@example.com\u0000\u0085\u2028\u2029B';

    const mail = noticeMail(
      notice({ paymentId: evil, orderId: evil, issuerName: evil, reference: { [evil]: evil } }),
      style('en', { merchantName: evil }),
    );

    expect(mail.subject).not.toMatch(/[\r\n\u0000\u0085\u2028\u2029]/);
    expect(mail.text).not.toMatch(/[\r\u0000\u0085\u2028\u2029]/);
    expect(mail.text).not.toMatch(/^Bcc:/m);
  });

  it('is no markup of others', () => {
    const evil = '<img src=x onerror=alert(1)>';

    expect(mailOf({ orderId: evil, reference: { [evil]: evil } }).html).not.toContain('<img');
  });

  it('leaves the shopper’s network address out', () => {
    const { text, html } = mailOf({
      reference: { adminNumber: '1', externalIp: '203.0.113.77', other: '2001:db8::1' },
    });

    for (const words of [text, html]) {
      expect(words).not.toContain('203.0.113.77');
      expect(words).not.toContain('2001:db8');
      expect(words).toMatch(/Account number: (<code>)?1/);
    }
  });
});

describe('a digest', () => {
  const later = (minutes: number) => new Date(Date.UTC(2026, 10, 21, 12, minutes));
  const orders = [
    notice({ orderId: 'A-1', reason: 'no_answer', openedAt: later(1) }),
    notice({ orderId: 'A-2', reason: 'no_answer', openedAt: later(3) }),
    notice({ orderId: 'B-1', reason: 'refused_by_issuer', openedAt: later(2) }),
  ];

  it('has the total on top and groups of a reason below it, in the order given', () => {
    const { subject, text, html } = digestMail(orders, 3, style('pt-BR'));

    expect(subject).toBe('[Loja X] 3 cancelamentos manuais a fazer');
    expect(text.startsWith('3 cancelamentos manuais a fazer')).toBe(true);
    const places = [
      catalogue['reason.no_answer']['pt-BR'],
      'A-1',
      'A-2',
      catalogue['reason.refused_by_issuer']['pt-BR'],
      'B-1',
    ];
    for (const words of [text, html]) {
      const found = places.map((place) => words.indexOf(place));
      expect(found).not.toContain(-1);
      expect(found).toEqual(found.toSorted((a, b) => a - b));
    }
  });

  it('says how many there are that it does not list', () => {
    expect(digestMail(orders, 9_995, style('pt-BR')).text).toContain('e mais 9.992');
    expect(digestMail(orders, 9_995, style()).subject).toContain('9,995 manual cancellations to do');
    expect(digestMail(orders, 3, style()).text).not.toMatch(/and .* more/);
  });

  it('says which of them are done, and is not of tasks to do then', () => {
    const { subject, text } = digestMail([notice({ state: 'resolved' }), notice()], 2, style('en'));

    expect(subject).toBe('[Loja X] 2 notices about manual cancellations');
    expect(text.match(/– done meanwhile$/gm)).toHaveLength(1);
  });

  it('is of notices where not all of them are to be done', () => {
    const mixed = [notice(), notice({ event: 'not_needed', state: 'not-needed' })];

    expect(digestMail(mixed, 2, style('es')).subject).toBe('[Loja X] 2 avisos sobre cancelaciones manuales');
  });
});

it('a test says that notices arrive here', () => {
  for (const language of languages) {
    expect(testMail(style(language)).text).toContain(catalogue['mail.lead.test'][language]);
  }
});
