import { OutboxSender } from './mail.js';

describe('the outbox of a development start', () => {
  const mail = { to: 'merchant@example.com', subject: 'A subject', text: 'A text', messageId: '<1@example>' };

  it('keeps and prints a mail, once under its Message-ID', async () => {
    const printed: string[] = [];
    const outbox = new OutboxSender((text) => printed.push(text));

    await outbox.send(mail);
    await outbox.send(mail);
    await outbox.send({ ...mail, messageId: '<2@example>' });
    outbox.close();

    expect(outbox.mails.map(({ messageId }) => messageId)).toEqual(['<1@example>', '<2@example>']);
    expect(printed).toHaveLength(2);
    expect(printed[0]).toContain('A subject');
  });
});
