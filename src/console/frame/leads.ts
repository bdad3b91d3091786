import type { FastifyReply } from 'fastify';

/** Leads to a GET after a change, so that loading the page again changes nothing. */
export const leadTo = (reply: FastifyReply, location: string): void => {
  void reply.status(303).headers({ 'cache-control': 'no-store', location }).send();
};
