import { manualReasons, type ManualReason } from '../manual-cancellations/manual-reason.js';
import { noticeMail, type NoticeSubject } from './notice-mail.js';

const subject = (more: Partial<NoticeSubject> = {}): NoticeSubject => ({
  event: 'manual_required',
  paymentId: 'F5C1A4E20D3B4E07B7E871F5B5BC9F91',
  orderId: '1172452900788-01',
  issuerName: 'CoreCard',
  reference: { adminNumber: '9007199254740993', cardSequenceNumber: 1 },
  reason: 'already_printed',
  kind: 'whole',
  amount: null,
  sandbox: false,
  openedAt: new Date('2026-11-21T12:00:00Z'),
  ...more,
});

describe('the mail of a notice', () => {
  it('says in its subject what is to be done, for which order, at whom', () => {
    expect(noticeMail(subject()).subject).toBe('1 manual cancellation – order 1172452900788-01 – CoreCard');
    expect(noticeMail(subject({ orderId: null, issuerName: null })).subject).toBe(
      '1 manual cancellation – payment F5C1A4E20D3B4E07B7E871F5B5BC9F91',
    );
    expect(noticeMail(subject({ sandbox: true })).subject).toMatch(/^\[sandbox\] /);
  });

  it('says why, what to do, and by which ids to find it', () => {
    const { text } = noticeMail(subject());

    expect(text).toContain(manualReasons.already_printed);
    expect(text).toContain("Open CoreCard's portal");
    expect(text).toContain('Check its state first');
    expect(text).toContain('Payment: F5C1A4E20D3B4E07B7E871F5B5BC9F91');
    expect(text).toContain('adminNumber: 9007199254740993');
    expect(text).toContain('Since: 2026-11-21T12:00:00.000Z');
  });

  it.each(Object.keys(manualReasons) as ManualReason[])('has words for the reason %s', (reason) => {
    expect(noticeMail(subject({ reason })).text).toContain(`Why: ${manualReasons[reason]}`);
  });

  it('tells to find the card of a payment that we never saw', () => {
    const { text } = noticeMail(subject({ reason: 'no_link', issuerName: null, reference: null, orderId: null }));

    expect(text).toContain('Find out which card this payment bought');
    expect(text).toContain("the issuer's portal");
  });

  it('tells that a card cannot be cancelled in part', () => {
    expect(noticeMail(subject({ kind: 'partial', reason: 'partial' })).text).toContain('only be cancelled as a whole');
  });

  it('says how much is to be given back, and is called a refund', () => {
    const { subject: line, text } = noticeMail(subject({ kind: 'refund', reason: 'refund', amount: '31.9 BRL' }));

    expect(line).toBe('1 manual refund – order 1172452900788-01 – CoreCard');
    expect(text).toContain('Give back 31.9 BRL to the shopper');
    expect(noticeMail(subject({ kind: 'refund', reason: 'refund' })).text).toContain('the amount that VTEX shows');
  });

  it('takes the task back when the issuer confirmed after all', () => {
    const { subject: line, text } = noticeMail(subject({ event: 'not_needed' }));

    expect(line).toBe('No longer needed: manual cancellation – order 1172452900788-01 – CoreCard');
    expect(text).toContain('Nothing is left to do by hand.');
  });

  it('keeps each id on its line, whatever it contains', () => {
    const evil = 'A\r\nBcc: thief@example.com\u0000\u0085\u2028\u2029B';

    const mail = noticeMail(subject({ paymentId: evil, orderId: evil, reference: { [evil]: evil } }));

    expect(mail.subject).not.toMatch(/[\r\n\u0000\u0085\u2028\u2029]/);
    expect(mail.text).not.toMatch(/[\r\u0000\u0085\u2028\u2029]/);
    expect(mail.text).not.toMatch(/^Bcc:/m);
  });

  it('leaves the shopper’s network address out', () => {
    const reference = { adminNumber: '1', externalIp: '203.0.113.77', other: '2001:db8::1' };

    const { text } = noticeMail(subject({ reference }));

    expect(text).not.toContain('203.0.113.77');
    expect(text).not.toContain('2001:db8');
    expect(text).toContain('adminNumber: 1');
  });
});
